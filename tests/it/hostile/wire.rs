//! What no client would send on purpose: slow, cut, garbled, too much.

use std::{
    fmt::Write as _,
    time::{Duration, Instant},
};

use http::Method;
use scm_tests::{
    Answer, Connection, NOW, Person, Protocol, TestServer, exchange, import_body, patiently,
    request, sound, speak, unsigned,
};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
    time::timeout,
};

use super::still_serves;

const IMPORT: &str = "/v3/scm/certificates/import";
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// A server that waits for a second only.
async fn impatient() -> TestServer {
    TestServer::builder().flag("--request-timeout", "1").start().await
}

#[tokio::test]
async fn a_client_that_sends_nothing_or_half_a_request_is_hung_up_on() {
    let server = impatient().await;
    let beginnings: [&[u8]; 9] = [
        b"",
        b"G",
        b"GET /healthz HTTP/1.1\r\n",
        b"GET /healthz HTTP/1.1\r\nhost: a\r\nx-auth-token: aaaaaaaaaaaaaaaaaaaaaaaaaa",
        b"PRI",
        PREFACE,
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0\0\x40\0\x01\x04\0\0\0\x01\x82",
        b"\r\n\r\n\r\n",
    ];
    let address = server.address();
    let all =
        beginnings.map(|beginning| tokio::spawn(async move { speak(address, beginning).await }));
    for (beginning, exchange) in beginnings.iter().zip(all) {
        let exchange = exchange.await.unwrap();
        assert!(!exchange.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(beginning));
    }
    still_serves(&server).await;
}

#[tokio::test]
async fn garbage_is_refused() {
    let server = impatient().await;
    let garbage: [&[u8]; 7] = [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 a TLS greeting \r\n\r\n",
        b"hello\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nhost a\r\n\r\n",
        b"GET /\0 HTTP/1.1\r\nhost: a\r\n\r\n",
        b"POST / HTTP/1.1\r\ncontent-length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello",
    ];
    for bytes in garbage {
        let (status, text) = exchange(server.address(), bytes).await;
        assert!(status == 0 || status == 400, "{} {text}", String::from_utf8_lossy(bytes));
    }
    let mut frames = PREFACE.to_vec();
    frames.extend([0xff; 300]);
    speak(server.address(), &frames).await;
    still_serves(&server).await;
}

#[tokio::test]
async fn a_body_that_trickles_is_not_waited_for() {
    let server = impatient().await;
    let client = server.by(Person::FullAccess);
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    let head = format!(
        "POST {IMPORT} HTTP/1.1\r\nhost: a\r\nx-auth-token: {}\r\ncontent-type: application/json\r\n\
         content-length: 1000\r\n\r\n",
        client.token().unwrap()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let (mut from, mut to) = stream.into_split();
    let trickle = tokio::spawn(async move {
        let mut ticks = tokio::time::interval(Duration::from_millis(50));
        loop {
            ticks.tick().await;
            if to.write_all(b" ").await.is_err() {
                break;
            }
        }
    });
    let mut answer = vec![0; 12];
    patiently(from.read_exact(&mut answer)).await.unwrap();
    assert_eq!(answer, b"HTTP/1.1 408");
    trickle.abort();
    still_serves(&server).await;
}

#[tokio::test]
async fn json_that_is_deep_or_huge_is_judged_at_once() {
    let server = TestServer::start().await;
    let good = import_body(&sound("www.example.com")).to_string();
    let with = |text: &str| good.replacen('{', &format!("{{{text},"), 1);
    let deep = |opening: &str, closing: &str| opening.repeat(80_000) + &closing.repeat(80_000);
    let hostile = [
        "[".repeat(500_000),
        r#"{"a":"#.repeat(80_000),
        deep("[", "]"),
        with(&format!("\"x\":{}", deep("[", "]"))),
        with(&format!("\"name\":{}", "9".repeat(400_000))),
        with(&format!("\"x\":1e{}", "9".repeat(1000))),
        with(&format!("\"x\":-{}.5", "1".repeat(100_000))),
        with(&format!("\"{}\":1", "k".repeat(400_000))),
        format!("{{{}\"x\":0}}", r#""x":0,"#.repeat(70_000)),
        format!("{{{}\"x\":0}}", r#""name":0,"#.repeat(50_000)),
        r#"{"name":"\ud800"}"#.to_owned(),
        format!("{{\"name\":\"{}\"}}", "\\u0000".repeat(70_000)),
    ];
    for body in hostile {
        let answer = judged(&server, body.clone()).await;
        let harmless = answer.status == 200 || answer.status == 400;
        assert!(harmless, "{answer:?} for {:.60}", body);
    }
    still_serves(&server).await;
}

async fn judged(server: &TestServer, body: String) -> Answer {
    let client = server.by(Person::FullAccess);
    let judged = client.send(Method::POST, IMPORT, body);
    timeout(Duration::from_secs(5), judged).await.expect("no body takes that long to judge")
}

#[tokio::test]
async fn very_many_certificates_in_a_field_are_judged_at_once() {
    let server = TestServer::builder().flag("--api-revision", "2025").start().await;
    let mut body = import_body(&sound("www.example.com"));
    body["name"] = "a-name".into();
    let hollow = "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n";
    let marks = "-----BEGIN C-----";
    for text in [hollow.repeat(200), marks.repeat(600), "-".repeat(12_000), "\n".repeat(12_000)] {
        body["certificate"] = json!(text);
        assert_eq!(judged(&server, body.to_string()).await.status, 400);
    }
}

#[tokio::test]
async fn very_many_headers_are_refused() {
    let server = impatient().await;
    let mut head = "GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n".to_owned();
    for number in 0..90 {
        write!(head, "x-{number}: y\r\n").unwrap();
    }
    assert_eq!(exchange(server.address(), format!("{head}\r\n").as_bytes()).await.0, 200);
    for number in 90..5000 {
        write!(head, "x-{number}: y\r\n").unwrap();
    }
    let (status, text) = exchange(server.address(), format!("{head}\r\n").as_bytes()).await;
    assert_eq!(status, 431, "{text}");
    let endless = format!("GET /{} HTTP/1.1\r\nhost: a\r\n\r\n", "a".repeat(4 << 20));
    let (status, text) = exchange(server.address(), endless.as_bytes()).await;
    assert!([0, 414, 431].contains(&status), "{text:.200}");
    still_serves(&server).await;
}

#[tokio::test]
async fn a_token_that_is_longer_than_any_is_refused() {
    let server = TestServer::start().await;
    for protocol in Protocol::ALL {
        let session = scm_tests::Session::new(server.address(), Some(&"t".repeat(2_097_153)));
        let request = request(Method::GET, "/v3/scm/certificates/scs1600313391074", "");
        let answer = session.send_over(protocol, request).await.unwrap();
        assert_eq!(answer.status, 401, "{protocol:?}");
    }
    let session = scm_tests::Session::new(server.address(), Some(&"t".repeat(4 << 20)));
    for protocol in Protocol::ALL {
        let request = request(Method::GET, "/v3/scm/certificates/scs1600313391074", "");
        if let Ok(answer) = session.send_over(protocol, request).await {
            assert_eq!(answer.status, 431, "{protocol:?}");
        }
    }
    still_serves(&server).await;
}

#[tokio::test]
async fn one_request_too_many_is_held_back_and_refused() {
    let server = TestServer::builder().flag("--max-requests", "1").start().await;
    let client = server.by(Person::FullAccess);
    let mut slow = TcpStream::connect(server.address()).await.unwrap();
    let head = format!(
        "POST {IMPORT} HTTP/1.1\r\nhost: a\r\nx-auth-token: {}\r\ncontent-type: application/json\r\n\
         content-length: 10\r\nexpect: 100-continue\r\n\r\n",
        client.token().unwrap()
    );
    slow.write_all(head.as_bytes()).await.unwrap();
    let mut go_on = [0; 25];
    patiently(slow.read_exact(&mut go_on)).await.unwrap();
    let import = import_body(&sound("www.example.com"));
    let begun = Instant::now();
    let answer = client.import(&import).await;
    assert!(begun.elapsed() >= Duration::from_millis(250), "held back, or it would be sent again");
    let words = "The throttling threshold has been reached.";
    assert_eq!(answer.refusal(), (429, "APIGW.0308".into(), words.into()));
    assert_eq!(answer.header("retry-after"), Some("1"));
    let list = unsigned(Method::GET, "/v3/scm/certificates", "");
    assert_eq!(server.signer().send(list, NOW).await.status, 200, "it sends no body");
    drop(slow);
    let free = async {
        while client.import(&import).await.status == 429 {
            tokio::task::yield_now().await;
        }
    };
    patiently(free).await;
    still_serves(&server).await;
}

#[tokio::test]
async fn a_stream_that_is_reset_again_and_again_does_no_harm() {
    let server = TestServer::start().await;
    let client = server.by(Person::FullAccess);
    let mut connection = Connection::open(server.address(), Protocol::Http2).await.unwrap();
    for _ in 0..200 {
        let request = client.signed(request(Method::POST, IMPORT, "x".repeat(1000)));
        // Dropped in the middle: hyper resets the stream.
        let _dropped = timeout(Duration::from_micros(50), connection.send(request)).await;
    }
    still_serves(&server).await;
}

/// A server that takes a single connection, and gives up on it after a second.
async fn narrow() -> TestServer {
    let builder = TestServer::builder().flag("--max-connections", "1");
    builder.flag("--request-timeout", "1").start().await
}

#[tokio::test]
async fn a_client_that_reads_no_answer_does_not_keep_its_connection() {
    let server = narrow().await;
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    let questions = b"GET /v3/scm/certificates HTTP/1.1\r\nhost: scm.test\r\n\r\n".repeat(1000);
    let sent = async { while stream.write_all(&questions).await.is_ok() {} };
    // Once nothing fits into the buffers of either side, no further request can be sent.
    assert!(timeout(Duration::from_millis(500), sent).await.is_err());
    still_serves(&server).await;
}

#[tokio::test]
async fn a_client_that_sends_no_further_request_does_not_keep_its_connection() {
    let server = narrow().await;
    let mut idle = Connection::open(server.address(), Protocol::Http2).await.unwrap();
    assert_eq!(idle.send(request(Method::GET, "/healthz", "")).await.unwrap().status, 200);
    still_serves(&server).await;
    let closed = async { while idle.send(request(Method::GET, "/healthz", "")).await.is_ok() {} };
    patiently(closed).await;
}

#[tokio::test]
async fn signatures_that_are_never_compared_keep_no_tokens_and_no_other_address_out() {
    let builder = TestServer::builder().flag("--trusted-proxies", "127.0.0.1");
    let server = builder.flag("--max-requests", "4").start().await;
    let signer = server.signer();
    let head = format!(
        "POST {IMPORT} HTTP/1.1\r\nhost: scm.test\r\nx-forwarded-for: 192.0.2.1\r\n\
         x-sdk-date: 20260601T120000Z\r\nauthorization: SDK-HMAC-SHA256 Access={}, \
         SignedHeaders=host;x-sdk-date, Signature={}\r\ncontent-type: application/json\r\n\
         content-length: 9\r\nexpect: 100-continue\r\n\r\n",
        signer.access_key,
        "0".repeat(64),
    );
    let mut held = Vec::new();
    for _ in 0..4 {
        let mut stream = TcpStream::connect(server.address()).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut go_on = [0; 25];
        patiently(stream.read_exact(&mut go_on)).await.unwrap();
        held.push(stream);
    }
    still_serves(&server).await;
    for (address, status) in [("192.0.2.1", 429), ("192.0.2.2", 200)] {
        let mut list = unsigned(Method::GET, "/v3/scm/certificates", "");
        list.headers_mut().insert("x-forwarded-for", address.parse().unwrap());
        assert_eq!(signer.send(list, NOW).await.status, status, "{address}");
    }
}

#[tokio::test]
async fn as_many_as_are_worked_on_may_sign_at_once_from_one_address() {
    let server = TestServer::start().await;
    let mut asking = JoinSet::new();
    for _ in 0..256 {
        let signer = server.signer();
        asking.spawn(async move {
            signer.send(unsigned(Method::GET, "/v3/scm/certificates", ""), NOW).await.status
        });
    }
    assert_eq!(asking.join_all().await, [200; 256]);
}
