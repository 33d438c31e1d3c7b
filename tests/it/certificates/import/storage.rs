//! What an import answers, and what is kept of it.

use std::path::Path;

use scm_pki::{Bundle, Policy, Verifier};
use scm_seal::Keyring;
use scm_store::{AuditQuery, CertificateCount, CertificateId, EnterpriseProject, Outcome, action};
use scm_tests::{NOW, Person, TestServer, import_body, sound};
use time::Duration;

#[tokio::test]
async fn a_sound_bundle_gets_an_id_and_is_kept_whole() {
    let server = TestServer::start().await;
    let bundle = sound("www.example.com");
    let answer = server.by(Person::FullAccess).import(&import_body(&bundle)).await;
    assert_eq!(answer.status, 200);
    let id = answer.text("certificate_id");
    assert_eq!(answer.json(), serde_json::json!({ "certificate_id": id }));
    assert!(id.len() == 16 && id.starts_with("scs"), "{id}");
    assert!(id[3..].bytes().all(|b| b.is_ascii_digit()), "{id}");

    let proved = Verifier::new(Policy::default()).verify(bundle.read(), NOW).unwrap();
    let id: CertificateId = id.parse().unwrap();
    let record = server.store().certificate(&server.project(), id).await.unwrap();
    assert_eq!((&*record.name, &*record.domain), ("a name", "www.example.com"));
    assert_eq!((record.created, record.enterprise_project), (NOW, EnterpriseProject::default()));
    assert_eq!((record.sha1, record.not_after), (proved.leaf().sha1(), proved.leaf().not_after()));
    let kept = server.store().bundle(&server.project(), id).await.unwrap();
    assert_eq!(kept.leaf, proved.leaf().der());
    let chain: Vec<_> = proved.chain().iter().map(|issuer| issuer.der()).collect();
    assert_eq!(kept.chain, chain);
}

#[tokio::test]
async fn the_key_is_kept_sealed_and_opens_with_the_ring_only_as_its_own() {
    let server = TestServer::start().await;
    let bundle = sound("www.example.com");
    let answer = server.by(Person::FullAccess).import(&import_body(&bundle)).await;
    let id = answer.text("certificate_id");
    let kept = server.store().bundle(&server.project(), id.parse().unwrap()).await.unwrap();
    let ring = Keyring::open(Path::new(&server.folder().file("keyring.json"))).unwrap();
    let proved = Verifier::new(Policy::default()).verify(bundle.read(), NOW).unwrap();
    let (project, public) = (server.project(), proved.key().public_key());
    let opened = ring.unseal(&id, project.as_str(), public, &kept.sealed_key).unwrap();
    assert_eq!(*opened.secret_pem(), bundle.private_key);
    assert!(ring.unseal(&id, "another", public, &kept.sealed_key).is_err());
    assert!(ring.unseal("scs0000000000001", project.as_str(), public, &kept.sealed_key).is_err());
}

#[tokio::test]
async fn an_import_counts_and_leaves_its_event() {
    let server = TestServer::start().await;
    let answer = server.by(Person::FullAccess).import(&import_body(&sound("a.example.com"))).await;
    let id: CertificateId = answer.text("certificate_id").parse().unwrap();
    let events = server.store().events(&AuditQuery::of(&server.project(), 10)).await.unwrap();
    let event = events.iter().find(|event| event.action == action::CERTIFICATE_IMPORT).unwrap();
    assert_eq!((event.subject.clone(), event.at), (Some(id.into()), NOW));
    assert_eq!(event.user, Some(Person::FullAccess.user()));
    assert_eq!(event.address, Some([127, 0, 0, 1].into()));
    assert_eq!(event.request_id.as_deref(), answer.header("x-request-id"));
    assert_eq!(event.outcome, Outcome::Done);
    assert_eq!(counts(&server).await, [("0".to_owned(), false, 1)]);
}

#[tokio::test]
async fn a_refused_import_keeps_nothing() {
    let server = TestServer::start().await;
    let mut body = import_body(&sound("a.example.com"));
    body["private_key"] = sound("b.example.com").private_key.into();
    assert_eq!(server.by(Person::FullAccess).import(&body).await.status, 400);
    assert_eq!(counts(&server).await, []);
    let events = server.store().events(&AuditQuery::of(&server.project(), 100)).await.unwrap();
    assert!(events.iter().all(|event| event.action != action::CERTIFICATE_IMPORT), "{events:?}");
}

#[tokio::test]
async fn the_enterprise_project_is_kept() {
    let server = TestServer::start().await;
    let caller = server.by(Person::FullAccess);
    let ours = "0a1b2c3d-e4f5-a6b7-c8d9-e0f1a2b3c4d5";
    for (sent, kept) in [(ours, ours), ("0", "0"), ("", "0")] {
        let mut body = import_body(&sound("www.example.com"));
        body["enterprise_project_id"] = sent.into();
        let id = caller.import(&body).await.text("certificate_id");
        assert_eq!(caller.show(&id).await.text("enterprise_project_id"), kept);
    }
    assert_eq!(counts(&server).await, [("0".to_owned(), false, 2), (ours.to_owned(), false, 1)]);
}

#[tokio::test]
async fn a_leaf_may_be_kept_twice_unless_the_caller_minds() {
    let server = TestServer::start().await;
    let caller = server.by(Person::FullAccess);
    let mut body = import_body(&sound("www.example.com"));
    let first = caller.import(&body).await.text("certificate_id");
    body["duplicate_check"] = false.into();
    let second = caller.import(&body).await.text("certificate_id");
    assert_ne!(first, second);
    body["duplicate_check"] = true.into();
    let (status, code, message) = caller.import(&body).await.refusal();
    assert_eq!((status, &*code), (400, "SCM.9001"));
    let says =
        |id: &str| format!("The certificate already exists. Its id in this project is {id}.");
    assert!([says(&first), says(&second)].contains(&message), "{message}");
    body["certificate"] = sound("www.example.com").certificate.into();
    assert_eq!(caller.import(&body).await.text("error_code"), "SCM.0014", "another leaf");
}

#[tokio::test]
async fn what_will_be_valid_is_taken_and_what_was_is_taken_where_the_operator_says_so() {
    let later = scm_tests::authority().leaf("later.example.com").not_yet_valid().issue();
    let past =
        scm_tests::authority().leaf("past.example.com").flaw(scm_pki::testing::Flaw::Expired);
    let past = import_body(&past.issue());
    let strict = TestServer::start().await;
    assert_eq!(strict.by(Person::FullAccess).import(&import_body(&later)).await.status, 200);
    let answer = strict.by(Person::FullAccess).import(&past).await;
    assert_eq!((answer.status.as_u16(), &*answer.text("error_code")), (400, "SCM.0042"));

    let lenient = TestServer::builder().accept_expired().start().await;
    let answer = lenient.by(Person::FullAccess).import(&past).await;
    let id = answer.text("certificate_id");
    assert_eq!(lenient.by(Person::Reader).show(&id).await.text("status"), "EXPIRED");
    assert_eq!(counts(&lenient).await, [("0".to_owned(), true, 1)]);
}

#[tokio::test]
async fn a_certificate_expires_by_the_clock() {
    let server = TestServer::start().await;
    let leaf = scm_tests::authority().leaf("soon.example.com").valid_for(Duration::HOUR).issue();
    let id = server.by(Person::FullAccess).import(&import_body(&leaf)).await.text("certificate_id");
    assert_eq!(server.by(Person::Reader).show(&id).await.text("status"), "UPLOAD");
    server.clock().advance(Duration::HOUR * 2);
    assert_eq!(server.by(Person::Reader).show(&id).await.text("status"), "EXPIRED");
    assert_eq!(server.by(Person::FullAccess).import(&import_body(&leaf)).await.status, 400);
}

#[tokio::test]
async fn a_restart_keeps_all() {
    let server = TestServer::start().await;
    let body = import_body(&sound("www.example.com"));
    let id = server.by(Person::FullAccess).import(&body).await.text("certificate_id");
    let before = server.by(Person::Reader).show(&id).await.json();
    let server = server.restart().await;
    assert_eq!(server.by(Person::Reader).show(&id).await.json(), before);
    let next = server.by(Person::FullAccess).import(&body).await.text("certificate_id");
    assert_ne!(next, id);
    assert_eq!(counts(&server).await, [("0".to_owned(), false, 2)]);
}

/// Enterprise project, expired, how many; in order.
async fn counts(server: &TestServer) -> Vec<(String, bool, u64)> {
    let counts = server.store().counts(&server.project(), NOW).await.unwrap();
    let mut counts: Vec<_> = counts
        .into_iter()
        .map(|CertificateCount { enterprise_project, expired, count }| {
            (enterprise_project.to_string(), expired, count)
        })
        .collect();
    counts.sort();
    counts
}

/// The same bundle read offline gives the verdict that the server gives.
#[tokio::test]
async fn the_server_and_the_rules_agree_on_every_flaw() {
    let server = TestServer::start().await;
    for flaw in scm_pki::testing::Flaw::ALL {
        let bundle = scm_tests::authority().leaf("www.example.com").flaw(flaw).issue();
        let read =
            Bundle::read(&bundle.certificate, &bundle.certificate_chain, &bundle.private_key);
        let offline = Verifier::new(Policy::default()).verify(read, NOW).is_ok();
        let answer = server.by(Person::FullAccess).import(&import_body(&bundle)).await;
        assert_eq!(answer.status == 200, offline, "{flaw:?}: {answer:?}");
    }
}
