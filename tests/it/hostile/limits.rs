//! Clients that hold what others need: requests, bodies, log-ins, connections.
//!
//! Time limits of the servers are longer than any test waits: what is answered was not waited for.

use std::net::SocketAddr;

use http::{HeaderValue, Method, StatusCode};
use scm_tests::{
    Answer, Connection, Person, Protocol, TestServer, TestServerBuilder, import_body, patiently,
    request, sound,
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    task::JoinSet,
};

use super::still_serves;

const IMPORT: &str = "/v3/scm/certificates/import";
const LIST: &str = "/v3/scm/certificates";
const LOG_IN: &str = "/v3/auth/tokens";
const WRONG: &str = "The username or password is wrong.";

/// A server that waits for clients longer than a test does.
fn patient() -> TestServerBuilder {
    TestServer::builder().flag("--request-timeout", "3600")
}

/// The head of a request with a body that never comes.
fn head(server: &TestServer, person: Person, method: &str, path: &str) -> String {
    format!(
        "{method} {path} HTTP/1.1\r\nhost: scm.test\r\nx-auth-token: {}\r\n\
         content-type: application/json\r\ncontent-length: 5\r\n",
        server.by(person).token().unwrap()
    )
}

async fn open(server: &TestServer, head: &str) -> TcpStream {
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    stream.write_all(format!("{head}\r\n").as_bytes()).await.unwrap();
    stream
}

async fn status_line(stream: &mut TcpStream) -> String {
    let mut line = [0; 12];
    patiently(stream.read_exact(&mut line)).await.unwrap();
    String::from_utf8(line.to_vec()).unwrap()
}

/// A connection from another address of this machine.
async fn connect_from(address: &str, server: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(format!("{address}:0").parse().unwrap()).unwrap();
    socket.connect(server).await.unwrap()
}

#[tokio::test]
async fn a_body_is_not_awaited_where_none_is_taken() {
    let server = patient().flag("--max-requests", "4").start().await;
    let mut held = Vec::new();
    for _ in 0..16 {
        let mut stream = open(&server, &head(&server, Person::Reader, "GET", LIST)).await;
        assert_eq!(status_line(&mut stream).await, "HTTP/1.1 200");
        held.push(stream);
    }
    still_serves(&server).await;
}

#[tokio::test]
async fn a_connection_goes_on_behind_a_body_that_nothing_takes() {
    let server = patient().start().await;
    let head = head(&server, Person::Reader, "GET", LIST);
    let mut stream = open(&server, &head).await;
    stream.write_all(b"hello").await.unwrap();
    stream
        .write_all(b"GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
        .await
        .unwrap();
    let mut text = String::new();
    patiently(stream.read_to_string(&mut text)).await.unwrap();
    assert_eq!(text.matches("HTTP/1.1 200 OK").count(), 2, "{text}");
}

#[tokio::test]
async fn bodies_that_never_come_keep_no_other_user_out() {
    let server = patient().flag("--max-requests", "4").start().await;
    let head = head(&server, Person::FullAccess, "POST", IMPORT) + "expect: 100-continue\r\n";
    let mut held = Vec::new();
    for _ in 0..4 {
        let mut stream = open(&server, &head).await;
        assert_eq!(status_line(&mut stream).await, "HTTP/1.1 100");
        held.push(stream);
    }
    let import = import_body(&sound("www.example.com"));
    let refused = server.by(Person::FullAccess).import(&import).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS, "{refused:?}");
    assert_eq!(refused.header("retry-after"), Some("1"));
    let other = server.by(Person::Administrator).import(&import).await;
    assert_eq!(other.status, 200, "{other:?}");
    drop(held);
    let freed = async {
        while server.by(Person::FullAccess).import(&import).await.status != 200 {
            tokio::task::yield_now().await;
        }
    };
    patiently(freed).await;
}

/// The log-in of the administrator of the first start.
fn right(server: &TestServer) -> Value {
    let credentials = server.folder().credentials();
    let user = json!({
        "name": credentials.user,
        "password": credentials.password.secret_str(),
        "domain": { "id": credentials.domain_id },
    });
    let identity = json!({ "methods": ["password"], "password": { "user": user } });
    json!({ "auth": { "identity": identity, "scope": { "project": { "id": credentials.project_id } } } })
}

async fn log_in(server: &TestServer, body: &Value, address: &str) -> Answer {
    let mut request = request(Method::POST, LOG_IN, body.to_string());
    request.headers_mut().insert("x-forwarded-for", HeaderValue::from_str(address).unwrap());
    server.by(Person::Anonymous).send_as_is(request).await
}

/// The guesses at a user under a domain that there is not, and then under the real one: what is answered.
async fn guesses(server: &TestServer, name: &str, address: &str) -> Vec<(StatusCode, Value)> {
    let mut body = right(server);
    let mut answers = Vec::new();
    let real = body.pointer("/auth/identity/password/user/domain").unwrap().clone();
    for domain in [json!({ "name": "nowhere" }), real, json!({ "name": "default" })] {
        for _ in 0..6 {
            let user = body.pointer_mut("/auth/identity/password/user").unwrap();
            user["name"] = json!(name);
            user["password"] = json!("wrong");
            user["domain"] = domain.clone();
            let answer = log_in(server, &body, address).await;
            answers.push((answer.status, answer.json()["error"]["message"].clone()));
        }
    }
    answers
}

#[tokio::test]
async fn guesses_do_not_show_whether_a_user_exists() {
    let server = patient().flag("--trusted-proxies", "127.0.0.1").start().await;
    let real = guesses(&server, "admin", "192.0.2.1").await;
    assert_eq!(real, guesses(&server, "unknown", "192.0.2.1").await);
    let locked = real.iter().filter(|(_, message)| message != WRONG).count();
    assert_eq!(locked, 3, "the sixth guess of each form: {real:?}");
    // The forms of one user's name are counted together, which does not show: the right password is not
    // heard, though this form of the name was never sent before.
    let answer = log_in(&server, &right(&server), "192.0.2.2").await;
    assert_eq!(answer.status, 201, "elsewhere no one guessed: {answer:?}");
    let id = answer.json()["token"]["user"]["id"].clone();
    let mut by_id = right(&server);
    let user = by_id.pointer_mut("/auth/identity/password/user").unwrap();
    *user = json!({ "id": id, "password": user["password"] });
    let answer = log_in(&server, &by_id, "192.0.2.1").await;
    assert_eq!((answer.status.as_u16(), &answer.json()["error"]["message"]), (401, &json!(WRONG)));
}

#[tokio::test]
async fn junk_log_ins_from_many_addresses_keep_no_other_address_out() {
    let server = patient().flag("--trusted-proxies", "127.0.0.1").start().await;
    let mut flood = JoinSet::new();
    for number in 0..160 {
        let mut body = right(&server);
        body.pointer_mut("/auth/identity/password/user").unwrap()["name"] =
            json!(number.to_string());
        let mut junk = request(Method::POST, LOG_IN, body.to_string());
        let address = HeaderValue::try_from(format!("198.51.100.{}", number % 8)).unwrap();
        junk.headers_mut().insert("x-forwarded-for", address);
        let client = server.by(Person::Anonymous);
        flood.spawn(async move { client.send_as_is(junk).await.status.as_u16() });
    }
    for number in 1..=3 {
        let answer = log_in(&server, &right(&server), &format!("192.0.2.{number}")).await;
        assert_eq!(answer.status, 201, "{answer:?}");
    }
    let answers = flood.join_all().await;
    assert!(answers.iter().all(|status| [401, 429].contains(status)), "{answers:?}");
}

#[tokio::test]
async fn slow_log_in_bodies_keep_no_other_address_out() {
    let server = patient().flag("--trusted-proxies", "127.0.0.1").start().await;
    let mut held = Vec::new();
    for number in 0..200 {
        let head = format!(
            "POST {LOG_IN} HTTP/1.1\r\nhost: scm.test\r\nx-forwarded-for: 198.51.100.{}\r\n\
             content-type: application/json\r\ncontent-length: 500\r\n",
            number % 2
        );
        held.push(open(&server, &head).await);
    }
    for address in ["192.0.2.1", "198.51.100.1"] {
        let answer = log_in(&server, &right(&server), address).await;
        assert_eq!(answer.status, 201, "{address}: {answer:?}");
    }
}

#[tokio::test]
async fn idle_connections_make_room_for_newcomers() {
    let builder = patient().flag("--max-connections", "16");
    let server = builder.flag("--max-connections-per-address", "8").start().await;
    let mut held = Vec::new();
    for number in 0..32 {
        let address = format!("127.0.0.{}", 2 + number % 2);
        held.push(connect_from(&address, server.address()).await);
    }
    still_serves(&server).await;
    let mut closed = 0;
    for stream in &mut held[..16] {
        closed += usize::from(patiently(stream.read(&mut [0])).await.is_ok_and(|read| read == 0));
    }
    assert_eq!(closed, 16, "the oldest ones made room");
}

#[tokio::test]
async fn an_authenticated_request_under_way_is_never_cut() {
    let builder = patient().flag("--max-connections", "2");
    let server = builder.flag("--max-connections-per-address", "2").start().await;
    let body = import_body(&sound("www.example.com")).to_string();
    let head = head(&server, Person::FullAccess, "POST", IMPORT)
        .replace("content-length: 5", &format!("content-length: {}", body.len()));
    let mut stream = open(&server, &(head + "expect: 100-continue\r\n")).await;
    assert_eq!(status_line(&mut stream).await, "HTTP/1.1 100");
    let mut go_on = [0; 13];
    patiently(stream.read_exact(&mut go_on)).await.unwrap();
    for address in ["127.0.0.1", "127.0.0.2", "127.0.0.1", "127.0.0.3"] {
        let mut newcomer = connect_from(address, server.address()).await;
        newcomer.write_all(b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
        assert_eq!(status_line(&mut newcomer).await, "HTTP/1.1 200", "{address}");
    }
    stream.write_all(body.as_bytes()).await.unwrap();
    assert_eq!(status_line(&mut stream).await, "HTTP/1.1 200");
}

#[tokio::test]
async fn an_address_at_its_limit_makes_room_by_its_longest_idle_connection() {
    let server = patient().flag("--max-connections-per-address", "2").start().await;
    let probe = || request(Method::GET, "/healthz", "");
    let mut elsewhere = connect_from("127.0.0.2", server.address()).await;
    let mut own = Vec::new();
    for _ in 0..3 {
        let mut connection = Connection::open(server.address(), Protocol::Http1).await.unwrap();
        assert_eq!(patiently(connection.send(probe())).await.unwrap().status, 200);
        own.push(connection);
    }
    patiently(async { while own[0].send(probe()).await.is_ok() {} }).await;
    assert_eq!(patiently(own[1].send(probe())).await.unwrap().status, 200);
    elsewhere.write_all(b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
    assert_eq!(status_line(&mut elsewhere).await, "HTTP/1.1 200");
}

#[tokio::test]
async fn an_address_whose_requests_are_all_authenticated_gets_no_further_connection() {
    let server = patient().flag("--max-connections-per-address", "2").start().await;
    let head = head(&server, Person::FullAccess, "POST", IMPORT) + "expect: 100-continue\r\n";
    let mut own = Vec::new();
    for _ in 0..2 {
        let mut stream = open(&server, &head).await;
        assert_eq!(status_line(&mut stream).await, "HTTP/1.1 100");
        own.push(stream);
    }
    let mut third = TcpStream::connect(server.address()).await.unwrap();
    assert!(matches!(patiently(third.read(&mut [0])).await, Ok(0) | Err(_)), "it is closed");
    drop(own);
    let freed = async {
        let probe = || request(Method::GET, "/healthz", "");
        while match Connection::open(server.address(), Protocol::Http1).await {
            Ok(mut connection) => connection.send(probe()).await.is_err(),
            Err(_) => true,
        } {}
    };
    patiently(freed).await;
}
