//! Requests signed with an access key, verified as a server verifies them.

use http::{Method, Request, Uri};
use scm_client::{Client, Error};
use scm_model::certificates::CertificateFilter;
use scm_sign::{
    Authorization, CanonicalRequest, Payload, RequestHead, SdkDate, Sha256, SigningSecret, verify,
};
use time::OffsetDateTime;

use crate::server::{DETAIL, Server, reply};

const SECRET: &str = "SKexample/0000000000000000000000000000001";
const NOT_SIGNED: &str = r#"{"error_code":"APIGW.0301","error_msg":"Incorrect."}"#;

#[tokio::test]
async fn every_request_is_signed_under_its_full_path_without_a_log_in() {
    let server = Server::start(|_, request| match request.starts_with("GET /under/v3/scm/c") {
        true => reply("200 OK", "", r#"{"certificates":[],"total_count":0}"#),
        false => reply("200 OK", "", DETAIL),
    })
    .await;
    let client = Client::builder(format!("{}/under/", server.url))
        .access_key("AKEXAMPLE", SECRET.to_owned().into())
        .project_id("a4a5d4098fb4474fa22cd05f897d6b99")
        .build()
        .unwrap();
    let content = Some("a b*é".to_owned());
    let filter = CertificateFilter { content, ..CertificateFilter::default() };
    client.list_certificates(filter).await.unwrap();
    let update = serde_json::from_str(r#"{"name":"www"}"#).unwrap();
    client.update_certificate("scs1600313391074", update).await.unwrap();
    let requests = server.requests();
    assert!(requests[0].starts_with("GET /under/v3/scm/certificates?content=a%20b%2A%C3%A9 "));
    assert_eq!(requests.len(), 2);
    for request in &requests {
        assert_signed(request);
        assert!(!request.to_lowercase().contains("x-auth-token"), "{request}");
    }
}

#[tokio::test]
async fn a_wrong_clock_is_reported() {
    let server = Server::start(|_, _| {
        let date = "Date: Tue, 02 Jan 2024 03:04:05 GMT\r\n";
        reply("401 Unauthorized", date, NOT_SIGNED)
    })
    .await;
    let error = signing(&server).show_certificate("scs1600313391074").await.unwrap_err();
    let Error::ClockOff { seconds_ahead, refusal } = &error else { panic!("{error:?}") };
    assert!(*seconds_ahead > 900);
    assert!(matches!(&**refusal, Error::Refused { code, .. } if code == "APIGW.0301"));
    let message = error.to_string();
    assert!(message.contains(" seconds ahead of the clock of the server"), "{message}");
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_refused_signature_is_not_tried_again() {
    let server = Server::start(|_, _| reply("401 Unauthorized", "", NOT_SIGNED)).await;
    let error = signing(&server).show_certificate("scs1600313391074").await.unwrap_err();
    assert!(matches!(error, Error::Refused { status: 401, .. }), "{error:?}");
    assert_eq!(server.requests().len(), 1);
}

fn signing(server: &Server) -> Client {
    Client::builder(&server.url).access_key("AK", SECRET.to_owned().into()).build().unwrap()
}

/// Verifies a request as it came over the wire.
fn assert_signed(request: &str) {
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    let mut lines = head.lines();
    let mut start = lines.next().unwrap().split(' ');
    let method = Method::from_bytes(start.next().unwrap().as_bytes()).unwrap();
    let uri: Uri = start.next().unwrap().parse().unwrap();
    let received = lines.filter_map(|line| line.split_once(": "));
    let received =
        received.fold(Request::get("/"), |request, (name, value)| request.header(name, value));
    let (received, ()) = received.body(()).unwrap().into_parts();
    let authorization = Authorization::parse(&received.headers["authorization"]).unwrap();
    let date = SdkDate::of(&received.headers).unwrap();
    date.check(OffsetDateTime::now_utc()).unwrap();
    let head = RequestHead::new(&method, &uri, &received.headers);
    let payload = Payload::Hashed(Sha256::of(body.as_bytes()));
    let canonical = CanonicalRequest::new(&head, authorization.signed_headers(), payload);
    let secret = SigningSecret::new(SECRET.to_owned()).unwrap();
    assert_eq!(verify(&secret, &authorization, &canonical, &date), Ok(()), "{canonical:?}");
    for name in ["host", "x-project-id"] {
        assert!(authorization.signed_headers().contains(&name.parse().unwrap()), "{name}");
    }
}
