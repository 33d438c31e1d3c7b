//! Deleting: for everybody, at once, and nothing else with it.

use http::Method;
use scm_store::{AuditQuery, action};
use scm_tests::{Person, TestServer, import_body, sound};
use serde_json::json;

use super::{ask, assert_unknown, export};

#[tokio::test]
async fn what_is_deleted_is_gone_for_everybody_and_from_every_count() {
    let server = TestServer::start().await;
    let session = server.by(Person::FullAccess);
    let body = import_body(&sound("www.example.com"));
    let id = session.import(&body).await.text("certificate_id");
    assert_unknown(&ask(&server.by(Person::Stranger), Method::DELETE, &id, None).await);
    assert_eq!(ask(&server.by(Person::Reader), Method::DELETE, &id, None).await.status, 403);
    assert_eq!(session.show(&id).await.status, 200);
    let deleted = ask(&session, Method::DELETE, &id, None).await;
    assert_eq!((deleted.status.as_u16(), deleted.body.len()), (204, 0));
    let renewed = import_body(&sound("www.example.com"));
    let words = json!({ "name": "again" });
    for answer in [
        ask(&session, Method::DELETE, &id, None).await,
        ask(&session, Method::PUT, &id, Some(&renewed)).await,
        ask(&session, Method::PATCH, &id, Some(&words)).await,
        session.show(&id).await,
        export(&session, &id, "").await,
    ] {
        assert_unknown(&answer);
    }
    let list = session.send(Method::GET, "/v3/scm/certificates", "").await.json();
    assert_eq!(list, json!({ "certificates": [], "total_count": 0, "next_marker": null }));
}

#[tokio::test]
async fn a_deletion_is_on_record_and_its_certificate_may_come_again() {
    let server = TestServer::start().await;
    let session = server.by(Person::FullAccess);
    let mut body = import_body(&sound("www.example.com"));
    body["duplicate_check"] = true.into();
    let id = session.import(&body).await.text("certificate_id");
    ask(&session, Method::DELETE, &id, None).await;
    let event =
        server.store().events(&AuditQuery::of(&server.project(), 1)).await.unwrap().remove(0);
    assert_eq!(event.action, action::CERTIFICATE_DELETE);
    assert_eq!(event.subject.unwrap().to_string(), id);
    let again = session.import(&body).await;
    assert_eq!(again.status, 200, "it is no duplicate any more: {again:?}");
    assert_ne!(again.text("certificate_id"), id);
}

/// A chain is kept once for all certificates under it; the last one to go may take it along.
#[tokio::test]
async fn the_chain_that_others_share_stays() {
    let server = TestServer::start().await;
    let session = server.by(Person::FullAccess);
    let bundles = ["a.example.com", "b.example.com"].map(sound);
    let mut ids = Vec::new();
    for bundle in &bundles {
        ids.push(session.import(&import_body(bundle)).await.text("certificate_id"));
    }
    assert_eq!(ask(&session, Method::DELETE, &ids[0], None).await.status, 204);
    let server = server.restart().await;
    let exported = export(&server.by(Person::FullAccess), &ids[1], "").await;
    assert_eq!(exported.text("certificate_chain"), bundles[1].certificate_chain);
}
