//! Bundles that are stored although TLS clients would reject them: the answer warns.

use http::Method;
use scm_pki::testing::Flaw;
use scm_tests::{Answer, Person, TestServer, authority, import_body, sound};

use crate::certificates::ask;

const FLAWS: [(Flaw, &str); 4] = [
    (Flaw::NotForServers, "its extKeyUsage lacks serverAuth"),
    (Flaw::CriticalExtension, "has the critical extension 1.2.3.4"),
    (Flaw::NameNotPermitted, "which nameConstraints of certificate 1 of certificate_chain"),
    (Flaw::Loop, "the chain is a loop"),
];

fn warnings(answer: &Answer) -> Vec<String> {
    let header = answer.headers.get("x-scm-warnings");
    let header = header.map(|header| header.to_str().expect("visible ASCII"));
    header.map_or(Vec::new(), |json| serde_json::from_str(json).expect("an array of texts"))
}

#[tokio::test]
async fn an_import_and_a_replacement_warn_in_a_header() {
    let server = TestServer::start().await;
    let session = server.by(Person::FullAccess);
    let sound = session.import(&import_body(&sound("www.example.com"))).await;
    assert_eq!(sound.status, 200);
    assert!(!sound.headers.contains_key("x-scm-warnings"));
    let id = sound.text("certificate_id");
    for (flaw, words) in FLAWS {
        let body = import_body(&authority().leaf("www.example.com").flaw(flaw).issue());
        let imported = session.import(&body).await;
        let replaced = ask(&session, Method::PUT, &id, Some(&body)).await;
        for answer in [imported, replaced] {
            assert_eq!(answer.status, 200, "{flaw:?}: {answer:?}");
            let [warning] = &*warnings(&answer) else { panic!("{flaw:?}: {answer:?}") };
            assert!(warning.contains(words) && warning.ends_with('.'), "{flaw:?}: {warning}");
        }
    }
}

#[tokio::test]
async fn a_subject_of_any_characters_makes_no_other_header() {
    let server = TestServer::start().await;
    let name = "naïve 店\r\nX-Evil: 1";
    let leaf = authority().leaf("www.example.com").common_name(Some(name));
    let bundle = leaf.flaw(Flaw::NotForServers).issue();
    let answer = server.by(Person::FullAccess).import(&import_body(&bundle)).await;
    assert!(!answer.headers.contains_key("x-evil"), "{answer:?}");
    let [warning] = &*warnings(&answer) else { panic!("{answer:?}") };
    assert!(warning.contains("naïve 店\\r\\nX-Evil: 1"), "{warning}");
}

#[tokio::test]
async fn a_strict_server_refuses_what_it_would_warn_of() {
    let server = TestServer::builder().flag("--strict-bundles", "true").start().await;
    let session = server.by(Person::FullAccess);
    for (flaw, words) in FLAWS {
        let bundle = authority().leaf("www.example.com").flaw(flaw).issue();
        let answer = session.import(&import_body(&bundle)).await;
        assert!(!answer.headers.contains_key("x-scm-warnings"));
        let (status, code, message) = answer.refusal();
        assert_eq!((status, &*code), (400, "SCM.0010"), "{flaw:?}: {message}");
        assert!(message.contains(words), "{flaw:?}: {message}");
    }
    assert_eq!(session.import(&import_body(&sound("www.example.com"))).await.status, 200);
}
