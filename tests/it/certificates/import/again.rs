//! An import that is sent again, with the key that its sender made up for it.

use http::{HeaderValue, Method};
use scm_tests::{Answer, Person, Session, TestServer, import_body, request, sound};
use serde_json::Value;

const IMPORT: &str = "/v3/scm/certificates/import";
const KEY: &str = "idempotency-key";

async fn import(caller: &Session, body: &Value, keys: &[&[u8]]) -> Answer {
    let mut request = request(Method::POST, IMPORT, body.to_string());
    for key in keys {
        request.headers_mut().append(KEY, HeaderValue::from_bytes(key).unwrap());
    }
    caller.send_as_is(request).await
}

async fn total(caller: &Session) -> Value {
    caller.send(Method::GET, "/v3/scm/certificates", "").await.json()["total_count"].clone()
}

#[tokio::test]
async fn an_import_with_a_key_is_kept_once() {
    let server = TestServer::start().await;
    let caller = server.by(Person::FullAccess);
    let mut body = import_body(&sound("www.example.com"));
    let first = import(&caller, &body, &[b"my key"]).await;
    assert_eq!(first.status, 200, "{first:?}");
    let again = import(&caller, &body, &[b"my key"]).await;
    assert_eq!(again.text("certificate_id"), first.text("certificate_id"));

    let server = server.restart().await;
    let caller = server.by(Person::FullAccess);
    let again = import(&caller, &body, &[b"my key"]).await;
    assert_eq!(again.text("certificate_id"), first.text("certificate_id"));
    let others = server.by(Person::Administrator);
    for (caller, key) in [(&caller, &b"another key"[..]), (&others, &b"my key"[..])] {
        let other = import(caller, &body, &[key]).await;
        assert_ne!(other.text("certificate_id"), first.text("certificate_id"));
    }
    assert_eq!(total(&caller).await, 3);

    body["name"] = "another name".into();
    let (status, code, message) = import(&caller, &body, &[b"my key"]).await.refusal();
    assert_eq!((status, &*code), (400, "SCM.9002"));
    assert!(message.contains(&first.text("certificate_id")), "{message}");
    assert_eq!(total(&caller).await, 3);
}

#[tokio::test]
async fn a_key_is_one_text() {
    let server = TestServer::start().await;
    let caller = server.by(Person::FullAccess);
    let body = import_body(&sound("www.example.com"));
    let long = [b'k'; 256];
    for (keys, why) in [
        (&[&b""[..]][..], "must have at least 1"),
        (&[&long[..]], "must have at most 255"),
        (&[b"one", b"two"], "given more than once"),
    ] {
        let (status, code, message) = import(&caller, &body, keys).await.refusal();
        assert_eq!((status, &*code), (400, "SCM.0005"));
        assert!(message.contains("idempotency_key") && message.contains(why), "{message}");
    }
    assert_eq!(total(&caller).await, 0, "what cannot be remembered is not kept");
    for odd in [&long[1..], b"\"quoted\"", b"a\tb", "schlüssel".as_bytes(), b"\xff"] {
        let [first, again] =
            [import(&caller, &body, &[odd]).await, import(&caller, &body, &[odd]).await];
        assert_eq!(first.text("certificate_id"), again.text("certificate_id"));
    }
    assert_eq!(total(&caller).await, 5);
}
