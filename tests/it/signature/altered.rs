//! What a signature covers: what is listed may not be altered, what is not may.

use bytes::Bytes;
use http::{HeaderValue, Method, Request};
use http_body_util::Full;
use scm_tests::{
    NOW, Signer, TestServer, canonical, import_body, request, sha256, sound, unsigned,
};

use super::{IMPORT, LIST, list, refused};

const PATH: &str = "/v3/scm/certificates";
const DATE: (&str, &str) = ("x-sdk-date", "20260601T120000Z");

/// A list request with just these headers signed.
fn listing(signer: &Signer, query: &str, signed: &[(&str, &str)]) -> Request<Full<Bytes>> {
    let authorization = signer.authorize(["GET", PATH, query], signed, "");
    let mut listing = request(Method::GET, &format!("{PATH}?{query}"), "");
    for (name, value) in signed.iter().chain(&[("authorization", &*authorization)]) {
        let name: http::HeaderName = name.parse().unwrap();
        listing.headers_mut().insert(name, HeaderValue::from_str(value).unwrap());
    }
    listing
}

#[tokio::test]
async fn whatever_is_altered_on_the_way_is_refused_with_what_the_server_saw() {
    let server = TestServer::start().await;
    let signer = server.signer();
    let signed = || signer.sign(list(), NOW);
    let mut path = signed();
    *path.uri_mut() =
        LIST.replace("certificates", "certificates/scs0000000000001").parse().unwrap();
    let mut query = signed();
    *query.uri_mut() = LIST.replace("%20b", "%20c").parse().unwrap();
    let mut method = signed();
    *method.method_mut() = Method::DELETE;
    *method.uri_mut() = "/v3/scm/certificates/scs0000000000001".parse().unwrap();
    let mut header = signed();
    header.headers_mut().insert("host", HeaderValue::from_static("other.test"));
    let mut gone = signed();
    gone.headers_mut().insert("x-sdk-date", HeaderValue::from_static("20260601T120001Z"));
    let mut body = signed();
    *body.body_mut() = Full::from("{}");
    for (what, altered, seen) in [
        ("path", path, "GET|/v3/scm/certificates/scs0000000000001/|content=a%20b&limit=10|"),
        ("query", query, "GET|/v3/scm/certificates/|content=a%20c&limit=10|"),
        ("method", method, "DELETE|/v3/scm/certificates/scs0000000000001/||"),
        ("header", header, "|host:other.test|"),
        ("date", gone, "|x-sdk-date:20260601T120001Z|"),
        ("body", body, "|44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"),
    ] {
        let message = refused(&signer.session.send_as_is(altered).await);
        assert!(message.contains("verify aksk signature fail, "), "{what}: {message}");
        assert!(message.contains(seen), "{what}: {message}");
        // Five in a row would lock the key.
        assert_eq!(signer.session.send_as_is(signed()).await.status, 200);
    }
}

#[tokio::test]
async fn a_refusal_carries_the_canonical_request_its_hash_and_no_secret() {
    let server = TestServer::start().await;
    let signer = server.signer();
    let project = server.project().to_string();
    let signed = [
        ("cookie", "session=HIDDEN"),
        ("user-agent", "vec"),
        ("x-project-id", &*project),
        DATE,
        ("x-security-token", "HIDDEN"),
    ];
    let query = "content=a%20b";
    let mut listing = listing(&signer, query, &signed);
    assert_eq!(signer.session.send_as_is(listing.clone()).await.status, 200);
    listing.headers_mut().insert("user-agent", HeaderValue::from_static("proxy"));
    let message = refused(&signer.session.send_as_is(listing).await);
    let seen = signed.map(|(name, value)| (name, if value == "vec" { "proxy" } else { value }));
    let seen = canonical(["GET", PATH, query], &seen, "");
    let shown = seen.replace("session=HIDDEN", "…").replace("HIDDEN", "…").replace('\n', "|");
    let expected = format!(
        "Incorrect IAM authentication information: verify aksk signature fail, \
         canonicalRequestHash:{}, canonicalRequest:{shown}",
        sha256(&seen)
    );
    assert_eq!(message, expected);
}

#[tokio::test]
async fn a_long_canonical_request_is_cut_behind_its_hash() {
    let server = TestServer::start().await;
    let signer = server.signer();
    let query = format!("content={}", "x".repeat(5000));
    let mut listing = listing(&signer, &query, &[DATE]);
    *listing.method_mut() = Method::POST;
    *listing.uri_mut() = format!("{PATH}/scs0000000000001/export?{query}").parse().unwrap();
    let message = refused(&signer.session.send_as_is(listing).await);
    let seen = canonical(["POST", &format!("{PATH}/scs0000000000001/export"), &query], &[DATE], "");
    assert!(message.contains(&sha256(&seen)), "{message}");
    assert!(message.ends_with("xxx…") && message.chars().count() <= 1024, "{message}");
}

#[tokio::test]
async fn what_is_not_listed_may_change_on_the_way() {
    let server = TestServer::start().await;
    let signer = server.signer();
    let mut listing = listing(&signer, "limit=10", &[DATE]);
    for (name, value) in [("host", "proxy.test"), ("user-agent", "any"), ("via", "1.1 proxy")] {
        listing.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    assert_eq!(signer.session.send_as_is(listing).await.status, 200);
}

#[tokio::test]
async fn the_name_that_a_client_gave_its_request_may_be_signed() {
    let server = TestServer::start().await;
    let signer = server.signer();
    let mut named = listing(&signer, "limit=10", &[("x-request-id", "mine"), DATE]);
    let answer = signer.session.send_as_is(named.clone()).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(answer.header("x-request-id").is_some_and(|id| id.len() == 32));
    named.headers_mut().insert("x-request-id", HeaderValue::from_static("forged"));
    assert!(refused(&signer.session.send_as_is(named).await).contains("|x-request-id:forged|"));
}

#[tokio::test]
async fn the_real_body_decides_whatever_is_claimed_about_it() {
    let server = TestServer::start().await;
    let signer = server.signer();
    let body = import_body(&sound("www.example.com")).to_string();
    let signed = signer.sign(unsigned(Method::POST, IMPORT, body.clone()), NOW);
    let claiming = |claim: &str, body: &str| {
        let mut import = signed.clone();
        import.headers_mut().insert("x-sdk-content-sha256", claim.parse().unwrap());
        *import.body_mut() = Full::from(body.to_owned());
        import
    };
    let other = import_body(&sound("other.example.com")).to_string();
    for (claim, body, words) in [
        ("UNSIGNED-PAYLOAD", &body, "UNSIGNED-PAYLOAD is not accepted here"),
        (&*"0".repeat(64), &body, "X-Sdk-Content-Sha256 is not the hash of the body"),
        (&*sha256(&body), &other, "X-Sdk-Content-Sha256 is not the hash of the body"),
        (&*sha256(&other), &other, "verify aksk signature fail"),
    ] {
        let message = refused(&signer.session.send_as_is(claiming(claim, body)).await);
        assert!(message.contains(words), "{message}");
    }
    let answer = signer.session.send_as_is(claiming(&sha256(&body), &body)).await;
    assert_eq!(answer.status, 200, "{answer:?}");
}

/// A body that is signed to be unsigned: an intermediary could replace it.
#[tokio::test]
async fn an_unsigned_payload_is_refused_even_when_that_was_signed() {
    let server = TestServer::start().await;
    let signer = server.signer();
    let claim = ("x-sdk-content-sha256", "UNSIGNED-PAYLOAD");
    let mut import = listing(&signer, "", &[claim, DATE]);
    *import.method_mut() = Method::POST;
    *import.uri_mut() = IMPORT.parse().unwrap();
    import.headers_mut().insert("content-type", HeaderValue::from_static("application/json"));
    *import.body_mut() = Full::from(import_body(&sound("www.example.com")).to_string());
    let message = refused(&signer.session.send_as_is(import).await);
    assert!(message.ends_with("UNSIGNED-PAYLOAD is not accepted here"), "{message}");
}
