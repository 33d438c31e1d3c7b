//! The two published revisions: what the later one takes, and what the older one says about it.

use scm_model::Revision;
use scm_pki::testing::{Algorithm, TestAuthority};
use scm_tests::{NOW, Person, TestServer, import_body, sound};
use serde_json::{Value, json};

const REMARKS: [&str; 2] =
    [" (accepted by revision 2025 of this API).", " (optional in revision 2025 of this API)."];

/// Bodies that only the later revision takes, each with its code in the older one.
fn lifted() -> Vec<(&'static str, Value)> {
    let mut absent = import_body(&sound("www.example.com"));
    absent.as_object_mut().unwrap().remove("certificate_chain");
    let mut null = import_body(&sound("www.example.com"));
    null["certificate_chain"] = Value::Null;
    let rsa = TestAuthority::new(Algorithm::Rsa2048, NOW);
    let mut long = rsa.leaf("www.example.com").with_root().issue().joined();
    long.certificate.insert_str(0, &"é\n".repeat(1000));
    assert!((4097..=12_288).contains(&long.certificate.chars().count()));
    vec![("SCM.0005", absent), ("SCM.0005", null), ("SCM.0005", import_body(&long))]
}

#[tokio::test]
async fn the_older_revision_refuses_what_the_later_takes_and_says_so() {
    let older = TestServer::start().await;
    let later = TestServer::builder().revision(Revision::R2025).start().await;
    for (code, mut body) in lifted() {
        body["name"] = "a-name".into();
        let (status, found, message) = older.by(Person::FullAccess).import(&body).await.refusal();
        assert_eq!((status, &*found), (400, code), "{message}");
        assert!(REMARKS.iter().any(|remark| message.ends_with(remark)), "{message}");
        let answer = later.by(Person::FullAccess).import(&body).await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }
}

#[tokio::test]
async fn an_absent_chain_is_reported_in_full() {
    let server = TestServer::start().await;
    let (_, body) = lifted().swap_remove(0);
    let message = "Incorrect request parameter. certificate_chain: missing; it may be empty \
                   (optional in revision 2025 of this API).";
    let refusal = server.by(Person::FullAccess).import(&body).await.refusal();
    assert_eq!(refusal, (400, "SCM.0005".into(), message.into()));
}

#[tokio::test]
async fn what_no_revision_accepts_is_reported_with_the_limit_of_this_one() {
    let server = TestServer::start().await;
    let mut body = import_body(&sound("www.example.com"));
    body["certificate"] = "x".repeat(12_289).into();
    body["name"] = "x".repeat(256).into();
    let (status, code, message) = server.by(Person::FullAccess).import(&body).await.refusal();
    assert_eq!((status, &*code), (400, "SCM.0005"));
    assert!(
        message.contains("certificate: 12289 characters, must have at most 4096."),
        "{message}"
    );
    assert!(message.contains("name: 256 characters, must have at most 63."), "{message}");
}

#[tokio::test]
async fn the_later_revision_has_stricter_names() {
    let older = TestServer::start().await;
    let later = TestServer::builder().revision(Revision::R2025).start().await;
    let name = |name: &str| {
        let mut body = import_body(&sound("www.example.com"));
        body["name"] = name.into();
        body
    };
    for good in ["abc", "A_b.c-9", &"x".repeat(63)] {
        let answer = later.by(Person::FullAccess).import(&name(good)).await;
        assert_eq!(answer.status, 200, "{good}: {answer:?}");
    }
    for bad in ["", "ab", "a b c", "näme", "a/b"] {
        assert_eq!(older.by(Person::FullAccess).import(&name(bad)).await.status, 200, "{bad}");
        let answer = later.by(Person::FullAccess).import(&name(bad)).await;
        assert_eq!(answer.text("error_code"), "SCM.0032", "{bad}");
    }
    let refusal = later.by(Person::FullAccess).import(&name("é")).await.refusal();
    let message = "Incorrect certificate name. name: 1 character, must have at least 3. \
                   name: must be composed of letters, digits, `_`, `.` and `-`.";
    assert_eq!(refusal, (400, "SCM.0032".into(), message.into()));
}

#[tokio::test]
async fn sm2_is_refused_in_plain_words() {
    let server = TestServer::start().await;
    let caller = server.by(Person::FullAccess);
    for empty in [json!(""), Value::Null] {
        let mut body = import_body(&sound("www.example.com"));
        body["enc_certificate"] = empty.clone();
        body["enc_private_key"] = empty;
        assert_eq!(caller.import(&body).await.status, 200);
    }
    for field in ["enc_certificate", "enc_private_key"] {
        let mut body = import_body(&sound("www.example.com"));
        body[field] = "something".into();
        let message = "This operation is not allowed by the current certificate type or status. \
                       enc_certificate, enc_private_key: SM2 certificates are not supported yet; \
                       leave both out and import an RSA, ECDSA or Ed25519 certificate.";
        assert_eq!(caller.import(&body).await.refusal(), (400, "SCM.0010".into(), message.into()));
    }
}
