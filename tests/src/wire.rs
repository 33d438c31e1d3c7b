//! The wire: HTTP by hyper's own connections, which send what they are given, and plain bytes for
//! what no library would send.

use std::{future::Future, net::SocketAddr, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, Uri};
use http_body_util::{BodyExt, Full};
use hyper::{
    body::Incoming,
    client::conn::{http1, http2},
};
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::document::assert_documented;

/// How long a test waits before it reports a hang: generous, so that no result depends on speed.
const PATIENCE: Duration = Duration::from_secs(120);

/// Waits for the result of a future.
///
/// # Panics
/// If the result does not arrive within two minutes: the future hangs.
pub async fn patiently<T>(what: impl Future<Output = T>) -> T {
    timeout(PATIENCE, what)
        .await
        .expect("the result arrives within two minutes unless something hangs")
}

/// A version of HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// HTTP/1.1.
    Http1,
    /// HTTP/2 with prior knowledge.
    Http2,
}

impl Protocol {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Http1, Self::Http2];
}

/// An answer, all of it.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
}

impl Answer {
    async fn read(response: Response<Incoming>) -> hyper::Result<Self> {
        let (parts, body) = response.into_parts();
        let body = body.collect().await?.to_bytes();
        Ok(Self { status: parts.status, headers: parts.headers, body })
    }

    /// Reads the answer with which a text begins, if it begins with one. Its length must be told.
    pub fn parse(text: &str) -> Option<Self> {
        let (head, rest) = text.split_once("\r\n\r\n")?;
        let mut lines = head.split("\r\n");
        let status = lines.next()?.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()?;
        let mut headers = HeaderMap::new();
        for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
            headers.append(HeaderName::try_from(name).ok()?, HeaderValue::from_str(value).ok()?);
        }
        let length =
            headers.get("content-length").map(|length| length.to_str().unwrap_or_default());
        let body = rest.get(..length.unwrap_or("0").parse().ok()?)?.to_owned();
        Some(Self { status, headers, body: body.into() })
    }

    /// A header, if it is there and is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// If it is none.
    pub fn json(&self) -> Value {
        assert_eq!(self.header("content-type"), Some("application/json"), "{self:?}");
        serde_json::from_slice(&self.body).expect("the content type says JSON")
    }

    /// A text of the body.
    ///
    /// # Panics
    /// If it is not there.
    pub fn text(&self, field: &str) -> String {
        let json = self.json();
        json[field].as_str().unwrap_or_else(|| panic!("no text {field} in {json}")).to_owned()
    }

    /// Status, code and message of a refusal in SCM's shape.
    pub fn refusal(&self) -> (u16, String, String) {
        (self.status.as_u16(), self.text("error_code"), self.text("error_msg"))
    }
}

/// A request with a body that may be empty; with a body comes the content type of JSON.
pub fn request(method: Method, path: &str, body: impl Into<Bytes>) -> Request<Full<Bytes>> {
    let body = body.into();
    let builder = Request::builder().method(method).uri(path).header("host", "scm.test");
    let builder = match body.is_empty() {
        true => builder,
        false => builder.header("content-type", "application/json"),
    };
    builder.body(Full::new(body)).expect("tests ask for paths that are some")
}

/// A connection on which requests follow one another.
#[derive(Debug)]
pub enum Connection {
    /// HTTP/1.1.
    Http1(http1::SendRequest<Full<Bytes>>),
    /// HTTP/2.
    Http2(http2::SendRequest<Full<Bytes>>),
}

impl Connection {
    /// Connects.
    ///
    /// # Errors
    /// If nobody answers there, or not in this protocol.
    pub async fn open(address: SocketAddr, protocol: Protocol) -> hyper::Result<Self> {
        let stream = TcpStream::connect(address).await.expect("somebody listens");
        stream.set_nodelay(true).expect("the socket is open");
        let io = TokioIo::new(stream);
        Ok(match protocol {
            Protocol::Http1 => {
                let (send, connection) = http1::handshake(io).await?;
                tokio::spawn(connection);
                Self::Http1(send)
            }
            Protocol::Http2 => {
                let (send, connection) = http2::handshake(TokioExecutor::new(), io).await?;
                tokio::spawn(connection);
                Self::Http2(send)
            }
        })
    }

    /// Sends a request and reads the answer, which must be in the document.
    ///
    /// # Errors
    /// If the connection breaks before the answer is there.
    pub async fn send(&mut self, mut request: Request<Full<Bytes>>) -> hyper::Result<Answer> {
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let response = match self {
            Self::Http1(send) => {
                send.ready().await?;
                send.send_request(request).await?
            }
            Self::Http2(send) => {
                request.headers_mut().remove("host");
                *request.uri_mut() = format!("http://scm.test{}", request.uri())
                    .parse()
                    .expect("a path behind a host is a URI");
                send.ready().await?;
                send.send_request(request).await?
            }
        };
        let answer = Answer::read(response).await?;
        assert_documented(&method, &path, &answer);
        Ok(answer)
    }
}

/// Writes bytes as they are, and gives all that is answered until the server hangs up.
///
/// # Panics
/// If it does not hang up: ask it to by `connection: close`, or give it a short `--request-timeout`.
pub async fn speak(address: SocketAddr, bytes: &[u8]) -> Vec<u8> {
    let stream = TcpStream::connect(address).await.expect("somebody listens");
    let (mut from, mut to) = stream.into_split();
    let mut answer = Vec::new();
    let write = async {
        // Whoever does not like what it hears may hang up in the middle of it.
        let _whether_all_of_it = to.write_all(bytes).await;
    };
    let read = async {
        let _how_it_ended = from.read_to_end(&mut answer).await;
    };
    patiently(async { tokio::join!(write, read) }).await;
    answer
}

/// The same for HTTP/1.1: the status of the (first) answer, 0 if there is none, and all the text. If what
/// was said was a request, its answer must be in the document.
pub async fn heard(address: SocketAddr, bytes: &[u8]) -> (u16, String) {
    let text = String::from_utf8_lossy(&speak(address, bytes).await).into_owned();
    let Some(answer) = Answer::parse(&text) else { return (0, text) };
    // What is no request is refused before anybody gives it an id.
    if answer.header("x-request-id").is_some()
        && let Some((method, path)) = asked(bytes)
    {
        assert_documented(&method, &path, &answer);
    }
    (answer.status.as_u16(), text)
}

/// What a request asks for, by its first line.
fn asked(bytes: &[u8]) -> Option<(Method, String)> {
    let line = bytes.split(|byte| *byte == b'\r').next()?;
    let mut words = std::str::from_utf8(line).ok()?.split(' ');
    let (method, target) = (words.next()?, words.next()?);
    let target: Uri = target.parse().ok()?;
    Some((method.parse().ok()?, target.path().to_owned()))
}
