//! Whose key it is: what it is good for, and how it stops being good.

use http::Method;
use scm_sign::SigningSecret;
use scm_store::{AccessKeyId, AuditQuery};
use scm_tests::{NOW, Person, Session, Signer, TestServer, import_body, request, sound, unsigned};
use time::Duration;

use super::{IMPORT, LIST, list, refused};

#[tokio::test]
async fn a_key_can_do_what_its_owner_can() {
    let server = TestServer::start().await;
    let [reader, keeper, stranger] = [
        server.signer_of(Person::Reader).await,
        server.signer_of(Person::FullAccess).await,
        server.signer_of(Person::Stranger).await,
    ];
    let import =
        || unsigned(Method::POST, IMPORT, import_body(&sound("a.example.com")).to_string());
    let id = keeper.send(import(), NOW).await.text("certificate_id");
    let refusal = reader.send(import(), NOW).await.refusal();
    assert_eq!((refusal.0, &*refusal.1), (403, "SCM.4002"));
    let path = format!("/v3/scm/certificates/{id}");
    let show = || unsigned(Method::GET, &path, "");
    assert_eq!(reader.send(show(), NOW).await.text("id"), id);
    assert_eq!(stranger.send(show(), NOW).await.status, 404);
    let event =
        server.store().events(&AuditQuery::of(&server.project(), 1)).await.unwrap().remove(0);
    assert_eq!(event.user, Some(Person::Reader.user()));
}

#[tokio::test]
async fn another_project_is_not_to_be_had_by_a_header() {
    let server = TestServer::start().await;
    let signer = server.signer();
    for (project, taken) in [(server.project().to_string(), true), ("0".repeat(32), false)] {
        // As Terraform sends it: added after signing.
        let mut list = signer.sign(list(), NOW);
        list.headers_mut().insert("x-project-id", project.parse().unwrap());
        let answer = signer.session.send_as_is(list).await;
        match taken {
            true => assert_eq!(answer.status, 200),
            false => assert!(refused(&answer).contains("X-Project-Id")),
        }
    }
}

#[tokio::test]
async fn guessing_locks_the_key_for_the_one_who_guesses_for_a_while() {
    let server = TestServer::builder().flag("--trusted-proxies", "127.0.0.1").start().await;
    let signer = server.signer();
    let wrong =
        Signer { secret: SigningSecret::new("wrong".to_owned()).unwrap(), ..server.signer() };
    let other = server.signer_of(Person::Reader).await;
    let from = |address: &str| {
        let mut list = list();
        list.headers_mut().insert("x-forwarded-for", address.parse().unwrap());
        list
    };
    for _ in 0..5 {
        refused(&wrong.send(from("192.0.2.1"), NOW).await);
    }
    let message = refused(&signer.send(from("192.0.2.1"), NOW).await);
    assert!(message.ends_with("AK access failed to reach the limit, forbidden"), "{message}");
    let newest = &server.store().events(&AuditQuery::newest(1)).await.unwrap()[0];
    let key = AccessKeyId::new(&signer.access_key);
    assert_eq!((&*newest.action, newest.subject.clone()), ("access_key.lock", Some(key.into())));
    assert_eq!(newest.address, Some([192, 0, 2, 1].into()));
    assert_eq!(signer.send(from("192.0.2.2"), NOW).await.status, 200);
    assert_eq!(other.send(from("192.0.2.1"), NOW).await.status, 200);
    let token = server.by(Person::Administrator);
    assert_eq!(token.send(Method::GET, LIST, "").await.status, 200);
    let later = |seconds| NOW + Duration::minutes(5) + Duration::seconds(seconds);
    server.clock().advance(Duration::minutes(5) - Duration::SECOND);
    refused(&signer.send(from("192.0.2.1"), later(-1)).await);
    server.clock().advance(Duration::SECOND);
    assert_eq!(signer.send(from("192.0.2.1"), later(0)).await.status, 200);
}

/// As with a full disk: a lock-out cannot be recorded, and the answer stays the same.
#[tokio::test]
async fn who_guesses_hears_no_difference_when_that_cannot_be_kept() {
    let server = TestServer::builder().flag("--store", "embedded").start().await;
    let store = rusqlite::Connection::open(server.folder().file("scm.db")).unwrap();
    let full = "CREATE TRIGGER full BEFORE INSERT ON audit_event
                BEGIN SELECT RAISE(ABORT, 'no room'); END";
    store.execute_batch(full).unwrap();
    let wrong =
        Signer { secret: SigningSecret::new("wrong".to_owned()).unwrap(), ..server.signer() };
    for _ in 0..6 {
        refused(&wrong.send(list(), NOW).await);
    }
    let events = server.store().events(&AuditQuery::newest(100)).await.unwrap();
    assert!(events.iter().all(|event| event.action != "access_key.lock"), "{events:?}");
}

#[tokio::test]
async fn an_unknown_or_disabled_key_opens_nothing() {
    let server = TestServer::start().await;
    let signer = server.signer();
    let anonymous = Signer { access_key: "NOSUCHKEY".to_owned(), ..server.signer() };
    let message = refused(&anonymous.send(list(), NOW).await);
    assert!(message.ends_with("ak NOSUCHKEY not exist"), "{message}");
    let id = AccessKeyId::new(signer.access_key.as_str());
    for enabled in [false, true] {
        server.store().set_access_key_enabled(None, &id, enabled, NOW).await.unwrap();
        let answer = signer.send(list(), NOW).await;
        match enabled {
            true => assert_eq!(answer.status, 200, "it is as good as it was"),
            false => assert!(refused(&answer).ends_with("is disabled")),
        }
    }
    server.store().remove_access_key(None, &id, NOW).await.unwrap();
    assert!(refused(&signer.send(list(), NOW).await).ends_with("not exist"));
}

#[tokio::test]
async fn other_ways_to_sign_are_refused_by_name() {
    let server = TestServer::start().await;
    let session = Session::new(server.address(), None);
    for (header, words) in [
        ("SDK-HMAC-SM3 Access=a, SignedHeaders=x-sdk-date, Signature=00", "SDK-HMAC-SM3"),
        ("V11-HMAC-SHA256 Credential=a/b/c/d", "V11-HMAC-SHA256"),
        ("Bearer something", ""),
        ("SDK-HMAC-SHA256", ""),
    ] {
        let mut list = request(Method::GET, LIST, "");
        list.headers_mut().insert("authorization", header.parse().unwrap());
        let message = refused(&session.send_as_is(list).await);
        assert!(message.contains(words) && !message.contains("something"), "{message}");
    }
}
