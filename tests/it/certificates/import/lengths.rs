//! How long each field may be: the longest that is taken, and one character more.
//!
//! The padding is made of characters of several bytes, so that bytes are not mistaken for characters.

use scm_pki::testing::TestBundle;
use scm_tests::{Person, TestServer, import_body, sound};
use serde_json::Value;

/// A text of so many characters that ends with `end`; PEM may have anything before its blocks.
fn padded(end: &str, characters: usize) -> String {
    let line = "é€😀é€😀é€😀é\n";
    let missing = characters - end.chars().count() - 1;
    let padding: String = line.chars().cycle().take(missing).collect();
    format!("{padding}\n{end}")
}

fn body_with(field: &str, text: String) -> Value {
    let mut body = import_body(&sound("www.example.com"));
    body[field] = text.into();
    body
}

#[tokio::test]
async fn the_longest_texts_are_taken() {
    let server = TestServer::start().await;
    let bundle = sound("www.example.com");
    let mut body = import_body(&bundle);
    body["name"] = "😀".repeat(63).into();
    let TestBundle { certificate, certificate_chain, private_key } = bundle;
    body["certificate"] = padded(&certificate, 4096).into();
    body["certificate_chain"] = padded(&certificate_chain, 8192).into();
    body["private_key"] = padded(&private_key, 4096).into();
    let answer = server.by(Person::FullAccess).import(&body).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let shown = server.by(Person::Reader).show(&answer.text("certificate_id")).await;
    assert_eq!(shown.text("name"), "😀".repeat(63));
}

#[tokio::test]
async fn a_name_may_be_empty() {
    let server = TestServer::start().await;
    let answer = server.by(Person::FullAccess).import(&body_with("name", String::new())).await;
    assert_eq!(answer.status, 200, "{answer:?}");
}

#[tokio::test]
async fn one_character_more_is_refused_with_the_numbers() {
    let server = TestServer::start().await;
    let bundle = sound("www.example.com");
    let cases = [
        ("name", "😀".repeat(64), "SCM.0032", "name: 64 characters, must have at most 63."),
        (
            "certificate",
            padded(&bundle.certificate, 4097),
            "SCM.0005",
            "certificate: 4097 characters, must have at most 4096 (accepted by revision \
             2025 of this API).",
        ),
        (
            "certificate_chain",
            padded(&bundle.certificate_chain, 8193),
            "SCM.0005",
            "certificate_chain: 8193 characters, must have at most 8192.",
        ),
        (
            "private_key",
            padded(&bundle.private_key, 4097),
            "SCM.0005",
            "private_key: 4097 characters, must have at most 4096.",
        ),
        (
            "enterprise_project_id",
            "0".repeat(65),
            "SCM.0005",
            "enterprise_project_id: 65 characters, must have at most 64.",
        ),
    ];
    for (field, text, code, detail) in cases {
        let mut body = import_body(&bundle);
        body[field] = text.into();
        let (status, found, message) = server.by(Person::FullAccess).import(&body).await.refusal();
        assert_eq!((status, &*found), (400, code), "{message}");
        assert!(message.ends_with(detail), "{message}");
    }
}

#[tokio::test]
async fn a_name_that_is_too_long_and_a_bad_bundle_are_reported_together() {
    let server = TestServer::start().await;
    let mut body = body_with("name", "x".repeat(64));
    body["private_key"] = "".into();
    let refusal = server.by(Person::FullAccess).import(&body).await.refusal();
    let message = "Incorrect certificate name. name: 64 characters, must have at most 63. \
                   private_key is empty; send a private key in PEM format.";
    assert_eq!(refusal, (400, "SCM.0032".into(), message.into()));
}
