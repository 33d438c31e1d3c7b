//! A server whose answers a test scripts, and which records the requests.

use std::{
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    process::Output,
    sync::{Arc, Mutex},
    thread,
};

use serde_json::Value;

use crate::scm;

/// A token that has the length of one.
pub(crate) const TOKEN: &str = "0123456789abcdef0123456789abcdef";

/// A server that answers each request, by its head, with a status and a body.
pub(crate) struct Server {
    address: String,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub(crate) fn start(answer: impl Fn(&str) -> (u16, String) + Send + 'static) -> Self {
        let listener = TcpListener::bind("0.0.0.0:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let requests = Arc::<Mutex<Vec<_>>>::default();
        let seen = Arc::clone(&requests);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                serve(stream, &seen, &answer);
            }
        });
        Self { address, requests }
    }

    /// Runs `scm` with a token against this machine.
    pub(crate) fn scm(&self, words: &[&str]) -> Output {
        self.run(&self.url(), &[("SCM_TOKEN", TOKEN)], words)
    }

    pub(crate) fn run(&self, url: &str, variables: &[(&str, &str)], words: &[&str]) -> Output {
        let mut command = scm();
        command.args(words).args(["--endpoint", url]).envs(variables.iter().copied());
        command.output().unwrap()
    }

    pub(crate) fn url(&self) -> String {
        self.url_beyond_loopback().replace("0.0.0.0", "127.0.0.1")
    }

    /// An address that reaches this machine as well, but is none of those that cannot leave it.
    pub(crate) fn url_beyond_loopback(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

/// What is kept of a certificate that ends at a time.
pub(crate) fn detail(name: &str, names: &[&str], end: &str) -> String {
    let detail = serde_json::json!({
        "id": "scs0000000000001", "name": name, "domain": names[0], "names": names,
        "domain_count": names.len(), "not_after": end, "status": "UPLOAD",
    });
    detail.to_string()
}

/// A certificate in a list.
pub(crate) fn summary(number: usize, end: &str) -> Value {
    serde_json::json!({
        "id": format!("scs{number:013}"), "name": format!("name-{number}"),
        "domain": "www.example.com", "domain_count": 2, "expire_time": end, "status": "UPLOAD",
    })
}

fn serve(
    mut stream: TcpStream,
    seen: &Mutex<Vec<String>>,
    answer: &impl Fn(&str) -> (u16, String),
) {
    let Some(request) = read(&mut stream) else { return };
    let (status, body) = answer(&request);
    seen.lock().unwrap().push(request);
    let length = body.len();
    let head = format!("HTTP/1.1 {status} X\r\nContent-Length: {length}\r\nConnection: close\r\n");
    // A client that has read enough may have hung up.
    let _ = stream.write_all(format!("{head}\r\n{body}").as_bytes());
}

fn read(stream: &mut TcpStream) -> Option<String> {
    let (mut request, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        let read = stream.read(&mut buffer).ok().filter(|&read| read > 0)?;
        request.extend_from_slice(&buffer[..read]);
        let text = String::from_utf8_lossy(&request);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
            return Some(text.into_owned());
        }
    }
}
