//! Every example fits the schema that it is an example of, and the import can be sent as it stands.

use scm_tests::{Person, TestServer, schema, written};
use serde_json::{Value, json};

/// What is shown in a schema itself, in a parameter, in a body: the schema and the example.
fn shown<'a>(value: &'a Value, place: String, found: &mut Vec<(String, &'a Value, &'a Value)>) {
    if let Some(example) = value.get("example") {
        found.push((place.clone(), value.get("schema").unwrap_or(value), example));
    }
    for (name, example) in value["examples"].as_object().into_iter().flatten() {
        found.push((format!("{place} {name}"), &value["schema"], &example["value"]));
    }
    match value {
        Value::Object(members) => {
            let parts =
                members.iter().filter(|(name, _)| !["example", "examples"].contains(&&***name));
            parts.for_each(|(name, part)| shown(part, format!("{place}/{name}"), found));
        }
        Value::Array(items) => {
            let parts = items.iter().enumerate();
            parts.for_each(|(at, part)| shown(part, format!("{place}/{at}"), found));
        }
        _ => {}
    }
}

#[test]
fn every_example_fits_its_schema() {
    let document = written();
    let mut found = Vec::new();
    shown(document, String::new(), &mut found);
    assert!(found.len() > 200, "{} examples are few", found.len());
    for (place, of, example) in found {
        let schema = schema(document, of);
        let faults: Vec<_> = schema.iter_errors(example).map(|fault| fault.to_string()).collect();
        assert!(faults.is_empty(), "{place}: {faults:?}");
    }
}

#[tokio::test]
async fn the_import_can_be_sent_as_it_stands_and_is_given_back_as_shown() {
    let server = TestServer::start().await;
    let caller = server.by(Person::FullAccess);
    let import = &written()["paths"]["/v3/scm/certificates/import"]["post"];
    let body = &import["requestBody"]["content"]["application/json"]["examples"]["example"];
    let imported = caller.import(&body["value"]).await;
    assert_eq!(imported.status, 200, "{imported:?}");
    let id = imported.text("certificate_id");
    let export = format!("/v3/scm/certificates/{id}/export");
    let exported = caller.send(http::Method::POST, &export, "").await.json();
    assert_eq!(exported, reply("/v3/scm/certificates/{certificate_id}/export", "post"));
    let mut report = reply("/v3/scm/certificates/{certificate_id}", "get");
    report["id"] = json!(id);
    assert_eq!(caller.show(&id).await.json(), report);
}

fn reply(path: &str, method: &str) -> Value {
    let reply = &written()["paths"][path][method]["responses"]["200"];
    reply["content"]["application/json"]["examples"]["example"]["value"].clone()
}
