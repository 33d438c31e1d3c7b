//! Signed requests: whose signature counts, for how long, and what is said when it does not.

use bytes::Bytes;
use http::{HeaderValue, Method, Request};
use http_body_util::Full;
use scm_sign::{SigningSecret, sign};
use scm_tests::{Answer, NOW, Protocol, Session, TestServer, import_body, request, sound};
use time::{Duration, OffsetDateTime};

const LIST: &str = "/v3/scm/certificates?content=a%20b&limit=10";

/// Somebody with the access key of the first start.
struct Signer {
    session: Session,
    access_key: String,
    secret: SigningSecret,
}

impl Signer {
    fn of(server: &TestServer) -> Self {
        let credentials = server.folder().credentials();
        let secret = credentials.secret_key.unwrap().secret_str().to_owned();
        Self {
            session: Session::new(server.address(), None),
            access_key: credentials.access_key.unwrap(),
            secret: SigningSecret::new(secret).unwrap(),
        }
    }

    fn sign(&self, request: Request<Bytes>, at: OffsetDateTime) -> Request<Full<Bytes>> {
        let mut request = request;
        sign(&self.secret, &mut request, &self.access_key, at).unwrap();
        request.map(Full::new)
    }

    async fn send(&self, request: Request<Bytes>, at: OffsetDateTime) -> Answer {
        self.session.send_as_is(self.sign(request, at)).await
    }
}

fn plain(method: Method, path: &str, body: impl Into<Bytes>) -> Request<Bytes> {
    let body = body.into();
    request(method, path, body.clone()).map(|_| body)
}

fn refused(answer: &Answer) -> String {
    let (status, code, message) = answer.refusal();
    assert_eq!((status, &*code), (401, "APIGW.0301"), "{message}");
    message
}

#[tokio::test]
async fn a_signed_request_is_let_in_over_both_protocols() {
    let server = TestServer::start().await;
    let signer = Signer::of(&server);
    let body = import_body(&sound("www.example.com")).to_string();
    let import = plain(Method::POST, "/v3/scm/certificates/import", body);
    let id = signer.send(import, NOW).await.text("certificate_id");
    for protocol in [Protocol::Http1, Protocol::Http2] {
        let path = format!("/v3/scm/certificates/{id}");
        let show = signer.sign(plain(Method::GET, &path, ""), NOW);
        let answer = signer.session.send_over(protocol, show).await.unwrap();
        assert_eq!(answer.text("id"), id);
    }
}

#[tokio::test]
async fn whatever_is_altered_on_the_way_is_refused_with_what_the_server_saw() {
    let server = TestServer::start().await;
    let signer = Signer::of(&server);
    let signed = || signer.sign(plain(Method::GET, LIST, ""), NOW);
    let mut path = signed();
    *path.uri_mut() = "/v3/scm/certificates?content=a%20c&limit=10".parse().unwrap();
    let mut method = signed();
    *method.method_mut() = Method::DELETE;
    *method.uri_mut() = "/v3/scm/certificates/scs0000000000001".parse().unwrap();
    let mut header = signed();
    header.headers_mut().insert("host", HeaderValue::from_static("other.test"));
    let mut body = signed();
    *body.body_mut() = Full::from("{}");
    for (what, request) in [("path", path), ("method", method), ("host", header), ("body", body)] {
        let message = refused(&signer.session.send_as_is(request).await);
        assert!(
            message.contains("verify aksk signature fail, canonicalRequestHash:"),
            "{what}: {message}"
        );
        assert!(message.contains("|/v3/scm/certificates"), "{what}: {message}");
    }
}

#[tokio::test]
async fn a_date_counts_for_a_quarter_of_an_hour() {
    let server = TestServer::start().await;
    let signer = Signer::of(&server);
    for (off, taken) in [(-899, true), (899, true), (-901, false), (902, false)] {
        let answer = signer.send(plain(Method::GET, LIST, ""), NOW + Duration::seconds(off)).await;
        if taken {
            assert_eq!(answer.status, 200, "{off}: {answer:?}");
        } else {
            assert!(refused(&answer).contains("seconds away from the server's time"), "{off}");
        }
    }
}

#[tokio::test]
async fn the_body_must_be_the_one_that_was_signed() {
    let server = TestServer::start().await;
    let signer = Signer::of(&server);
    for claim in ["UNSIGNED-PAYLOAD", &"0".repeat(64)] {
        let body = import_body(&sound("www.example.com")).to_string();
        let mut import = signer.sign(plain(Method::POST, "/v3/scm/certificates/import", body), NOW);
        import.headers_mut().insert("x-sdk-content-sha256", claim.parse().unwrap());
        refused(&signer.session.send_as_is(import).await);
    }
}

#[tokio::test]
async fn another_project_is_not_to_be_had_by_a_header() {
    let server = TestServer::start().await;
    let signer = Signer::of(&server);
    for (project, taken) in [(server.project().to_string(), true), ("0".repeat(32), false)] {
        // As Terraform sends it: added after signing.
        let mut list = signer.sign(plain(Method::GET, LIST, ""), NOW);
        list.headers_mut().insert("x-project-id", project.parse().unwrap());
        let answer = signer.session.send_as_is(list).await;
        match taken {
            true => assert_eq!(answer.status, 200),
            false => assert!(refused(&answer).contains("X-Project-Id")),
        }
    }
}

#[tokio::test]
async fn guessing_locks_the_key_for_the_one_who_guesses_for_a_while() {
    let server = TestServer::builder().flag("--trusted-proxies", "127.0.0.1").start().await;
    let signer = Signer::of(&server);
    let wrong =
        Signer { secret: SigningSecret::new("wrong".to_owned()).unwrap(), ..Signer::of(&server) };
    let from = |address: &str| {
        let mut list = plain(Method::GET, LIST, "");
        list.headers_mut().insert("x-forwarded-for", address.parse().unwrap());
        list
    };
    for _ in 0..5 {
        refused(&wrong.send(from("192.0.2.1"), NOW).await);
    }
    let message = refused(&signer.send(from("192.0.2.1"), NOW).await);
    assert!(message.ends_with("AK access failed to reach the limit, forbidden"), "{message}");
    assert_eq!(signer.send(from("192.0.2.2"), NOW).await.status, 200);
    server.clock().advance(Duration::minutes(5));
    assert_eq!(signer.send(from("192.0.2.1"), NOW + Duration::minutes(5)).await.status, 200);
}

#[tokio::test]
async fn a_key_that_nobody_has_or_that_was_disabled_opens_nothing() {
    let server = TestServer::start().await;
    let signer = Signer::of(&server);
    let nobody = Signer { access_key: "NOSUCHKEY".to_owned(), ..Signer::of(&server) };
    let message = refused(&nobody.send(plain(Method::GET, LIST, ""), NOW).await);
    assert!(message.ends_with("ak NOSUCHKEY not exist"), "{message}");
    let id = scm_store::AccessKeyId::new(signer.access_key.as_str());
    server.store().set_access_key_enabled(None, &id, false, NOW).await.unwrap();
    let message = refused(&signer.send(plain(Method::GET, LIST, ""), NOW).await);
    assert!(message.ends_with("is disabled"), "{message}");
}

#[tokio::test]
async fn other_ways_to_sign_are_refused_by_name() {
    let server = TestServer::start().await;
    let session = Session::new(server.address(), None);
    for (header, words) in [
        ("SDK-HMAC-SM3 Access=a, SignedHeaders=x-sdk-date, Signature=00", "SDK-HMAC-SM3"),
        ("V11-HMAC-SHA256 Credential=a/b/c/d", "V11-HMAC-SHA256"),
        ("Bearer something", ""),
        ("SDK-HMAC-SHA256", ""),
    ] {
        let mut list = request(Method::GET, LIST, "");
        list.headers_mut().insert("authorization", header.parse().unwrap());
        let message = refused(&session.send_as_is(list).await);
        assert!(message.contains(words) && !message.contains("something"), "{message}");
    }
}
