//! Replacing: a renewed certificate under the same id.

use http::Method;
use scm_pki::testing::{Algorithm, Flaw, TestAuthority};
use scm_store::{AuditQuery, Outcome, action};
use scm_tests::{NOW, Person, TestServer, authority, import_body, sound};
use serde_json::json;
use time::Duration;

use super::{ask, assert_unknown, export, names, page};

#[tokio::test]
async fn a_renewed_certificate_stands_under_the_same_id() {
    let server = TestServer::start().await;
    let session = server.by(Person::FullAccess);
    let mut body = import_body(&sound("www.example.com"));
    body["name"] = "shop".into();
    body["enterprise_project_id"] = "01234567-89ab-cdef-0123-456789abcdef".into();
    let id = session.import(&body).await.text("certificate_id");
    let words = json!({ "description": "ask Ada" });
    let before = ask(&session, Method::PATCH, &id, Some(&words)).await.json();
    server.clock().advance(Duration::HOUR);
    session.import(&import_body(&sound("later.example.com"))).await;
    server.clock().advance(Duration::HOUR);
    let other = TestAuthority::new(Algorithm::Ed25519, NOW + Duration::HOUR);
    let renewed = other.leaf("*.example.org").also("example.org").issue();
    let answer = ask(&session, Method::PUT, &id, Some(&import_body(&renewed))).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let after = session.show(&id).await.json();
    assert_eq!(answer.json(), after);
    for (field, before) in before.as_object().unwrap() {
        let stays = !matches!(
            field.as_str(),
            "domain"
                | "sans"
                | "names"
                | "domain_count"
                | "wildcard_count"
                | "domain_type"
                | "fingerprint"
                | "not_before"
                | "not_after"
                | "signature_algorithm"
                | "signature_algrithm"
        );
        assert_eq!(after[field] == *before, stays, "{field}: {before}, {}", after[field]);
    }
    let exported = export(&session, &id, "").await;
    assert_eq!(exported.text("certificate"), renewed.certificate);
    assert_eq!(exported.text("certificate_chain"), renewed.certificate_chain);
    assert_eq!(exported.text("private_key"), renewed.private_key);
    assert_eq!(names(&session, "").await, ["shop", "a name"], "the last change comes first");
    assert_eq!(names(&session, "content=example.org").await, ["shop"]);
    assert_eq!(names(&session, "content=www.example.com").await, [""; 0]);
}

#[tokio::test]
async fn a_bundle_that_no_import_would_take_leaves_the_old_one() {
    let server = TestServer::start().await;
    let session = server.by(Person::FullAccess);
    let old = sound("www.example.com");
    let id = session.import(&import_body(&old)).await.text("certificate_id");
    let before = session.show(&id).await.json();
    for flaw in Flaw::ALL.into_iter().filter(|flaw| flaw.class().is_some()) {
        let bad = import_body(&authority().leaf("www.example.com").flaw(flaw).issue());
        let refused = ask(&session, Method::PUT, &id, Some(&bad)).await.refusal();
        assert_eq!(refused, session.import(&bad).await.refusal(), "{flaw:?}");
    }
    assert_eq!(session.show(&id).await.json(), before);
    assert_eq!(export(&session, &id, "").await.text("private_key"), old.private_key);
    let events = server.store().events(&AuditQuery::of(&server.project(), 100)).await.unwrap();
    assert!(events.iter().all(|event| event.action != action::CERTIFICATE_REPLACE));
}

#[tokio::test]
async fn what_had_expired_is_valid_again_wherever_it_is_seen() {
    let server = TestServer::start().await;
    let session = server.by(Person::FullAccess);
    let short = authority().leaf("www.example.com").valid_for(Duration::HOUR).issue();
    let id = session.import(&import_body(&short)).await.text("certificate_id");
    server.clock().advance(Duration::HOUR * 2);
    assert_eq!(page(&session, "status=EXPIRED").await["total_count"], 1);
    let renewed = import_body(&sound("www.example.com"));
    let shown = ask(&session, Method::PUT, &id, Some(&renewed)).await.json();
    assert_eq!(shown["status"], "UPLOAD");
    assert_eq!(page(&session, "status=EXPIRED").await["total_count"], 0);
    assert_eq!(page(&session, "status=UPLOAD").await["total_count"], 1);
}

#[tokio::test]
async fn what_is_not_there_or_elsewhere_cannot_be_replaced() {
    let server = TestServer::start().await;
    let keeper = server.by(Person::FullAccess);
    let body = import_body(&sound("www.example.com"));
    let id = keeper.import(&body).await.text("certificate_id");
    let before = keeper.show(&id).await.json();
    let renewed = import_body(&sound("www.example.com"));
    let stranger = server.by(Person::Stranger);
    for (session, id) in [(&stranger, &*id), (&keeper, "scs0000000000001"), (&keeper, "x")] {
        assert_unknown(&ask(session, Method::PUT, id, Some(&renewed)).await);
    }
    assert_eq!(keeper.show(&id).await.json(), before);
}

#[tokio::test]
async fn a_replacement_is_on_record() {
    let server = TestServer::start().await;
    let session = server.by(Person::FullAccess);
    let body = import_body(&sound("www.example.com"));
    let id = session.import(&body).await.text("certificate_id");
    let renewed = import_body(&sound("www.example.com"));
    let answer = ask(&session, Method::PUT, &id, Some(&renewed)).await;
    let event =
        server.store().events(&AuditQuery::of(&server.project(), 1)).await.unwrap().remove(0);
    assert_eq!((&*event.action, &event.outcome), (action::CERTIFICATE_REPLACE, &Outcome::Done));
    assert_eq!(event.subject.unwrap().to_string(), id);
    assert_eq!(event.user, Some(Person::FullAccess.user()));
    assert_eq!(event.request_id.as_deref(), answer.header("x-request-id"));
}
