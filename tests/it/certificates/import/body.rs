//! The body as such: JSON of the wrong form, sizes, content types.

use http::{HeaderValue, Method};
use scm_tests::{Answer, Person, TestServer, exchange, import_body, request, sound};
use serde_json::{Value, json};

const PATH: &str = "/v3/scm/certificates/import";
const MIB: usize = 1 << 20;

async fn send(server: &TestServer, body: impl Into<bytes::Bytes>) -> Answer {
    server.by(Person::FullAccess).send(Method::POST, PATH, body).await
}

fn with(change: impl FnOnce(&mut Value)) -> String {
    let mut body = import_body(&sound("www.example.com"));
    change(&mut body);
    body.to_string()
}

#[tokio::test]
async fn unknown_fields_are_ignored() {
    let server = TestServer::start().await;
    let body = with(|body| {
        body["later"] = json!({ "a": [1, null] });
        body["Name"] = json!(7);
    });
    assert_eq!(send(&server, body).await.status, 200);
}

#[tokio::test]
async fn each_mistake_is_reported_by_its_field() {
    let server = TestServer::start().await;
    let good = with(|_| {});
    let once_more = |text: &str| good.replacen('{', &format!("{{{text},"), 1);
    let cases = [
        ("{}".to_owned(), "name: missing. certificate: missing. private_key: missing."),
        (with(|body| body["name"] = json!(7)), "name: must be a string."),
        (with(|body| body["certificate"] = json!([])), "certificate: must be a string."),
        (with(|body| body["private_key"] = json!({})), "private_key: must be a string."),
        (with(|body| body["private_key"] = Value::Null), "private_key: must not be null."),
        (with(|body| body["name"] = Value::Null), "name: must not be null."),
        (
            with(|body| body["duplicate_check"] = json!("yes")),
            "duplicate_check: must be true or false.",
        ),
        (
            with(|body| body["enterprise_project_id"] = json!(0)),
            "enterprise_project_id: must be a string.",
        ),
        (once_more(r#""name":"a name""#), "name: given more than once."),
        (once_more(r#""private_key":"x""#), "private_key: given more than once."),
        ("[]".to_owned(), "body: must be a JSON object."),
        ("null".to_owned(), "body: must be a JSON object."),
        (r#""text""#.to_owned(), "body: must be a JSON object."),
        (good[..good.len() / 2].to_owned(), ""),
        (format!("{good}{good}"), ""),
        (
            "{'name': 1}".to_owned(),
            "body: not valid JSON: key must be a string at line 1 column 2.",
        ),
    ];
    for (body, detail) in cases {
        let (status, code, message) = send(&server, body).await.refusal();
        assert_eq!((status, &*code), (400, "SCM.0005"), "{message}");
        let start = "Incorrect request parameter. ";
        assert!(message.starts_with(start), "{message}");
        match detail {
            "" => {
                assert!(message.starts_with(&format!("{start}body: not valid JSON: ")), "{message}")
            }
            detail => assert_eq!(message, format!("{start}{detail}")),
        }
        assert!(!message.contains("BEGIN"), "{message}");
    }
}

#[tokio::test]
async fn an_enterprise_project_has_a_form() {
    let server = TestServer::start().await;
    let body = with(|body| body["enterprise_project_id"] = json!("1"));
    let (status, code, message) = send(&server, body).await.refusal();
    assert_eq!((status, &*code), (400, "SCM.0005"));
    let words = "Incorrect request parameter. enterprise_project_id: must be `0` or an id of the \
                 form 8-4-4-4-12 of digits and lower-case letters.";
    assert_eq!(message, words);
}

#[tokio::test]
async fn invalid_utf8_is_reported_with_its_position() {
    let server = TestServer::start().await;
    let mut body = with(|_| {}).into_bytes();
    let at = body.windows(4).position(|window| window == b"name").unwrap();
    body[at + 8] = 0xff;
    let (status, code, message) = send(&server, body).await.refusal();
    assert_eq!((status, &*code), (400, "SCM.0005"));
    assert!(message.contains("line 1 column"), "{message}");
}

#[tokio::test]
async fn an_empty_body_is_reported() {
    let server = TestServer::start().await;
    let mut empty = request(Method::POST, PATH, "");
    empty.headers_mut().insert("content-type", HeaderValue::from_static("application/json"));
    let answer = server.by(Person::FullAccess).send_as_is(empty).await;
    let (status, code, message) = answer.refusal();
    assert_eq!((status, &*code), (400, "SCM.0005"), "{message}");
}

#[tokio::test]
async fn only_json_is_taken_and_only_where_it_is_said_to_be() {
    let server = TestServer::start().await;
    let types = [
        ("application/json", 200),
        ("application/json; charset=utf-8", 200),
        ("application/json;charset=UTF-8", 200),
        ("Application/JSON", 200),
        ("text/json", 415),
        ("application/jsonp", 415),
        ("application/x-www-form-urlencoded", 415),
        ("text/plain", 415),
        ("", 415),
    ];
    for (content_type, status) in types {
        let mut request = request(Method::POST, PATH, with(|_| {}));
        request.headers_mut().insert("content-type", HeaderValue::from_static(content_type));
        let answer = server.by(Person::FullAccess).send_as_is(request).await;
        assert_eq!(answer.status, status, "{content_type}: {answer:?}");
    }
    let mut bare = request(Method::POST, PATH, with(|_| {}));
    bare.headers_mut().remove("content-type");
    let refusal = server.by(Person::FullAccess).send_as_is(bare).await.refusal();
    let message = "Unsupported content type. Send the body with Content-Type: application/json.";
    assert_eq!(refusal, (415, "APIGW.0201".into(), message.into()));
}

#[tokio::test]
async fn a_body_comes_as_it_is() {
    let server = TestServer::start().await;
    for (coding, status) in [("identity", 200), ("gzip", 415), ("identity, br", 415)] {
        let mut request = request(Method::POST, PATH, with(|_| {}));
        request.headers_mut().insert("content-encoding", HeaderValue::from_static(coding));
        let answer = server.by(Person::FullAccess).send_as_is(request).await;
        assert_eq!(answer.status, status, "{coding}: {answer:?}");
    }
}

#[tokio::test]
async fn a_body_may_have_512_kib_whether_or_not_its_size_is_announced() {
    let server = TestServer::start().await;
    let largest = |over: usize| {
        let mut body = with(|_| {});
        let end = body.pop().unwrap();
        let room = 512 * 1024 + over - body.len() - 1;
        body.extend(std::iter::repeat_n(' ', room));
        body.push(end);
        body
    };
    let message = "Request entity too large. Limit: 524288 bytes.";
    let refusal = (413, "APIGW.0201".to_owned(), message.to_owned());
    assert_eq!(send(&server, largest(0)).await.status, 200);
    assert_eq!(send(&server, largest(1)).await.refusal(), refusal);
    assert_eq!(send(&server, "x".repeat(5 * MIB)).await.refusal(), refusal);
    assert_eq!(chunked(&server, &largest(0)).await.0, 200);
    for body in [largest(1), "x".repeat(5 * MIB)] {
        let (status, text) = chunked(&server, &body).await;
        assert_eq!(status, 413, "{text}");
        assert!(text.contains(message), "{text}");
    }
}

/// Sends a body in chunks, which announces no size.
async fn chunked(server: &TestServer, body: &str) -> (u16, String) {
    let caller = server.by(Person::FullAccess);
    let head = format!(
        "POST {PATH} HTTP/1.1\r\nhost: scm.test\r\nx-auth-token: {}\r\nconnection: close\r\n\
         content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n",
        caller.token().unwrap()
    );
    let mut bytes = head.into_bytes();
    for chunk in body.as_bytes().chunks(60_000) {
        bytes.extend(format!("{:x}\r\n", chunk.len()).bytes());
        bytes.extend_from_slice(chunk);
        bytes.extend(b"\r\n");
    }
    bytes.extend(b"0\r\n\r\n");
    exchange(caller.address(), &bytes).await
}

#[tokio::test]
async fn a_body_that_ends_early_is_refused() {
    let server = TestServer::builder().flag("--request-timeout", "1").start().await;
    let caller = server.by(Person::FullAccess);
    let body = with(|_| {});
    let head = format!(
        "POST {PATH} HTTP/1.1\r\nhost: scm.test\r\nx-auth-token: {}\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{}",
        caller.token().unwrap(),
        body.len(),
        &body[..100],
    );
    let (status, text) = exchange(caller.address(), head.as_bytes()).await;
    assert_eq!(status, 408, "{text}");
    assert!(text.contains("The request did not arrive in time."), "{text}");
}

/// Serde would take a list for the fields in the order of their declaration.
#[tokio::test]
async fn the_fields_without_their_names_are_no_body() {
    let server = TestServer::start().await;
    let body = import_body(&sound("www.example.com"));
    let mut listed = vec![Value::Null; 8];
    for (place, name) in
        ["name", "certificate", "certificate_chain", "private_key"].iter().enumerate()
    {
        listed[place] = body[name].clone();
    }
    for length in 4..=listed.len() {
        let body = format!(" {}", json!(listed[..length]));
        let (status, code, message) = send(&server, body).await.refusal();
        assert_eq!((status, &*code), (400, "SCM.0005"), "{message}");
        assert!(message.ends_with("body: must be a JSON object."), "{message}");
    }
}
