//! People whom a Keystone knows: a real one here, and in `faults` what no healthy one does.

mod faults;

use http::Method;
use scm_pki::testing::{Algorithm, TestAuthority};
use scm_store::{AuditQuery, ProjectId, UserId};
use scm_tests::{Keystone, NOW, Session, TestServer, TestServerBuilder, import_body, request};
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

/// An id that no certificate has: an authenticated client gets 404.
const NO_CERTIFICATE: &str = "scs0000000000001";

/// As long as the settings say by default that Keystone's word is good.
const WORD: Duration = Duration::MINUTE;

#[tokio::test]
async fn a_real_keystone_says_who_asks_and_what_they_may_do() {
    let mut keystone = Keystone::start();
    let people = People::settle(&keystone).await;
    let ca = keystone.authority();
    let server = with(&keystone).flag("--keystone-ca", ca.to_str().unwrap()).start_alone().await;
    server.clock().advance(OffsetDateTime::now_utc() - NOW);
    let id = roles_count(&server, &people).await;
    logging_in_is_done_there(&server, &keystone).await;
    some_tokens_authenticate_no_client(&server, &keystone, &people).await;
    a_revoked_token_ends_in_time(&server, &keystone, &people).await;
    no_unknown_token_is_accepted_meanwhile(&server, &mut keystone, &people, &id).await;
    only_the_right_authority_vouches_for_it(&keystone, &people).await;
}

fn with(keystone: &Keystone) -> TestServerBuilder {
    TestServer::builder().flag("--identity", "keystone").flag("--keystone-url", &keystone.url())
}

/// Who there is in Keystone: projects by their ids, people by their tokens.
struct People {
    blue: String,
    writer: String,
    reader: String,
    auditor: String,
    stranger: String,
}

impl People {
    async fn settle(keystone: &Keystone) -> Self {
        let (blue, red) = (keystone.add_project("blue").await, keystone.add_project("red").await);
        keystone.add_user("writer", "member", &blue).await;
        keystone.add_user("reader", "reader", &blue).await;
        keystone.add_user("auditor", "auditor", &blue).await;
        keystone.add_user("stranger", "member", &red).await;
        Self {
            writer: keystone.log_in("writer", Some(&blue)).await,
            reader: keystone.log_in("reader", Some(&blue)).await,
            auditor: keystone.log_in("auditor", Some(&blue)).await,
            stranger: keystone.log_in("stranger", Some(&red)).await,
            blue,
        }
    }
}

fn session(server: &TestServer, token: &str) -> Session {
    Session::new(server.address(), Some(token))
}

async fn shown(server: &TestServer, token: &str, id: &str) -> u16 {
    session(server, token).show(id).await.status.as_u16()
}

fn bundle() -> Value {
    let authority = TestAuthority::new(Algorithm::P256, OffsetDateTime::now_utc());
    import_body(&authority.leaf("www.example.com").issue())
}

/// Gives the id of a certificate in the project blue.
async fn roles_count(server: &TestServer, people: &People) -> String {
    let imported = session(server, &people.writer).import(&bundle()).await;
    assert_eq!(imported.status, 200, "{imported:?}");
    let id = imported.text("certificate_id");
    let newest = AuditQuery::of(&ProjectId::new(&people.blue), 1);
    let event = server.store().events(&newest).await.unwrap().remove(0);
    assert_eq!(event.action, "certificate.import");
    assert!(event.user.is_some_and(|user| user != UserId::new("")));

    let refused = session(server, &people.reader).import(&bundle()).await.refusal();
    assert_eq!((refused.0, &*refused.1), (403, "SCM.4002"));
    let refused = session(server, &people.auditor).show(&id).await.refusal();
    assert_eq!((refused.0, &*refused.1), (403, "SCM.4002"), "the role means nothing here");
    assert_eq!(shown(server, &people.reader, &id).await, 200);
    assert_eq!(shown(server, &people.stranger, &id).await, 404);
    id
}

async fn logging_in_is_done_there(server: &TestServer, keystone: &Keystone) {
    let user = json!({"name": "writer", "domain": {"name": "default"}, "password": "whatever"});
    let identity = json!({"methods": ["password"], "password": {"user": user}});
    let body = json!({"auth": {"identity": identity}}).to_string();
    let anonymous = Session::new(server.address(), None);
    let answer = anonymous.send(Method::POST, "/v3/auth/tokens", body).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["error"]["code"]), (404, &json!(404)));
    let there = format!("Users log in at {}/v3/auth/tokens.", keystone.url());
    assert!(answer.json()["error"]["message"].as_str().unwrap().ends_with(&there), "{answer:?}");
    assert!(!server.folder().file("credentials.json").exists(), "it has no local user");
}

async fn some_tokens_authenticate_no_client(
    server: &TestServer,
    keystone: &Keystone,
    people: &People,
) {
    let unscoped = keystone.log_in("writer", None).await;
    let (status, code, message) = session(server, &unscoped).show(NO_CERTIFICATE).await.refusal();
    assert_eq!((status, &*code), (401, "SCM.1000"));
    assert!(
        message.ends_with("It is for no project: log in with auth.scope.project."),
        "{message}"
    );
    let forged = people.writer.replace(&people.writer[20..30], "0123456789");
    for token in ["gAAAAABrBQw7JLG5kiNOSHdTZ-cxjdDJ", &forged, &"x".repeat(4000)] {
        assert_eq!(shown(server, token, NO_CERTIFICATE).await, 401, "{token}");
    }
    let anonymous = Session::new(server.address(), None);
    assert_eq!(anonymous.show(NO_CERTIFICATE).await.status, 401);
    let path = format!("/v3/scm/certificates/{NO_CERTIFICATE}");
    let mut signed = request(Method::GET, &path, "");
    let signature = "SDK-HMAC-SHA256 Access=AK, SignedHeaders=x-sdk-date, Signature=00";
    signed.headers_mut().insert("authorization", signature.parse().unwrap());
    assert_eq!(anonymous.send_as_is(signed).await.text("error_code"), "APIGW.0301");
}

async fn a_revoked_token_ends_in_time(server: &TestServer, keystone: &Keystone, people: &People) {
    let [seen, unseen] = [
        keystone.log_in("writer", Some(&people.blue)).await,
        keystone.log_in("reader", Some(&people.blue)).await,
    ];
    assert_eq!(shown(server, &seen, NO_CERTIFICATE).await, 404);
    keystone.revoke(&seen).await;
    keystone.revoke(&unseen).await;
    assert_eq!(shown(server, &unseen, NO_CERTIFICATE).await, 401, "nothing was kept of it");
    server.clock().advance(WORD - Duration::SECOND);
    assert_eq!(shown(server, &seen, NO_CERTIFICATE).await, 404, "the documented time is not over");
    server.clock().advance(Duration::SECOND);
    assert_eq!(shown(server, &seen, NO_CERTIFICATE).await, 401);
}

async fn no_unknown_token_is_accepted_meanwhile(
    server: &TestServer,
    keystone: &mut Keystone,
    people: &People,
    id: &str,
) {
    let unseen = keystone.log_in("reader", Some(&people.blue)).await;
    assert_eq!(shown(server, &people.reader, id).await, 200);
    keystone.stop();
    server.clock().advance(WORD - Duration::SECOND);
    assert_eq!(shown(server, &people.reader, id).await, 200, "Keystone's word is good for a while");
    let answer = session(server, &unseen).show(id).await;
    let message = "The identity service is not available.";
    assert_eq!(answer.refusal(), (503, "SCM.9004".into(), message.into()));
    assert_eq!(answer.header("retry-after"), Some("1"));
    server.clock().advance(Duration::SECOND);
    assert_eq!(shown(server, &people.reader, id).await, 503, "and not longer");
    keystone.resume();
    assert_eq!(shown(server, &people.reader, id).await, 200);
    assert_eq!(shown(server, &unseen, id).await, 200);
}

async fn only_the_right_authority_vouches_for_it(keystone: &Keystone, people: &People) {
    let server = with(keystone).start_alone().await;
    assert_eq!(shown(&server, &people.writer, NO_CERTIFICATE).await, 503);
}
