//! A server whose answers a test scripts, and which records the requests.

use std::sync::{Arc, Mutex};

use scm_client::{Client, LogIn};
use scm_model::SecretText;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

pub(crate) const DETAIL: &str = r#"{"id":"scs1600313391074","status":"UPLOAD","name":"n",
    "push_support":"OFF","domain":"www.example.com","domain_count":1,"wildcard_count":0,
    "authentification":[],"fingerprint":"","enterprise_project_id":"0","shared":false,"names":[]}"#;

/// A server that answers each request as a function says; an empty answer breaks the connection.
pub(crate) struct Server {
    pub(crate) url: String,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub(crate) async fn start(
        answer: impl Fn(usize, &str) -> String + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::<Mutex<Vec<_>>>::default();
        let (seen, answer) = (Arc::clone(&requests), Arc::new(answer));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (seen, answer) = (Arc::clone(&seen), Arc::clone(&answer));
                tokio::spawn(serve(stream, seen, answer));
            }
        });
        Self { url, requests }
    }

    pub(crate) fn with_token(&self) -> Client {
        Client::builder(&self.url).token(token()).build().unwrap()
    }

    pub(crate) fn with_token_and_password(&self) -> Client {
        Client::builder(&self.url).token(token()).log_in(admin()).build().unwrap()
    }

    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    pub(crate) fn log_ins(&self) -> usize {
        self.requests().iter().filter(|request| request.contains("/v3/auth/tokens")).count()
    }
}

async fn serve(
    mut stream: TcpStream,
    seen: Arc<Mutex<Vec<String>>>,
    answer: Arc<impl Fn(usize, &str) -> String>,
) {
    let Some(request) = read_request(&mut stream).await else { return };
    let number = {
        let mut seen = seen.lock().unwrap();
        seen.push(request.clone());
        seen.len()
    };
    // A client that has read enough may have hung up.
    let _ = stream.write_all(answer(number, &request).as_bytes()).await;
}

async fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut request = Vec::new();
    loop {
        if stream.read_buf(&mut request).await.ok()? == 0 {
            return None;
        }
        let text = String::from_utf8_lossy(&request);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
            return Some(text.into_owned());
        }
    }
}

pub(crate) fn reply(status: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n{body}"
    )
}

pub(crate) fn issued(token: &str, seconds: u32) -> String {
    let body = format!(
        r#"{{"token":{{"methods":["password"],"issued_at":"2026-01-03T00:00:00Z",
        "expires_at":"2026-01-03T{:02}:00:00Z","user":{USER},"project":{USER},
        "roles":[],"catalog":[]}}}}"#,
        seconds / 3600,
    );
    reply("201 Created", &format!("X-Subject-Token: {token}\r\n"), &body)
}

const USER: &str = r#"{"id":"1","name":"admin","domain":{"id":"2","name":"default"}}"#;

pub(crate) fn token() -> SecretText {
    "an-old-token-of-thirty-two-chars".to_owned().into()
}

pub(crate) fn admin() -> LogIn {
    LogIn {
        user: "admin".to_owned(),
        password: "s3cret".to_owned().into(),
        domain: "default".to_owned(),
        project: None,
    }
}
