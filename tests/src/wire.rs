//! The wire: HTTP by hyper's own connections, which send what they are given, and plain bytes for
//! what no library would send.

use std::{future::Future, net::SocketAddr, time::Duration};

use bytes::Bytes;
use http::{Method, Request, Uri};
use http_body_util::Full;
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::{answer::Answer, document::assert_documented};

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

/// A request with a body that may be empty; with a body comes the content type of JSON.
pub fn request(method: Method, path: &str, body: impl Into<Bytes>) -> Request<Full<Bytes>> {
    let body = body.into();
    let builder = Request::builder().method(method).uri(path).header("host", "scm.test");
    let builder = match body.is_empty() {
        true => builder,
        false => builder.header("content-type", "application/json"),
    };
    builder.body(Full::new(body)).expect("the paths of tests are valid")
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
    /// If no server answers there, or not in this protocol.
    pub async fn open(address: SocketAddr, protocol: Protocol) -> hyper::Result<Self> {
        let stream = TcpStream::connect(address).await.expect("a server listens");
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
    let stream = TcpStream::connect(address).await.expect("a server listens");
    let (mut from, mut to) = stream.into_split();
    let mut answer = Vec::new();
    let write = async {
        // A server that refuses the request may close the connection in the middle of it.
        let _whether_all_of_it = to.write_all(bytes).await;
    };
    let read = async {
        let _how_it_ended = from.read_to_end(&mut answer).await;
    };
    patiently(async { tokio::join!(write, read) }).await;
    answer
}

/// Sends bytes over HTTP/1.1; returns the status of the (first) answer, 0 if there is none, and all the text. If what
/// was said was a request, its answer must be in the document.
pub async fn exchange(address: SocketAddr, bytes: &[u8]) -> (u16, String) {
    let text = String::from_utf8_lossy(&speak(address, bytes).await).into_owned();
    let Some(answer) = Answer::parse(&text) else { return (0, text) };
    // What is no request is refused before it gets an id.
    if answer.header("x-request-id").is_some()
        && let Some((method, path)) = request_line(bytes)
    {
        assert_documented(&method, &path, &answer);
    }
    (answer.status.as_u16(), text)
}

/// The method and path of a request, by its first line.
fn request_line(bytes: &[u8]) -> Option<(Method, String)> {
    let line = bytes.split(|byte| *byte == b'\r').next()?;
    let mut words = std::str::from_utf8(line).ok()?.split(' ');
    let (method, target) = (words.next()?, words.next()?);
    let target: Uri = target.parse().ok()?;
    Some((method.parse().ok()?, target.path().to_owned()))
}
