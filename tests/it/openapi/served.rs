//! A server gives the document of the revision it runs to every client, and reports whether it is new.

use http::Method;
use scm_model::{
    Revision,
    openapi::{document, downgraded},
};
use scm_tests::{Person, TestServer, request};
use serde_json::json;

#[tokio::test]
async fn the_document_of_the_revision_that_is_served_is_there_for_anybody() {
    for revision in Revision::ALL {
        let server = TestServer::builder().revision(revision).start().await;
        let anonymous = server.by(Person::Anonymous);
        let mut expected = document(revision);
        let here = json!({ "url": "/", "description": "This server" });
        expected["servers"].as_array_mut().unwrap().insert(0, here);
        let new = anonymous.send(Method::GET, "/openapi.json", "").await;
        assert_eq!((new.status.as_u16(), new.json()), (200, expected.clone()));
        let old = anonymous.send(Method::GET, "/openapi-3.0.json", "").await;
        assert_eq!((old.status.as_u16(), old.json()), (200, downgraded(&expected)));
    }
}

#[tokio::test]
async fn a_client_with_the_same_document_gets_304() {
    let server = TestServer::start().await;
    let anonymous = server.by(Person::Anonymous);
    let first = anonymous.send(Method::GET, "/openapi.json", "").await;
    let tag = first.header("etag").unwrap();
    assert_eq!(first.header("cache-control"), Some("no-cache"));
    for (known, status) in [
        (tag.to_owned(), 304),
        (format!("\"other\", W/{tag}"), 304),
        ("*".to_owned(), 304),
        ("\"other\"".to_owned(), 200),
    ] {
        let mut again = request(Method::GET, "/openapi.json", "");
        again.headers_mut().insert("if-none-match", known.parse().unwrap());
        let again = anonymous.send_as_is(again).await;
        assert_eq!((again.status.as_u16(), again.header("etag")), (status, Some(tag)), "{known}");
        assert_eq!(again.body.is_empty(), status == 304);
    }
    let head = anonymous.send(Method::HEAD, "/openapi.json", "").await;
    assert_eq!((head.status.as_u16(), head.header("etag")), (200, Some(tag)));
    assert!(head.body.is_empty());
    let other = anonymous.send(Method::GET, "/openapi-3.0.json", "").await;
    assert_ne!(other.header("etag"), Some(tag));
    assert_eq!(anonymous.send(Method::POST, "/openapi.json", "{}").await.status, 404);
}
