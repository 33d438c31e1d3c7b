//! Headers in the canonical request. The tests of paths and queries are in `encode`.

use http::Request;

use super::*;

fn shown(request: http::request::Builder, signed: &str) -> String {
    let (parts, ()) = request.body(()).unwrap().into_parts();
    let signed = SignedHeaders::parse(signed).unwrap();
    CanonicalRequest::new(&RequestHead::from(&parts), &signed, Payload::Unsigned).shown()
}

#[test]
fn values_are_trimmed_and_a_repeated_header_has_a_line_for_each() {
    let request = Request::get("/a?b=1").header("X-Two", " b ").header("x-two", "a\t");
    assert_eq!(shown(request, "x-two"), "GET|/a/|b=1|x-two:a|x-two:b||x-two|UNSIGNED-PAYLOAD");
}

#[test]
fn only_listed_headers_that_are_present_have_a_line() {
    let request = Request::get("/").header("a", "1").header("b", "2");
    assert_eq!(shown(request, "c;b"), "GET|/||b:2||b;c|UNSIGNED-PAYLOAD");
}

#[test]
fn the_authority_replaces_an_absent_host() {
    let uri = "https://user:pass@scm.test:8443/";
    let canonical = "GET|/||host:scm.test:8443||host|UNSIGNED-PAYLOAD";
    assert_eq!(shown(Request::get(uri), "host"), canonical);
    let request = Request::get(uri).header(HOST, "other");
    assert_eq!(shown(request, "host"), canonical.replace("scm.test:8443", "other"));
}

#[test]
fn secret_values_are_hashed_but_not_shown() {
    let names = ["authorization", "cookie", "x-auth-token", "x-security-token"];
    let hash = |value: &str| {
        let mut request = Request::get("/");
        for name in names {
            request = request.header(name, value);
        }
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let signed = SignedHeaders::parse(&names.join(";")).unwrap();
        let head = RequestHead::from(&parts);
        let canonical = CanonicalRequest::new(&head, &signed, Payload::Unsigned);
        assert!(!format!("{canonical:?}").contains(value));
        assert!(canonical.shown().contains("x-security-token:…|"));
        canonical.hash()
    };
    assert_ne!(hash("hunter2"), hash("hunter3"));
}

#[test]
fn a_value_that_is_not_text_is_hashed_unchanged() {
    let hash = |value: &[u8]| {
        let (parts, ()) = Request::get("/").header("a", value).body(()).unwrap().into_parts();
        let signed = SignedHeaders::parse("a").unwrap();
        CanonicalRequest::new(&RequestHead::from(&parts), &signed, Payload::Unsigned).hash()
    };
    assert_ne!(hash(b"\xff"), hash(b"\xfe"));
    assert_ne!(hash(b"\xff"), hash("\u{fffd}".as_bytes()));
}
