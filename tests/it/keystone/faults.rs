//! What no healthy Keystone does: a peer that answers from a script, and counts who asks.

use std::{net::SocketAddr, sync::Arc};

use http::Method;
use scm_tests::{NOW, Session, TestServer, patiently, request};
use serde_json::json;
use time::{Duration, format_description::well_known::Rfc3339};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::{Semaphore, watch},
    task::JoinSet,
};

use super::NO_CERTIFICATE;

/// Something at Keystone's address.
struct Peer {
    address: SocketAddr,
    /// The number of requests.
    requests: watch::Sender<usize>,
    /// One for each answer that it may give.
    permits: Arc<Semaphore>,
}

impl Peer {
    /// One that gives these answers, one after the other, and then the last again and again.
    async fn saying(answers: Vec<String>) -> Self {
        let peer = Self::holding(answers).await;
        peer.permits.add_permits(Semaphore::MAX_PERMITS);
        peer
    }

    /// A peer that does not answer yet.
    async fn holding(answers: Vec<String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (requests, permits) = (watch::Sender::new(0), Arc::new(Semaphore::new(0)));
        let peer = Self { address, requests: requests.clone(), permits: Arc::clone(&permits) };
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let answers = answers.clone();
                tokio::spawn(serve(stream, answers, requests.clone(), Arc::clone(&permits)));
            }
        });
        peer
    }

    fn requests(&self) -> usize {
        *self.requests.borrow()
    }

    async fn receives(&self, times: usize) {
        let mut requests = self.requests.subscribe();
        patiently(requests.wait_for(|requests| *requests >= times)).await.unwrap();
    }

    async fn server(&self) -> TestServer {
        TestServer::builder()
            .flag("--identity", "keystone")
            .flag("--keystone-url", &format!("http://{}", self.address))
            .flag("--trusted-proxies", "127.0.0.1")
            .start_alone()
            .await
    }
}

async fn serve(
    mut stream: TcpStream,
    answers: Vec<String>,
    requests: watch::Sender<usize>,
    permits: Arc<Semaphore>,
) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        // The server has given up and closed the connection.
        let Ok(byte) = stream.read_u8().await else { return };
        head.push(byte);
    }
    let mut number = 0;
    requests.send_modify(|requests| {
        number = *requests;
        *requests += 1;
    });
    permits.acquire().await.unwrap().forget();
    let answer = answers.get(number).or(answers.last()).unwrap();
    stream.write_all(answer.as_bytes()).await.unwrap();
}

fn answer(status: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}")
}

/// A token that is good, for so long.
fn good(lives: Duration) -> String {
    let domain = json!({"id": "default", "name": "Default"});
    let token = json!({
        "expires_at": (NOW + lives).format(&Rfc3339).unwrap(),
        "user": {"id": "someone", "name": "someone", "domain": domain},
        "project": {"id": "blue", "name": "blue", "domain": domain},
        "roles": [{"id": "1", "name": "reader"}],
    });
    answer("200 OK", &json!({"token": token}).to_string())
}

fn token(number: usize) -> String {
    format!("{number:032}")
}

async fn shown(server: &TestServer, token: &str) -> u16 {
    let session = Session::new(server.address(), Some(token));
    session.show(NO_CERTIFICATE).await.status.as_u16()
}

async fn shown_from(address: &str, server: &TestServer, token: &str) -> u16 {
    let session = Session::new(server.address(), Some(token));
    let path = format!("/v3/scm/certificates/{NO_CERTIFICATE}");
    let mut show = session.signed(request(Method::GET, &path, ""));
    show.headers_mut().insert("x-forwarded-for", address.parse().unwrap());
    session.send_as_is(show).await.status.as_u16()
}

#[tokio::test]
async fn many_with_one_unknown_token_are_one_question() {
    let peer = Peer::holding(vec![good(Duration::HOUR)]).await;
    let server = Arc::new(peer.server().await);
    let mut asking = JoinSet::new();
    for number in [1; 20].into_iter().chain([2]) {
        let server = Arc::clone(&server);
        asking.spawn(async move { shown(&server, &token(number)).await });
    }
    peer.receives(2).await;
    peer.permits.add_permits(2);
    assert_eq!(asking.join_all().await, [404; 21]);
    assert_eq!(peer.requests(), 2);
}

#[tokio::test]
async fn an_unusable_answer_authenticates_no_client_and_is_not_cached() {
    let long = format!("{{\"token\": \"{}\"}}", "x".repeat(300_000));
    let mut answers = vec![
        answer("500 Internal Server Error", ""),
        answer("403 Forbidden", "{}"),
        answer("302 Found\r\nlocation: /elsewhere", ""),
        answer("200 OK", "<html>It works!</html>"),
        answer("200 OK", "{\"token\": {}}"),
        answer("200 OK", &long),
        answer("204 No Content", ""),
        "no HTTP at all".to_owned(),
        String::new(),
    ];
    let bad = answers.len();
    answers.push(good(Duration::HOUR));
    let peer = Peer::saying(answers).await;
    let server = peer.server().await;
    for number in 0..bad {
        let refused = Session::new(server.address(), Some(&token(1))).show(NO_CERTIFICATE).await;
        assert_eq!(refused.status, 503, "answer {number}: {refused:?}");
        assert_eq!(refused.header("retry-after"), Some("1"));
        assert_eq!(peer.requests(), number + 1);
    }
    assert_eq!(shown(&server, &token(1)).await, 404, "it is let in once Keystone says so");
}

#[tokio::test]
async fn a_token_is_not_kept_longer_than_it_lives() {
    let peer = Peer::saying(vec![good(Duration::seconds(10))]).await;
    let server = peer.server().await;
    assert_eq!(shown(&server, &token(1)).await, 404);
    server.clock().advance(Duration::seconds(9));
    assert_eq!(shown(&server, &token(1)).await, 404);
    assert_eq!(peer.requests(), 1);
    server.clock().advance(Duration::SECOND);
    assert_eq!(shown(&server, &token(1)).await, 401, "whatever Keystone says");
}

#[tokio::test]
async fn a_refused_token_is_remembered_for_a_moment() {
    let peer = Peer::saying(vec![answer("404 Not Found", "{}"), good(Duration::HOUR)]).await;
    let server = peer.server().await;
    for _ in 0..3 {
        assert_eq!(shown(&server, &token(1)).await, 401);
    }
    assert_eq!(peer.requests(), 1);
    server.clock().advance(Duration::seconds(5));
    assert_eq!(shown(&server, &token(1)).await, 404);
}

#[tokio::test]
async fn keystone_is_not_bothered_with_what_is_no_token() {
    let peer = Peer::saying(vec![good(Duration::HOUR)]).await;
    let server = peer.server().await;
    for length in [0, 31, 65_537, 2_097_152] {
        assert_eq!(shown(&server, &"x".repeat(length)).await, 401, "{length}");
    }
    assert_eq!(peer.requests(), 0);
    assert_eq!(shown(&server, &"x".repeat(65_536)).await, 404);
    assert_eq!(peer.requests(), 1);
}

/// Takes as long as a caller waits for Keystone: 10 seconds.
#[tokio::test]
async fn a_keystone_that_never_answers_holds_up_so_many_and_no_more() {
    let peer = Peer::holding(vec![String::new()]).await;
    let server = Arc::new(peer.server().await);
    let mut asking = JoinSet::new();
    for (address, numbers) in
        [("192.0.2.1", 0..37), ("192.0.2.2", 100..136), ("192.0.2.3", 200..201)]
    {
        for number in numbers {
            let server = Arc::clone(&server);
            asking.spawn(async move { shown_from(address, &server, &token(number)).await });
        }
        if address != "192.0.2.2" {
            let first = asking.join_next().await.unwrap().unwrap();
            assert_eq!(first, 429, "{address} gets no permit, and no request has timed out yet");
        }
    }
    peer.receives(8).await;
    assert_eq!(peer.requests(), 8, "the others wait for their turn");
    assert_eq!(asking.join_all().await, [503; 72]);
}
