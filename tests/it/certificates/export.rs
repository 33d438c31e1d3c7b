//! Exporting: everything comes back as it came in, and every try is on record.

use scm_pki::{
    KeyEncoding,
    testing::{Algorithm, TestAuthority, TestBundle},
};
use scm_store::{AuditQuery, Outcome, action};
use scm_tests::{Answer, NOW, Person, TestServer, import_body, sound};

use super::export;

fn assert_same(answer: &Answer, bundle: &TestBundle) {
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.text("certificate"), bundle.certificate);
    assert_eq!(answer.text("certificate_chain"), bundle.certificate_chain);
    let whole = bundle.certificate.clone() + &bundle.certificate_chain;
    assert_eq!(answer.text("entire_certificate"), whole);
    assert_eq!(answer.text("private_key"), bundle.private_key);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

#[tokio::test]
async fn every_kind_of_key_comes_back_in_the_encoding_it_came_in() {
    let server = TestServer::start().await;
    let session = server.by(Person::FullAccess);
    let kinds = [
        (Algorithm::Rsa2048, KeyEncoding::Pkcs1),
        (Algorithm::Rsa2048, KeyEncoding::Pkcs8),
        (Algorithm::P256, KeyEncoding::Sec1),
        (Algorithm::P384, KeyEncoding::Pkcs8),
        (Algorithm::P521, KeyEncoding::Sec1),
        (Algorithm::Ed25519, KeyEncoding::Pkcs8),
    ];
    for (algorithm, encoding) in kinds {
        let authority = TestAuthority::new(algorithm, NOW);
        let bundle = authority.leaf("www.example.com").key_encoding(encoding).issue();
        let id = session.import(&import_body(&bundle)).await.text("certificate_id");
        assert_same(&export(&session, &id, "").await, &bundle);
    }
}

#[tokio::test]
async fn nothing_an_object_and_null_ask_for_the_same() {
    let server = TestServer::start().await;
    let session = server.by(Person::FullAccess);
    let bundle = sound("www.example.com");
    let id = session.import(&import_body(&bundle)).await.text("certificate_id");
    for body in ["", "{}", "{}\n", "null\n", " null"] {
        assert_same(&export(&session, &id, body).await, &bundle);
    }
    assert_eq!(export(&session, &id, "[1]").await.status, 400);
    assert_eq!(export(&session, &id, "{").await.status, 400);
}

/// The normal form: `\n` line ends, one certificate after the other, the leaf apart.
#[tokio::test]
async fn what_came_in_another_form_comes_back_in_the_normal_one() {
    let server = TestServer::start().await;
    let session = server.by(Person::FullAccess);
    let bundle = sound("www.example.com");
    let mut old_label = bundle.clone();
    old_label.certificate = bundle.certificate.replace("CERTIFICATE", "X509 CERTIFICATE");
    let mut between = bundle.clone();
    between.certificate_chain = format!("\n\n{}\n\n", bundle.certificate_chain);
    between.private_key = bundle.private_key.trim_end().to_owned();
    for form in [bundle.clone().joined(), bundle.clone().with_crlf(), old_label, between] {
        let id = session.import(&import_body(&form)).await.text("certificate_id");
        assert_same(&export(&session, &id, "").await, &bundle);
    }
}

#[tokio::test]
async fn a_leaf_without_a_chain_has_an_empty_one() {
    let server = TestServer::start().await;
    let session = server.by(Person::FullAccess);
    let mut bundle = sound("www.example.com");
    bundle.certificate_chain = String::new();
    let id = session.import(&import_body(&bundle)).await.text("certificate_id");
    assert_same(&export(&session, &id, "").await, &bundle);
}

#[tokio::test]
async fn every_try_is_on_record() {
    let server = TestServer::start().await;
    let body = import_body(&sound("www.example.com"));
    let id = server.by(Person::FullAccess).import(&body).await.text("certificate_id");
    assert_eq!(export(&server.by(Person::Reader), &id, "").await.status, 403);
    assert_eq!(export(&server.by(Person::Stranger), &id, "").await.status, 404);
    assert_eq!(export(&server.by(Person::FullAccess), "scs0000000000001", "").await.status, 404);
    assert_eq!(export(&server.by(Person::FullAccess), "no-id", "").await.status, 404);
    assert_eq!(export(&server.by(Person::FullAccess), &id, "[]").await.status, 400);
    assert_eq!(export(&server.by(Person::FullAccess), &id, "").await.status, 200);
    let events = server.store().events(&AuditQuery::of(&server.project(), 5)).await.unwrap();
    let report: Vec<_> = events.iter().map(|e| (&*e.action, e.outcome.clone())).collect();
    let refused = |code: &str| Outcome::Refused { code: code.to_owned() };
    assert_eq!(
        report,
        [
            (action::CERTIFICATE_EXPORT, Outcome::Done),
            (action::CERTIFICATE_EXPORT, refused("SCM.0005")),
            (action::CERTIFICATE_EXPORT, refused("SCM.0020")),
            (action::CERTIFICATE_EXPORT, refused("SCM.0020")),
            (action::CERTIFICATE_EXPORT, refused("SCM.4002")),
        ]
    );
    let about: Vec<_> =
        events.iter().map(|e| e.subject.as_ref().map(ToString::to_string)).collect();
    let unknown = Some("scs0000000000001".to_owned());
    assert_eq!(about, [Some(id.clone()), Some(id.clone()), None, unknown, Some(id)]);
}
