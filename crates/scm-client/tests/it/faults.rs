//! The client against a server with faults that a real server does not show on demand.
use std::time::Duration;

use scm_client::{Client, Error};
use scm_model::certificates::{CertificateImport, CertificateUpdate};
use tokio::net::TcpListener;

use crate::server::{DETAIL, Server, admin, issued, reply, token};

const IMPORTED: &str = r#"{"certificate_id":"scs1600313391074"}"#;
const TURNED_AWAY: &str = r#"{"error_code":"SCM.9003","error_msg":"Away."}"#;
const UNSETTLED: &str = r#"{"error_code":"SCM.9006","error_msg":"Who knows."}"#;
const UNKNOWN_TOKEN: &str = r#"{"error_code":"SCM.1000","error_msg":"Who?"}"#;
const WRONG_PASSWORD: &str = r#"{"error":{"code":401,"message":"No.","title":"Unauthorized"}}"#;

#[tokio::test]
async fn a_refused_import_is_retried() {
    let server = Server::start(|number, _| match number {
        1 => reply("503 Service Unavailable", "Retry-After: 0\r\n", TURNED_AWAY),
        2 => reply("429 Too Many Requests", "Retry-After: 0\r\n", TURNED_AWAY),
        _ => reply("200 OK", "", IMPORTED),
    })
    .await;
    let imported = server.with_token().import_certificate(import()).await.unwrap();
    assert_eq!(imported.reply.certificate_id, "scs1600313391074");
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn an_import_with_unknown_outcome_is_retried_with_its_key() {
    for answer in [String::new(), reply("503 Service Unavailable", "", TURNED_AWAY)] {
        let server = Server::start(move |number, _| match number {
            1 | 2 => answer.clone(),
            _ => reply("200 OK", "", IMPORTED),
        })
        .await;
        let client = server.with_token();
        let imported = client.import_certificate(import()).await.unwrap();
        assert_eq!(imported.reply.certificate_id, "scs1600313391074");
        client.import_certificate(import()).await.unwrap();
        let keys: Vec<_> = server.requests().iter().map(|request| key(request)).collect();
        assert_eq!((keys.len(), &keys[0], &keys[0]), (4, &keys[1], &keys[2]));
        assert!(keys[0].len() == 32 && keys[0] != keys[3], "{keys:?}");
    }
}

fn key(request: &str) -> String {
    let mut lines = request.lines();
    lines.find_map(|line| line.strip_prefix("idempotency-key: ")).unwrap().to_owned()
}

#[tokio::test]
async fn an_import_with_unknown_outcome_is_not_retried_where_it_would_be_stored_twice() {
    for answer in [String::new(), reply("503 Service Unavailable", "", TURNED_AWAY)] {
        let server = Server::start(move |_, _| answer.clone()).await;
        let builder = Client::builder(&server.url).token(token()).honors_idempotency_key(false);
        let error = builder.build().unwrap().import_certificate(import()).await.unwrap_err();
        assert!(matches!(error, Error::Interrupted { .. } | Error::Refused { status: 503, .. }));
        assert_eq!(server.requests().len(), 1);
        assert!(!format!("{error:?}").contains("PRIVATE"), "{error:?}");
    }
}

#[tokio::test]
async fn a_read_is_retried_when_the_connection_breaks() {
    let server = Server::start(|number, _| match number {
        1 => String::new(),
        _ => reply("200 OK", "", DETAIL),
    })
    .await;
    let shown = server.with_token().show_certificate("scs1600313391074").await.unwrap();
    assert_eq!(shown.domain, "www.example.com");
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn an_old_token_is_renewed_once_for_all_callers() {
    let server = Server::start(|_, request| match request {
        _ if request.starts_with("POST /v3/auth/tokens") => issued("new-token", 3600),
        _ if request.contains("new-token") => reply("200 OK", "", DETAIL),
        _ => reply("401 Unauthorized", "", UNKNOWN_TOKEN),
    })
    .await;
    let client = server.with_token_and_password();
    let callers = (0..8).map(|_| {
        let client = client.clone();
        tokio::spawn(async move { client.show_certificate("scs1600313391074").await })
    });
    for caller in callers.collect::<Vec<_>>() {
        caller.await.unwrap().unwrap();
    }
    assert_eq!(server.log_ins(), 1);
}

#[tokio::test]
async fn a_token_is_renewed_before_its_end() {
    let server = Server::start(|_, request| match request {
        _ if request.starts_with("POST /v3/auth/tokens") => issued("new-token", 0),
        _ => reply("200 OK", "", DETAIL),
    })
    .await;
    let log_in = Client::builder(&server.url).log_in(admin()).build().unwrap();
    for _ in 0..2 {
        log_in.show_certificate("scs1600313391074").await.unwrap();
    }
    assert_eq!(server.log_ins(), 2);
}

#[tokio::test]
async fn a_refused_token_is_an_error_when_it_cannot_be_renewed() {
    let server = Server::start(|_, request| match request {
        _ if request.starts_with("POST /v3/auth/tokens") => {
            reply("401 Unauthorized", "X-Request-Id: 7f\r\n", WRONG_PASSWORD)
        }
        _ => reply("401 Unauthorized", "", UNKNOWN_TOKEN),
    })
    .await;
    let code = |error| match error {
        Error::Refused { code, .. } => code,
        other => panic!("{other}"),
    };
    let error = server.with_token().show_certificate("scs1600313391074").await.unwrap_err();
    assert_eq!(code(error), "SCM.1000");
    let client = server.with_token_and_password();
    let error = client.show_certificate("scs1600313391074").await.unwrap_err();
    assert_eq!(code(error), "401");
}

#[tokio::test]
async fn an_unreachable_and_a_silent_server_are_errors() {
    let cut = Server::start(|_, _| "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n".into()).await;
    let error = cut.with_token().import_certificate(import()).await.unwrap_err();
    assert!(matches!(error, Error::Interrupted { .. }), "{error:?}");
    assert!(error.may_have_taken_effect());

    // The system accepts the connection, and no answer follows.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let slow = Client::builder(format!("http://{}", silent.local_addr().unwrap()))
        .token(token())
        .timeout(Duration::from_secs(1))
        .build()
        .unwrap();
    let error = slow.import_certificate(import()).await.unwrap_err();
    assert!(matches!(error, Error::TimedOut { .. }), "{error:?}");
    assert!(error.may_have_taken_effect());

    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let away = Client::builder(format!("http://{closed}")).token(token()).build().unwrap();
    let error = away.import_certificate(import()).await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
    assert!(!error.may_have_taken_effect());
}

#[tokio::test]
async fn an_endless_answer_is_not_read_to_its_end() {
    let long = "x".repeat(5 * 1024 * 1024);
    let server = Server::start(move |_, _| reply("200 OK", "", &long)).await;
    let error = server.with_token().import_certificate(import()).await.unwrap_err();
    assert!(matches!(error, Error::TooLong { .. }), "{error:?}");
}

/// A server that refuses a request for now sends `Retry-After`. A server that failed during a commit does
/// not, and the client then does not retry a request that is not idempotent.
#[tokio::test]
async fn a_request_that_may_have_taken_effect_is_not_retried() {
    for (retry_after, body, tries, may) in
        [("Retry-After: 0\r\n", TURNED_AWAY, 3, false), ("", UNSETTLED, 1, true)]
    {
        let server =
            Server::start(move |_, _| reply("503 Service Unavailable", retry_after, body)).await;
        let change = CertificateUpdate { name: Some("another".to_owned()), description: None };
        let changed = server.with_token().update_certificate("scs1600313391074", change).await;
        let error = changed.unwrap_err();
        assert_eq!(error.may_have_taken_effect(), may, "{error}");
        assert_eq!(server.requests().len(), tries, "{error}");
    }
}

fn import() -> CertificateImport {
    let (certificate, key) = ("-----BEGIN CERTIFICATE-----", "-----BEGIN PRIVATE KEY-----");
    CertificateImport::new("www.example.com", certificate, key.to_owned()).with_chain("")
}
