//! The document says what the server does: the file is fresh, and every row is seen to keep to it.
//!
//! That every single answer fits is asserted where it is heard, on the connections of all tests.

mod examples;
mod served;

use std::collections::BTreeSet;

use http::Method;
use scm_model::{Operation, Revision, Visitor, api, limits, openapi::document};
use scm_tests::{Answer, Person, TestServer, import_body, request, schema, sound, written};
use serde_json::json;

const IMPORT: &str = "/v3/scm/certificates/import";
const LIST: &str = "/v3/scm/certificates";
const ONE: &str = "/v3/scm/certificates/{certificate_id}";
const EXPORT: &str = "/v3/scm/certificates/{certificate_id}/export";
const TOKENS: &str = "/v3/auth/tokens";

#[test]
fn the_file_is_what_the_model_says() {
    assert!(*written() == document(Revision::R2021), "stale; run: cargo xtask openapi");
}

/// A method, a path of the table, and what came of it.
type Heard = (Method, &'static str, Answer);

#[tokio::test]
async fn every_row_is_heard_to_succeed_and_to_refuse_as_documented() {
    let server = TestServer::start().await;
    let exchange = [certificates(&server).await, identity(&server).await].concat();
    let succeeded = exchange.iter().filter(|(.., answer)| answer.status.is_success());
    let succeeded: BTreeSet<_> = succeeded
        .map(|(method, path, answer)| (method.to_string(), *path, answer.status.as_u16()))
        .collect();
    assert_eq!(succeeded, successes());
    let statuses: BTreeSet<_> = exchange.iter().map(|(.., it)| it.status.as_u16()).collect();
    assert_eq!(statuses, BTreeSet::from([200, 201, 204, 400, 401, 403, 404, 405, 413, 415]));
}

/// What every row gives where all is well.
fn successes() -> BTreeSet<(String, &'static str, u16)> {
    struct Successes(BTreeSet<(String, &'static str, u16)>);
    impl Visitor for Successes {
        fn visit<O: Operation>(&mut self) {
            self.0.insert((O::METHOD.to_string(), O::PATH, O::STATUS.as_u16()));
        }
    }
    let mut successes = Successes(BTreeSet::new());
    api::visit_all(&mut successes);
    successes.0
}

async fn certificates(server: &TestServer) -> Vec<Heard> {
    let [anonymous, reader, caller] =
        [Person::Anonymous, Person::Reader, Person::FullAccess].map(|who| server.by(who));
    let good = import_body(&sound("www.example.com"));
    let imported = caller.import(&good).await;
    let id = imported.text("certificate_id");
    let [one, export] = [ONE, EXPORT].map(|path| path.replace("{certificate_id}", &id));
    let body = good.to_string();
    let mut plain = request(Method::POST, IMPORT, "{}");
    plain.headers_mut().remove("content-type");
    let named = r#"{"name":"other","description":"words"}"#;
    vec![
        (Method::POST, IMPORT, imported),
        (Method::POST, IMPORT, caller.import(&json!({})).await),
        (Method::POST, IMPORT, anonymous.import(&good).await),
        (Method::POST, IMPORT, reader.import(&good).await),
        (Method::POST, IMPORT, caller.send(Method::PUT, IMPORT, "").await),
        (Method::POST, IMPORT, caller.send(Method::POST, IMPORT, "x".repeat(600_000)).await),
        (Method::POST, IMPORT, caller.send_as_is(plain).await),
        (Method::GET, LIST, reader.send(Method::GET, LIST, "").await),
        (Method::GET, LIST, reader.send(Method::GET, &format!("{LIST}?limit=1"), "").await),
        (Method::GET, ONE, reader.show(&id).await),
        (Method::GET, ONE, reader.show("scs0000000000001").await),
        (Method::GET, ONE, reader.send(Method::GET, &one, "[1]").await),
        (Method::PUT, ONE, caller.send(Method::PUT, &one, body).await),
        (Method::PUT, ONE, caller.send(Method::PUT, &one, "{}").await),
        (Method::PATCH, ONE, caller.send(Method::PATCH, &one, named).await),
        (Method::PATCH, ONE, reader.send(Method::PATCH, &one, named).await),
        (Method::POST, EXPORT, caller.send(Method::POST, &export, "").await),
        (Method::POST, EXPORT, reader.send(Method::POST, &export, "").await),
        (Method::DELETE, ONE, reader.send(Method::DELETE, &one, "").await),
        (Method::DELETE, ONE, caller.send(Method::DELETE, &one, "").await),
        (Method::DELETE, ONE, caller.send(Method::DELETE, &one, "").await),
    ]
}

async fn identity(server: &TestServer) -> Vec<Heard> {
    let anonymous = server.by(Person::Anonymous);
    let caller = server.by(Person::Administrator);
    let token = log_in(server, true).await;
    let about = |method: Method, token: &str| {
        let mut about = request(method, TOKENS, "");
        about.headers_mut().insert("x-subject-token", token.parse().unwrap());
        about
    };
    let subject = token.header("x-subject-token").unwrap().to_owned();
    let mut exchange = vec![
        (Method::POST, TOKENS, token),
        (Method::POST, TOKENS, log_in(server, false).await),
        (Method::POST, TOKENS, anonymous.send(Method::POST, TOKENS, "{}").await),
    ];
    // The last one revokes it; the one after finds it gone.
    for method in [Method::GET, Method::HEAD, Method::DELETE, Method::GET] {
        let answer = caller.send_as_is(about(method.clone(), &subject)).await;
        exchange.push((method, TOKENS, answer));
    }
    for path in ["/v3/projects", "/v3/auth/domains"] {
        exchange.push((Method::GET, path, caller.send(Method::GET, path, "").await));
        exchange.push((Method::GET, path, caller.send(Method::GET, path, "[1]").await));
        exchange.push((Method::GET, path, anonymous.send(Method::GET, path, "").await));
    }
    exchange
}

async fn log_in(server: &TestServer, right: bool) -> Answer {
    let credentials = server.folder().credentials();
    let password = if right { credentials.password.secret_str() } else { "wrong" };
    let domain = json!({ "id": credentials.domain_id });
    let user = json!({ "name": credentials.user, "password": password, "domain": domain });
    let identity = json!({ "methods": ["password"], "password": { "user": user } });
    let body = json!({ "auth": { "identity": identity } }).to_string();
    server.by(Person::Anonymous).send(Method::POST, TOKENS, body).await
}

/// What the document takes as a body, the server takes, and what it does not, it does not: at
/// every limit, in characters of four bytes.
#[test]
fn the_document_counts_as_the_server_does() {
    let document = written();
    let place = &document["paths"][IMPORT]["post"]["requestBody"]["content"]["application/json"];
    let schema = schema(document, &place["schema"]);
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
    assert!(schema.is_valid(&more), "unknown fields are ignored");
}

#[test]
fn the_header_and_the_id_are_as_published() {
    let document = written();
    let token = &document["components"]["securitySchemes"]["token"];
    assert_eq!((&token["in"], &token["name"]), (&json!("header"), &json!("X-Auth-Token")));
    let schema = json!({ "type": "string", "minLength": 32, "maxLength": 2_097_152 });
    assert_eq!(token["x-schema"], schema);
    let demanded = &document["paths"][IMPORT]["post"]["security"];
    assert_eq!(demanded, &json!([{ "token": [] }, { "signature": [] }]));
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
