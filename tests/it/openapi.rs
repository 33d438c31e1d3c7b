//! The document says what the server does: the file is fresh, and every answer fits it.

use std::{fs, path::Path};

use http::Method;
use jsonschema::{Draft, Validator};
use scm_model::{Revision, limits, openapi::document};
use scm_tests::{Answer, Person, TestServer, import_body, sound};
use serde_json::{Value, json};

const IMPORT: &str = "/v3/scm/certificates/import";
const SHOW: &str = "/v3/scm/certificates/{certificate_id}";
const TOKENS: &str = "/v3/auth/tokens";

fn written() -> Value {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi/scm.json");
    serde_json::from_slice(&fs::read(file).unwrap()).unwrap()
}

#[test]
fn the_file_is_what_the_model_says() {
    let fresh = serde_json::to_value(document(Revision::R2021)).unwrap();
    assert!(written() == fresh, "openapi/scm.json is stale; run: cargo xtask openapi");
}

/// The schema behind a place in the document.
fn schema(document: &Value, place: &Value) -> Validator {
    let mut schema = place.clone();
    schema["components"] = document["components"].clone();
    jsonschema::options().with_draft(Draft::Draft202012).build(&schema).unwrap()
}

/// Fails unless the answer is documented for this operation, its headers and its body.
fn assert_documented(document: &Value, method: &Method, path: &str, answer: &Answer) {
    let operation = &document["paths"][path][method.as_str().to_lowercase()];
    let response = &operation["responses"][answer.status.as_str()];
    let what = format!("{method} {path} {}", answer.status);
    assert!(response.is_object(), "{what} is not documented");
    for name in response["headers"].as_object().into_iter().flatten().map(|(name, _)| name) {
        assert!(answer.headers.contains_key(name.as_str()), "{what} has no {name}");
    }
    let body = &response["content"]["application/json"]["schema"];
    let faults: Vec<_> =
        schema(document, body).iter_errors(&answer.json()).map(|fault| fault.to_string()).collect();
    assert!(faults.is_empty(), "{what}: {faults:?} in {}", answer.json());
}

#[tokio::test]
async fn every_answer_is_documented_and_fits() {
    let document = written();
    let server = TestServer::start().await;
    let [nobody, reader, asker] =
        [Person::Nobody, Person::Reader, Person::FullAccess].map(|who| server.by(who));
    let good = import_body(&sound("www.example.com"));
    let imported = asker.import(&good).await;
    let id = imported.text("certificate_id");
    let mut plain = scm_tests::request(Method::POST, IMPORT, "{}");
    plain.headers_mut().remove("content-type");
    let answers = [
        (Method::POST, IMPORT, imported),
        (Method::POST, IMPORT, asker.import(&json!({})).await),
        (Method::POST, IMPORT, nobody.import(&good).await),
        (Method::POST, IMPORT, reader.import(&good).await),
        (Method::POST, IMPORT, asker.send(Method::PUT, IMPORT, "").await),
        (Method::POST, IMPORT, asker.send(Method::POST, IMPORT, "x".repeat(600_000)).await),
        (Method::POST, IMPORT, asker.send_as_is(plain).await),
        (Method::GET, SHOW, reader.show(&id).await),
        (Method::GET, SHOW, reader.show("scs0000000000001").await),
        (Method::GET, SHOW, nobody.show(&id).await),
        (Method::POST, TOKENS, log_in(&server, true).await),
        (Method::POST, TOKENS, log_in(&server, false).await),
        (Method::POST, TOKENS, nobody.send(Method::POST, TOKENS, "{}").await),
    ];
    for (method, path, answer) in &answers {
        assert_documented(&document, method, path, answer);
    }
    let mut statuses: Vec<_> = answers.iter().map(|(.., answer)| answer.status.as_u16()).collect();
    statuses.sort_unstable();
    statuses.dedup();
    assert_eq!(statuses, [200, 201, 400, 401, 403, 404, 405, 413, 415]);
}

async fn log_in(server: &TestServer, right: bool) -> Answer {
    let credentials = server.folder().credentials();
    let password = if right { credentials.password.secret_str() } else { "wrong" };
    let domain = json!({ "id": credentials.domain_id });
    let user = json!({ "name": credentials.user, "password": password, "domain": domain });
    let identity = json!({ "methods": ["password"], "password": { "user": user } });
    let body = json!({ "auth": { "identity": identity } }).to_string();
    server.by(Person::Nobody).send(Method::POST, TOKENS, body).await
}

/// What the document takes as a body, the server takes, and what it does not, it does not: at
/// every limit, in characters of four bytes.
#[test]
fn the_document_counts_as_the_server_does() {
    let document = written();
    let place = &document["paths"][IMPORT]["post"]["requestBody"]["content"]["application/json"];
    let schema = schema(&document, &place["schema"]);
    let limits = [
        ("name", limits::NAME_2021),
        ("certificate", limits::CERTIFICATE_2021),
        ("certificate_chain", limits::CERTIFICATE_CHAIN),
        ("private_key", limits::PRIVATE_KEY),
    ];
    let good = import_body(&sound("www.example.com"));
    assert!(schema.is_valid(&good));
    for (field, limit) in limits {
        for (length, taken) in [(0, true), (limit.max, true), (limit.max + 1, false)] {
            let mut body = good.clone();
            body[field] = "😀".repeat(length).into();
            assert_eq!(schema.is_valid(&body), taken, "{field} of {length}");
        }
        for wrong in [json!(null), json!(7)] {
            let mut body = good.clone();
            body[field] = wrong.clone();
            assert!(!schema.is_valid(&body), "{field}: {wrong}");
        }
        let mut body = good.clone();
        body.as_object_mut().unwrap().remove(field);
        assert!(!schema.is_valid(&body), "{field} is mandatory");
    }
    let mut more = good;
    more["later"] = json!({});
    assert!(schema.is_valid(&more), "fields that nobody published are ignored");
}

#[test]
fn the_header_and_the_id_are_as_published() {
    let document = written();
    let parameters = document["paths"][IMPORT]["post"]["parameters"].as_array().unwrap();
    let token = parameters.iter().find(|parameter| parameter["name"] == "X-Auth-Token").unwrap();
    let schema = json!({ "type": "string", "minLength": 32, "maxLength": 2_097_152 });
    assert_eq!((&token["required"], &token["schema"]), (&json!(true), &schema));
    let id =
        &document["components"]["schemas"]["ImportedCertificate"]["properties"]["certificate_id"];
    assert_eq!((&id["minLength"], &id["maxLength"]), (&json!(16), &json!(16)));
    let error = &document["components"]["schemas"]["ErrorBody"]["properties"];
    assert_eq!(
        (&error["error_code"]["minLength"], &error["error_code"]["maxLength"]),
        (&json!(3), &json!(36))
    );
    assert_eq!(error["error_msg"]["maxLength"], json!(1024));
}
