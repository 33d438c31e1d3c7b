//! A client that costs little: requests are bytes that were written beforehand, answers are read only
//! as far as they are needed. The machine has to do the client's work too.

use std::{io, sync::Arc};

use bytes::{Buf as _, Bytes, BytesMut};
use http::{Request, Uri};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
};
use tokio_rustls::{
    TlsConnector,
    rustls::{ClientConfig, pki_types::ServerName},
};

/// A request, ready to be sent either way.
#[derive(Debug, Clone)]
pub struct Prepared {
    head: Bytes,
    request: Request<()>,
    body: Bytes,
}

impl Prepared {
    /// Prepares a request with its headers.
    pub fn new(request: Request<()>, body: Bytes) -> Self {
        let target = request.uri().path_and_query().map_or("/", |path| path.as_str());
        let mut head = format!("{} {target} HTTP/1.1\r\nhost: localhost\r\n", request.method());
        for (name, value) in request.headers() {
            head += &format!("{name}: {}\r\n", value.to_str().expect("ours are plain"));
        }
        head += &format!("content-length: {}\r\n\r\n", body.len());
        Self { head: head.into(), request, body }
    }

    fn for_http2(&self) -> Request<Full<Bytes>> {
        let (parts, ()) = self.request.clone().into_parts();
        let mut request = Request::from_parts(parts, Full::new(self.body.clone()));
        let path = request.uri().path_and_query().expect("every request has a path").clone();
        let uri = Uri::builder().scheme("http").authority("localhost").path_and_query(path);
        *request.uri_mut() = uri.build().expect("its parts were good before");
        request
    }
}

/// What came back.
#[derive(Debug)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// Whether it says when to come again (`Retry-After`).
    pub has_retry_after: bool,
    /// Whether the connection ends with it (`Connection: close`).
    closes: bool,
    /// The body.
    pub body: Bytes,
}

/// Which protocol to speak.
#[derive(Debug, Clone)]
pub enum Protocol {
    /// HTTP/1.1.
    Http1,
    /// HTTP/1.1 over TLS, as this says.
    Tls(Arc<ClientConfig>),
    /// HTTP/2 with prior knowledge, 16 streams on each connection.
    Http2,
}

/// Connections from one address.
const FROM_ONE: usize = 200;

/// Streams on an HTTP/2 connection.
const STREAMS: usize = 16;

/// A line on which requests follow one another.
#[derive(Debug)]
pub enum Connection {
    /// HTTP/1.1, and where to: some peers want a new connection for each request.
    Http1(String, Line<TcpStream>),
    /// HTTP/1.1 over TLS.
    Tls(Box<Line<tokio_rustls::client::TlsStream<TcpStream>>>),
    /// One of several streams of HTTP/2.
    Http2(http2::SendRequest<Full<Bytes>>),
}

impl Connection {
    /// So many connections (HTTP/2: streams).
    pub async fn open(address: &str, protocol: &Protocol, count: usize) -> io::Result<Vec<Self>> {
        let mut connections = Vec::with_capacity(count);
        while connections.len() < count {
            let stream = connect(address, connections.len() / FROM_ONE).await?;
            match protocol {
                Protocol::Http1 => {
                    let address = address.to_owned();
                    connections.push(Self::Http1(address, Line::new(stream)));
                }
                Protocol::Tls(config) => {
                    let name = ServerName::try_from("localhost").expect("it is a name");
                    let connector = TlsConnector::from(Arc::clone(config));
                    let stream = connector.connect(name, stream).await?;
                    connections.push(Self::Tls(Box::new(Line::new(stream))));
                }
                Protocol::Http2 => {
                    let io = TokioIo::new(stream);
                    let (send, connection) = http2::handshake(TokioExecutor::new(), io)
                        .await
                        .map_err(io::Error::other)?;
                    tokio::spawn(connection);
                    let more = STREAMS.min(count - connections.len());
                    connections.extend((0..more).map(|_| Self::Http2(send.clone())));
                }
            }
        }
        Ok(connections)
    }

    /// Asks, and waits for the answer.
    pub async fn ask(&mut self, prepared: &Prepared) -> io::Result<Reply> {
        match self {
            Self::Http1(address, line) => {
                let reply = line.ask(prepared).await?;
                if reply.closes {
                    *line = Line::new(connect(address, 0).await?);
                }
                Ok(reply)
            }
            Self::Tls(line) => line.ask(prepared).await,
            Self::Http2(send) => {
                send.ready().await.map_err(io::Error::other)?;
                let response =
                    send.send_request(prepared.for_http2()).await.map_err(io::Error::other)?;
                let status = response.status().as_u16();
                let has_retry_after = response.headers().contains_key("retry-after");
                let body = response.into_body().collect().await.map_err(io::Error::other)?;
                Ok(Reply { status, has_retry_after, closes: false, body: body.to_bytes() })
            }
        }
    }
}

/// HTTP/1.1 on a stream.
#[derive(Debug)]
pub struct Line<S> {
    stream: S,
    buffer: BytesMut,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Line<S> {
    fn new(stream: S) -> Self {
        Self { stream, buffer: BytesMut::with_capacity(64 * 1024) }
    }

    async fn ask(&mut self, prepared: &Prepared) -> io::Result<Reply> {
        let mut both = prepared.head.clone().chain(prepared.body.clone());
        self.stream.write_all_buf(&mut both).await?;
        self.stream.flush().await?;
        loop {
            if let Some((mut reply, head, length)) = head(&self.buffer)? {
                while self.buffer.len() < head + length {
                    self.read_more().await?;
                }
                reply.body = self.buffer.split_to(head + length).freeze().slice(head..);
                return Ok(reply);
            }
            self.read_more().await?;
        }
    }

    async fn read_more(&mut self) -> io::Result<()> {
        match self.stream.read_buf(&mut self.buffer).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }
}

/// The reply without its body, and the lengths of head and body; nothing while the head is not all
/// there.
fn head(bytes: &[u8]) -> io::Result<Option<(Reply, usize, usize)>> {
    let mut headers = [httparse::EMPTY_HEADER; 16];
    let mut response = httparse::Response::new(&mut headers);
    let parsed = response.parse(bytes).map_err(io::Error::other)?;
    let httparse::Status::Complete(head) = parsed else { return Ok(None) };
    let header = |name: &str| {
        let header = response.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name));
        header.and_then(|header| str::from_utf8(header.value).ok())
    };
    let length = header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let closes = header("connection").is_some_and(|value| value.eq_ignore_ascii_case("close"));
    let (status, has_retry_after) = (response.code.unwrap_or(0), header("retry-after").is_some());
    Ok(Some((Reply { status, has_retry_after, closes, body: Bytes::new() }, head, length)))
}

/// Connects from one of this machine's many loopback addresses: the server allows each its share.
async fn connect(address: &str, from: usize) -> io::Result<TcpStream> {
    let address = address.parse().map_err(io::Error::other)?;
    let socket = TcpSocket::new_v4()?;
    let last = u8::try_from(from + 1).map_err(io::Error::other)?;
    socket.bind(([127, 0, 0, last], 0).into())?;
    let stream = socket.connect(address).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}
