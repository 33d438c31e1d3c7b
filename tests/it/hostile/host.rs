//! Requests that do not say, or say twice, which host they are for.

use http::Request;
use http_body_util::Full;
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use scm_tests::{TestServer, exchange, patiently};
use tokio::net::TcpStream;

use super::still_serves;

const PATHS: [&str; 3] = ["/healthz", "/v3/scm/certificates", "/v3/auth/tokens"];

#[tokio::test]
async fn a_request_of_http_1_1_has_one_host() {
    let server = TestServer::start().await;
    for path in PATHS {
        for (hosts, detail) in [
            ("", "Host: missing."),
            ("host: a\r\nhost: a\r\n", "Host: sent more than once."),
            ("host: a\r\nHost: b\r\n", "Host: sent more than once."),
            ("host: \r\n", "Host: malformed."),
            ("host: a b\r\n", "Host: malformed."),
            ("host: user@a\r\n", "Host: malformed."),
            ("host: a:99999\r\n", "Host: malformed."),
            ("host: a/b\r\n", "Host: malformed."),
        ] {
            // The server hangs up by itself.
            let bytes = format!("GET {path} HTTP/1.1\r\n{hosts}\r\n");
            let (status, text) = exchange(server.address(), bytes.as_bytes()).await;
            assert_eq!(status, 400, "{path} {hosts}: {text}");
            assert!(text.contains(detail), "{path} {hosts}: {text}");
            let shape = if path == "/v3/auth/tokens" { "\"error\"" } else { "SCM.0005" };
            assert!(text.contains(shape), "{path} {hosts}: {text}");
            assert!(text.contains("x-request-id"), "{path} {hosts}: {text}");
        }
    }
    still_serves(&server).await;
}

#[tokio::test]
async fn a_request_of_http_1_0_needs_no_host() {
    let server = TestServer::start().await;
    let (status, text) = first_line(&server, "GET /healthz HTTP/1.0\r\n\r\n").await;
    assert_eq!(status, "HTTP/1.0 200 OK", "{text}");
    let (status, text) = first_line(&server, "GET /healthz HTTP/1.0\r\nhost: a b\r\n\r\n").await;
    assert_eq!(status, "HTTP/1.0 400 Bad Request", "{text}");
}

async fn first_line(server: &TestServer, bytes: &str) -> (String, String) {
    let (_, text) = exchange(server.address(), bytes.as_bytes()).await;
    (text.lines().next().unwrap_or_default().to_owned(), text)
}

#[tokio::test]
async fn a_request_of_http_2_names_one_host() {
    let server = TestServer::start().await;
    for (uri, host, status) in [
        ("http://scm.test/healthz", None, 200),
        ("http://scm.test/healthz", Some("scm.test"), 200),
        ("http://scm.test/healthz", Some("SCM.test:80"), 200),
        ("http://scm.test/healthz", Some("elsewhere.test"), 400),
        ("http://scm.test/healthz", Some("scm.test:81"), 400),
    ] {
        let stream = TcpStream::connect(server.address()).await.unwrap();
        let handshake = http2::handshake(TokioExecutor::new(), TokioIo::new(stream));
        let (mut send, connection) = handshake.await.unwrap();
        tokio::spawn(connection);
        let mut request = Request::get(uri);
        if let Some(host) = host {
            request = request.header("host", host);
        }
        let request = request.body(Full::<bytes::Bytes>::default()).unwrap();
        let answer = patiently(send.send_request(request)).await.unwrap();
        assert_eq!(answer.status(), status, "{uri} {host:?}");
    }
    still_serves(&server).await;
}
