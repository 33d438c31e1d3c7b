//! Nothing is left to guess: everything is described, limited where it can be, and shown once.

use serde_json::Value;

use crate::{Condition, Revision, openapi::document};

/// Every place of the document with the value there.
fn walk(value: &Value, place: &str, see: &mut impl FnMut(&str, &Value)) {
    see(place, value);
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(name, member)| walk(member, &format!("{place}/{name}"), see));
        }
        Value::Array(items) => {
            let named = items.iter().enumerate();
            named.for_each(|(at, item)| walk(item, &format!("{place}/{at}"), see));
        }
        _ => {}
    }
}

fn is_told(value: &Value) -> bool {
    value.as_str().is_some_and(|words| !words.trim().is_empty())
}

/// A reference may be one of two choices, the other of which is null.
fn refers(property: &Value) -> bool {
    let choices = property["oneOf"].as_array().into_iter().flatten();
    property["$ref"].is_string() || choices.into_iter().any(|choice| choice["$ref"].is_string())
}

fn describes_itself(property: &Value) -> bool {
    let choices = property["oneOf"].as_array().into_iter().flatten();
    std::iter::once(property).chain(choices).any(|part| is_told(&part["description"]))
}

#[test]
fn every_operation_says_what_it_does() {
    let document = document(Revision::R2021);
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            for words in ["summary", "description", "operationId"] {
                assert!(is_told(&operation[words]), "{method} {path} has no {words}");
            }
        }
    }
    let tags = document["tags"].as_array().unwrap();
    assert!(tags.iter().all(|tag| is_told(&tag["description"])));
}

#[test]
fn every_field_and_parameter_is_described_and_shown() {
    let document = document(Revision::R2021);
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        assert!(is_told(&schema["description"]), "{name}");
        for (field, property) in schema["properties"].as_object().unwrap() {
            assert!(describes_itself(property), "{name}.{field} is not described");
            let shown = property.get("example").is_some();
            let of_objects = refers(property) || refers(&property["items"]);
            assert!(shown || of_objects, "{name}.{field} has no example");
        }
    }
    walk(&document["paths"], "", &mut |place, value| {
        if value["in"].is_string() {
            assert!(is_told(&value["description"]), "{place} is not described");
            assert!(value.get("example").is_some(), "{place} has no example");
        }
        if value["schema"]["$ref"].is_string() {
            assert!(value["examples"].is_object(), "{place} has no example");
        }
    });
}

#[test]
fn secrets_are_said_to_be_written_only() {
    let document = document(Revision::R2021);
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        for secret in ["private_key", "enc_private_key", "password"] {
            let property = &schema["properties"][secret];
            if property.is_object() && property.get("$ref").is_none() {
                let given_back = name == "ExportedCertificate";
                assert_eq!(property["writeOnly"] == true, !given_back, "{name}.{secret}");
            }
        }
    }
}

#[test]
fn every_code_has_its_meaning_and_its_remedy() {
    let document = document(Revision::R2021);
    let rows = document["x-error-codes"].as_array().unwrap();
    assert_eq!(rows.len(), Condition::ALL.len());
    for row in rows {
        let told = ["error_code", "message", "meaning", "remedy"];
        assert!(told.iter().all(|column| is_told(&row[*column])), "{row}");
    }
    let code = &document["components"]["schemas"]["ErrorBody"]["properties"]["error_code"];
    assert_eq!(code["type"], "string");
    assert!(code.get("enum").is_none(), "a client must take a code that is new");
    let known = code["x-extensible-enum"].as_array().unwrap();
    assert!(rows.iter().all(|row| known.contains(&row["error_code"])));
}
