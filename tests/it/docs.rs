//! The API reference at `/docs`: its headers for browsers, how long it may be cached, and that it
//! can be switched off.

use http::Method;
use scm_tests::{Connection, Protocol, TestServer, request};

async fn fetch(server: &TestServer, path: &str) -> scm_tests::Answer {
    let mut connection = Connection::open(server.address(), Protocol::Http1).await.unwrap();
    connection.send(request(Method::GET, path, "")).await.unwrap()
}

#[tokio::test]
async fn the_page_and_its_parts_come_from_here_and_from_nowhere_else() {
    let server = TestServer::start().await;
    let page = fetch(&server, "/docs").await;
    assert_eq!(page.status, 200);
    assert_eq!(page.header("cache-control"), Some("no-cache"));
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self'"));
    assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"), "{policy}");
    let text = String::from_utf8(page.body.to_vec()).unwrap();
    let parts: Vec<_> = text.split('"').filter(|word| word.starts_with("/docs/")).collect();
    assert_eq!(parts.len(), 4, "{parts:?}");
    for part in parts {
        let part = fetch(&server, part).await;
        assert_eq!(part.status, 200);
        let always = Some("public, max-age=31536000, immutable");
        assert_eq!(part.header("cache-control"), always);
        assert_eq!(part.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(part.header("referrer-policy"), Some("no-referrer"));
        assert!(!part.body.is_empty());
    }
    assert_eq!(fetch(&server, "/docs/0/docs.js").await.status, 404, "another version");
}

#[tokio::test]
async fn the_page_can_be_switched_off() {
    let server = TestServer::builder().flag("--docs", "false").start().await;
    assert_eq!(fetch(&server, "/docs").await.status, 404);
    assert_eq!(fetch(&server, "/openapi.json").await.status, 200, "the document stays");
}
