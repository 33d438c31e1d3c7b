//! Certificates.

mod delete;
mod export;
mod import;
mod list;
mod replace;
mod show;
mod update;

use http::Method;
use scm_tests::{Answer, Session};
use serde_json::Value;

/// Asks for something about one certificate.
async fn ask(session: &Session, method: Method, id: &str, body: Option<&Value>) -> Answer {
    let body = body.map(Value::to_string).unwrap_or_default();
    session.send(method, &format!("/v3/scm/certificates/{id}"), body).await
}

/// Exports one certificate, with this body.
pub(crate) async fn export(session: &Session, id: &str, body: &'static str) -> Answer {
    session.send(Method::POST, &format!("/v3/scm/certificates/{id}/export"), body).await
}

/// A page of certificates.
async fn page(session: &Session, query: &str) -> Value {
    let answer = session.send(Method::GET, &format!("/v3/scm/certificates?{query}"), "").await;
    assert_eq!(answer.status, 200, "{query}: {answer:?}");
    answer.json()
}

/// The names on a page.
async fn names(session: &Session, query: &str) -> Vec<String> {
    let page = page(session, query).await;
    let certificates = page["certificates"].as_array().unwrap();
    certificates.iter().map(|c| c["name"].as_str().unwrap().to_owned()).collect()
}

/// Fails unless that is how an id is refused that a project does not have.
fn assert_unknown(answer: &Answer) {
    let message = "Incorrect certificate ID.";
    assert_eq!(answer.refusal(), (404, "SCM.0020".into(), message.into()));
}
