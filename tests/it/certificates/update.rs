//! Renaming and describing.

use http::Method;
use scm_model::Revision;
use scm_store::{AuditQuery, action};
use scm_tests::{Person, TestServer, import_body, sound};
use serde_json::{Value, json};

use super::{ask, assert_unknown, names};

#[tokio::test]
async fn a_name_and_a_description_can_be_changed_apart() {
    let server = TestServer::start().await;
    let session = server.by(Person::FullAccess);
    let id = session.import(&import_body(&sound("www.example.com"))).await.text("certificate_id");
    let changes = [
        (json!({ "name": "new" }), json!("new"), Value::Null),
        (json!({ "description": "ask Ada", "name": null }), json!("new"), json!("ask Ada")),
        (json!({ "description": null }), json!("new"), json!("ask Ada")),
        (json!({ "description": "" }), json!("new"), Value::Null),
        (json!({}), json!("new"), Value::Null),
    ];
    for (change, name, description) in changes {
        let shown = ask(&session, Method::PATCH, &id, Some(&change)).await.json();
        assert_eq!((&shown["name"], &shown["description"]), (&name, &description), "{change}");
        assert_eq!(session.show(&id).await.json(), shown);
    }
    assert_eq!(names(&session, "content=NEW").await, ["new"]);
    assert_eq!(names(&session, "content=a%20name").await, [""; 0], "the old name is forgotten");
    let events = server.store().events(&AuditQuery::of(&server.project(), 100)).await.unwrap();
    assert_eq!(events[0].action, action::CERTIFICATE_UPDATE);
    assert_eq!(events[0].subject.as_ref().unwrap().to_string(), id);
}

#[tokio::test]
async fn what_breaks_a_rule_is_refused_and_changes_nothing() {
    let server = TestServer::start().await;
    let session = server.by(Person::FullAccess);
    let id = session.import(&import_body(&sound("www.example.com"))).await.text("certificate_id");
    let before = session.show(&id).await.json();
    let long = json!({ "name": "é".repeat(64), "description": "é".repeat(255) });
    let (status, code, _) = ask(&session, Method::PATCH, &id, Some(&long)).await.refusal();
    assert_eq!((status, &*code), (400, "SCM.0032"));
    let long = json!({ "description": "é".repeat(256) });
    let (_, code, message) = ask(&session, Method::PATCH, &id, Some(&long)).await.refusal();
    assert_eq!(code, "SCM.0005");
    assert!(message.contains("description: 256 characters, must have at most 255"), "{message}");
    for wrong in [json!({ "name": 7 }), json!([]), json!("name")] {
        let (status, code, _) = ask(&session, Method::PATCH, &id, Some(&wrong)).await.refusal();
        assert_eq!((status, &*code), (400, "SCM.0005"), "{wrong}");
    }
    assert_eq!(session.show(&id).await.json(), before);
}

#[tokio::test]
async fn the_rule_of_names_is_that_of_the_revision() {
    let server = TestServer::builder().revision(Revision::R2025).start().await;
    let session = server.by(Person::FullAccess);
    let mut body = import_body(&sound("www.example.com"));
    body["name"] = "a-name".into();
    let id = session.import(&body).await.text("certificate_id");
    for (name, taken) in [("ab", false), ("a b", false), ("a_b.c-1", true)] {
        let answer = ask(&session, Method::PATCH, &id, Some(&json!({ "name": name }))).await;
        match taken {
            true => assert_eq!(answer.text("name"), name),
            false => assert_eq!(answer.refusal().1, "SCM.0032", "{name}"),
        }
    }
}

#[tokio::test]
async fn what_is_not_there_or_elsewhere_cannot_be_renamed() {
    let server = TestServer::start().await;
    let keeper = server.by(Person::FullAccess);
    let body = import_body(&sound("www.example.com"));
    let id = keeper.import(&body).await.text("certificate_id");
    let change = json!({ "name": "mine" });
    let stranger = server.by(Person::Stranger);
    for (session, id) in [(&stranger, &*id), (&keeper, "scs0000000000001"), (&keeper, "x")] {
        assert_unknown(&ask(session, Method::PATCH, id, Some(&change)).await);
    }
    assert_eq!(keeper.show(&id).await.text("name"), "a name");
}
