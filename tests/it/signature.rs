//! Signed requests: whose signature counts, for how long, and what is said when it does not.

mod altered;
mod keys;

use bytes::Bytes;
use http::{Method, Request};
use scm_tests::{Answer, NOW, Protocol, TestServer, import_body, sound, unsigned};
use time::Duration;

const LIST: &str = "/v3/scm/certificates?content=a%20b&limit=10";
const IMPORT: &str = "/v3/scm/certificates/import";

fn list() -> Request<Bytes> {
    unsigned(Method::GET, LIST, "")
}

/// Why a signed request is refused.
fn refused(answer: &Answer) -> String {
    let (status, code, message) = answer.refusal();
    assert_eq!((status, &*code), (401, "APIGW.0301"), "{message}");
    assert!(message.starts_with("Incorrect IAM authentication information: "), "{message}");
    message
}

#[tokio::test]
async fn a_signed_request_is_let_in_over_both_protocols() {
    let server = TestServer::start().await;
    let signer = server.signer();
    let body = import_body(&sound("www.example.com")).to_string();
    let import = unsigned(Method::POST, IMPORT, body);
    let id = signer.send(import, NOW).await.text("certificate_id");
    for protocol in Protocol::ALL {
        let path = format!("/v3/scm/certificates/{id}");
        let show = signer.sign(unsigned(Method::GET, &path, ""), NOW);
        let answer = signer.session.send_over(protocol, show).await.unwrap();
        assert_eq!(answer.text("id"), id);
    }
}

#[tokio::test]
async fn a_date_counts_for_a_quarter_of_an_hour() {
    let server = TestServer::start().await;
    let signer = server.signer();
    for (off, taken) in [(-899, true), (899, true), (-901, false), (902, false)] {
        let answer = signer.send(list(), NOW + Duration::seconds(off)).await;
        if taken {
            assert_eq!(answer.status, 200, "{off}: {answer:?}");
        } else {
            assert!(refused(&answer).contains("seconds away from the server's time"), "{off}");
        }
    }
}
