//! The document is complete: operations, fields, parameters and codes are described, with examples.

use serde_json::Value;

use crate::{Condition, Revision, openapi::document};

/// Visits every value of the document with its place.
fn walk(value: &Value, place: &str, visit: &mut impl FnMut(&str, &Value)) {
    visit(place, value);
    match value {
        Value::Object(members) => {
            members
                .iter()
                .for_each(|(name, member)| walk(member, &format!("{place}/{name}"), visit));
        }
        Value::Array(items) => {
            let named = items.iter().enumerate();
            named.for_each(|(at, item)| walk(item, &format!("{place}/{at}"), visit));
        }
        _ => {}
    }
}

fn has_text(value: &Value) -> bool {
    value.as_str().is_some_and(|words| !words.trim().is_empty())
}

/// Whether a property is a reference, or a choice between a reference and null.
fn refers(property: &Value) -> bool {
    let choices = property["oneOf"].as_array().into_iter().flatten();
    property["$ref"].is_string() || choices.into_iter().any(|choice| choice["$ref"].is_string())
}

fn describes_itself(property: &Value) -> bool {
    let choices = property["oneOf"].as_array().into_iter().flatten();
    std::iter::once(property).chain(choices).any(|part| has_text(&part["description"]))
}

#[test]
fn every_operation_is_described() {
    let document = document(Revision::R2021);
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            for words in ["summary", "description", "operationId"] {
                assert!(has_text(&operation[words]), "{method} {path} has no {words}");
            }
        }
    }
    let tags = document["tags"].as_array().unwrap();
    assert!(tags.iter().all(|tag| has_text(&tag["description"])));
}

#[test]
fn every_field_and_parameter_has_a_description_and_an_example() {
    let document = document(Revision::R2021);
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        assert!(has_text(&schema["description"]), "{name}");
        for (field, property) in schema["properties"].as_object().unwrap() {
            assert!(describes_itself(property), "{name}.{field} is not described");
            let shown = property.get("example").is_some();
            let of_objects = refers(property) || refers(&property["items"]);
            assert!(shown || of_objects, "{name}.{field} has no example");
        }
    }
    walk(&document["paths"], "", &mut |place, value| {
        if value["in"].is_string() {
            assert!(has_text(&value["description"]), "{place} is not described");
            assert!(value.get("example").is_some(), "{place} has no example");
        }
        if value["schema"]["$ref"].is_string() {
            assert!(value["examples"].is_object(), "{place} has no example");
        }
    });
}

#[test]
fn secrets_are_write_only() {
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
fn every_code_has_a_meaning_and_a_remedy() {
    let document = document(Revision::R2021);
    let rows = document["x-error-codes"].as_array().unwrap();
    assert_eq!(rows.len(), Condition::ALL.len());
    for row in rows {
        let columns = ["error_code", "message", "meaning", "remedy"];
        assert!(columns.iter().all(|column| has_text(&row[*column])), "{row}");
    }
    let code = &document["components"]["schemas"]["ErrorBody"]["properties"]["error_code"];
    assert_eq!(code["type"], "string");
    assert!(code.get("enum").is_none(), "a client must accept new codes");
    let known = code["x-extensible-enum"].as_array().unwrap();
    assert!(rows.iter().all(|row| known.contains(&row["error_code"])));
}
