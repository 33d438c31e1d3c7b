//! Replacing, renaming, deleting.

use http::Method;
use scm_pki::testing::Flaw;
use scm_tests::{Answer, Person, Session, TestServer, authority, import_body, sound};
use serde_json::{Value, json};
use time::Duration;

async fn ask(session: &Session, method: Method, id: &str, body: Option<&Value>) -> Answer {
    let body = body.map(Value::to_string).unwrap_or_default();
    session.send(method, &format!("/v3/scm/certificates/{id}"), body).await
}

#[tokio::test]
async fn a_renewed_certificate_stands_under_the_same_id() {
    let server = TestServer::start().await;
    let session = server.by(Person::FullAccess);
    let mut body = import_body(&sound("www.example.com"));
    body["name"] = "shop".into();
    let id = session.import(&body).await.text("certificate_id");
    let before = session.show(&id).await.json();
    server.clock().advance(Duration::HOUR);
    let renewed = authority().leaf("www.example.com").also("example.com").issue();
    let answer = ask(&session, Method::PUT, &id, Some(&import_body(&renewed))).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let after = session.show(&id).await.json();
    assert_eq!(answer.json(), after);
    assert_eq!(
        (&after["id"], &after["name"], &after["sans"]),
        (&json!(id), &json!("shop"), &json!("example.com"))
    );
    assert_ne!(after["fingerprint"], before["fingerprint"]);
    let path = format!("/v3/scm/certificates/{id}/export");
    let exported = session.send(Method::POST, &path, "").await;
    assert_eq!(exported.text("private_key"), renewed.private_key);

    let bad = authority().leaf("www.example.com").flaw(Flaw::WrongKey).issue();
    let refused = ask(&session, Method::PUT, &id, Some(&import_body(&bad))).await;
    assert_eq!(refused.refusal().1, "SCM.0014");
    assert_eq!(session.show(&id).await.json(), after);
    let stranger = server.by(Person::Stranger);
    let refused = ask(&stranger, Method::PUT, &id, Some(&import_body(&renewed))).await;
    assert_eq!((refused.refusal().0, &*refused.refusal().1), (404, "SCM.0020"));
}

#[tokio::test]
async fn a_name_and_a_description_can_be_changed_apart() {
    let server = TestServer::start().await;
    let session = server.by(Person::FullAccess);
    let id = session.import(&import_body(&sound("www.example.com"))).await.text("certificate_id");
    let changes = [
        (json!({ "name": "new" }), json!("new"), Value::Null),
        (json!({ "description": "ask Ada", "name": null }), json!("new"), json!("ask Ada")),
        (json!({ "description": "" }), json!("new"), Value::Null),
        (json!({}), json!("new"), Value::Null),
    ];
    for (change, name, description) in changes {
        let shown = ask(&session, Method::PATCH, &id, Some(&change)).await.json();
        assert_eq!((&shown["name"], &shown["description"]), (&name, &description), "{change}");
    }
    let long = json!({ "name": "é".repeat(64), "description": "é".repeat(255) });
    let (status, code, _) = ask(&session, Method::PATCH, &id, Some(&long)).await.refusal();
    assert_eq!((status, &*code), (400, "SCM.0032"));
    let long = json!({ "description": "é".repeat(256) });
    let (_, code, message) = ask(&session, Method::PATCH, &id, Some(&long)).await.refusal();
    assert_eq!(code, "SCM.0005");
    assert!(message.contains("description: 256 characters, at most 255 are taken"), "{message}");
}

#[tokio::test]
async fn what_is_deleted_is_gone_for_everybody_and_from_every_count() {
    let server = TestServer::start().await;
    let session = server.by(Person::FullAccess);
    let id = session.import(&import_body(&sound("www.example.com"))).await.text("certificate_id");
    assert_eq!(ask(&server.by(Person::Stranger), Method::DELETE, &id, None).await.status, 404);
    assert_eq!(ask(&server.by(Person::Reader), Method::DELETE, &id, None).await.status, 403);
    let deleted = ask(&session, Method::DELETE, &id, None).await;
    assert_eq!((deleted.status.as_u16(), deleted.body.len()), (204, 0));
    let again = ask(&session, Method::DELETE, &id, None).await;
    assert_eq!((again.refusal().0, &*again.refusal().1), (404, "SCM.0020"));
    assert_eq!(session.show(&id).await.status, 404);
    let list = session.send(Method::GET, "/v3/scm/certificates", "").await.json();
    assert_eq!(list, json!({ "certificates": [], "total_count": 0, "next_marker": null }));
}
