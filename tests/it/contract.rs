//! What holds for every answer: its request id, its form, its log line.

use std::collections::HashSet;

use http::{HeaderValue, Method};
use scm_model::limits;
use scm_store::AuditQuery;
use scm_tests::{
    Answer, Binary, Connection, Folder, Person, Protocol, Session, TestServer, import_body,
    patiently, request, sound,
};
use serde_json::{Value, json};

const IMPORT: &str = "/v3/scm/certificates/import";

/// One answer of every kind that can be had on purpose.
async fn answers(caller: &Session) -> Vec<Answer> {
    let anonymous = Session::new(caller.address(), None);
    let mut plain = request(Method::POST, IMPORT, "{}");
    plain.headers_mut().insert("content-type", HeaderValue::from_static("text/plain"));
    vec![
        caller.import(&import_body(&sound("www.example.com"))).await,
        caller.import(&json!({})).await,
        caller.send_as_is(plain).await,
        caller.send(Method::POST, IMPORT, "x".repeat(600_000)).await,
        caller.show("scs0000000000001").await,
        caller.send(Method::DELETE, IMPORT, "").await,
        caller.send(Method::GET, "/nowhere", "").await,
        caller.send(Method::POST, "/v3/auth/tokens", "{}").await,
        anonymous.show("scs0000000000001").await,
        anonymous.send(Method::GET, "/healthz", "").await,
        anonymous.send(Method::GET, "/readyz", "").await,
    ]
}

const STATUSES: [u16; 11] = [200, 400, 415, 413, 404, 405, 404, 400, 401, 200, 200];

#[tokio::test]
async fn every_answer_has_a_name_of_its_own() {
    let server = TestServer::start().await;
    let answers = answers(&server.by(Person::FullAccess)).await;
    let statuses: Vec<_> = answers.iter().map(|answer| answer.status.as_u16()).collect();
    assert_eq!(statuses, STATUSES);
    let ids: HashSet<_> = answers.iter().map(|answer| answer.header("x-request-id")).collect();
    assert_eq!(ids.len(), answers.len());
    assert!(ids.iter().all(|id| id.is_some_and(|id| id.len() == 32)), "{ids:?}");
}

#[tokio::test]
async fn every_refusal_keeps_to_its_limits() {
    let server = TestServer::start().await;
    for answer in answers(&server.by(Person::FullAccess)).await {
        let json = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
        let Some(code) = json["error_code"].as_str() else { continue };
        assert!(limits::ERROR_CODE.allows(code.chars().count()), "{code}");
        let message = json["error_msg"].as_str().unwrap();
        assert!(limits::ERROR_MSG.allows(message.chars().count()), "{message}");
        assert_eq!(json.as_object().unwrap().len(), 2, "{json}");
    }
}

#[tokio::test]
async fn a_name_that_the_caller_brings_is_not_taken() {
    let server = TestServer::start().await;
    let mut forged = request(Method::GET, "/v3/scm/certificates/scs0000000000001", "");
    forged.headers_mut().insert("x-request-id", HeaderValue::from_static("forged"));
    let answer = server.by(Person::Reader).send_as_is(forged).await;
    assert_eq!(answer.headers.get_all("x-request-id").iter().count(), 1);
    assert_ne!(answer.header("x-request-id"), Some("forged"));
}

#[tokio::test]
async fn probes_answer_get_and_head() {
    let server = TestServer::start().await;
    let anonymous = Session::new(server.address(), None);
    for path in ["/healthz", "/readyz"] {
        let got = anonymous.send(Method::GET, path, "").await;
        let head = anonymous.send(Method::HEAD, path, "").await;
        assert_eq!((got.status.as_u16(), head.status.as_u16()), (200, 200), "{path}");
        assert!(!got.body.is_empty() && head.body.is_empty(), "{path}");
        let posted = anonymous.send(Method::POST, path, "").await;
        let allow = posted.header("allow");
        assert_eq!((posted.status.as_u16(), allow), (405, Some("GET, HEAD")), "{path}");
    }
}

#[tokio::test]
async fn the_log_has_a_line_for_every_answer_under_its_name() {
    let folder = Folder::new();
    let server = Binary::start(&folder, &["--log-format=json", "--api-revision=2025"]).unwrap();
    let session = server.administrator(&folder);
    let mut body = import_body(&now::sound("www.example.com"));
    body["name"] = "a-name".into();
    let mut answers = answers(&session).await;
    answers.push(session.import(&body).await);
    assert_eq!(answers.last().unwrap().status, 200);
    let log = server.stop().log;
    let lines: Vec<Value> =
        log.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    for answer in answers {
        let id = answer.header("x-request-id").unwrap();
        let named: Vec<_> = lines.iter().filter(|line| line["span"]["id"] == id).collect();
        let [line] = &named[..] else { panic!("{id}: {named:?} of {log}") };
        assert_eq!(line["status"], answer.status.as_u16(), "{line}");
        assert!(line["micros"].is_u64() && line["span"]["path"].is_string(), "{line}");
        assert_eq!(line["span"]["address"], "127.0.0.1", "{line}");
        if let Ok(json) = serde_json::from_slice::<Value>(&answer.body)
            && json["error_code"].is_string()
        {
            assert_eq!(line["code"], json["error_code"], "{line}");
        }
    }
}

#[tokio::test]
async fn a_connection_takes_many_requests_and_a_refused_body_does_not_spoil_it() {
    let server = TestServer::start().await;
    let caller = server.by(Person::FullAccess);
    for protocol in Protocol::ALL {
        let mut connection = Connection::open(server.address(), protocol).await.unwrap();
        for _ in 0..3 {
            let large = caller.signed(request(Method::POST, IMPORT, "x".repeat(600_000)));
            assert_eq!(patiently(connection.send(large)).await.unwrap().status, 413);
            let good = import_body(&sound("www.example.com")).to_string();
            let good = caller.signed(request(Method::POST, IMPORT, good));
            let answer = patiently(connection.send(good)).await.unwrap();
            assert_eq!(answer.status, 200, "{protocol:?} {answer:?}");
        }
    }
}

#[tokio::test]
async fn only_a_trusted_proxy_names_the_address_of_the_client() {
    let trusting = TestServer::builder().flag("--trusted-proxies", "127.0.0.1").start().await;
    let wary = TestServer::start().await;
    for (server, address) in [(trusting, [198, 51, 100, 7]), (wary, [127, 0, 0, 1])] {
        let body = import_body(&sound("www.example.com")).to_string();
        let mut forwarded = request(Method::POST, IMPORT, body);
        let report = HeaderValue::from_static("203.0.113.9, 198.51.100.7");
        forwarded.headers_mut().insert("x-forwarded-for", report);
        let answer = server.by(Person::FullAccess).send_as_is(forwarded).await;
        assert_eq!(answer.status, 200);
        let event =
            server.store().events(&AuditQuery::of(&server.project(), 1)).await.unwrap().remove(0);
        assert_eq!(event.address, Some(address.into()));
    }
}

#[tokio::test]
async fn an_unavailable_store_is_reported_with_retry_after() {
    let server = TestServer::start().await;
    let caller = server.by(Person::FullAccess);
    let log_in = json!({ "auth": { "identity": { "methods": ["password"], "password": {
        "user": { "name": "admin", "domain": { "name": "default" }, "password": "x" },
    } } } });
    server.store().close().await;
    let words = "The certificate store is not available.";
    for answer in [
        caller.import(&import_body(&sound("www.example.com"))).await,
        caller.show("scs0000000000001").await,
    ] {
        assert_eq!(answer.refusal(), (503, "SCM.9003".into(), words.into()));
        assert_eq!(answer.header("retry-after"), Some("1"));
    }
    let answer = caller.send(Method::POST, "/v3/auth/tokens", log_in.to_string()).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["error"]["message"]), (503, &json!(words)));
    assert_eq!(caller.send(Method::GET, "/readyz", "").await.status, 503);
    assert_eq!(caller.send(Method::GET, "/healthz", "").await.status, 200);
}

/// Bundles for the real program, which has the real clock.
pub(crate) mod now {
    use std::sync::OnceLock;

    use scm_pki::testing::{Algorithm, TestAuthority, TestBundle};
    use time::OffsetDateTime;

    /// An authority of today.
    pub(crate) fn authority() -> &'static TestAuthority {
        static AUTHORITY: OnceLock<TestAuthority> = OnceLock::new();
        AUTHORITY.get_or_init(|| TestAuthority::new(Algorithm::P256, OffsetDateTime::now_utc()))
    }

    /// A bundle that is sound today.
    pub(crate) fn sound(name: &str) -> TestBundle {
        authority().leaf(name).issue()
    }
}
