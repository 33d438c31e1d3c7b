//! The least that HTTP costs: a bare hyper server, in a process of its own, that reads each request and
//! answers as an import is answered. It checks nothing and stores nothing.

use std::{
    convert::Infallible,
    io::{self, BufRead as _, BufReader},
    process::{Child, Command, Stdio},
};

use bytes::Bytes;
use http::{Request, Response, header::CONTENT_TYPE};
use http_body_util::{BodyExt as _, Full};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpListener, sync::oneshot};

use crate::{Failed, measure::Target, say};

/// The option of `scm-bench` that makes it this server.
pub const OPTION: &str = "--bare-http";

/// The answer to each request: as long as the server's.
const ANSWER: &str = r#"{"certificate_id":"scs8177938444288"}"#;

/// A running server. It ends when dropped.
#[derive(Debug)]
pub struct BareHttp {
    child: Child,
    address: String,
}

impl BareHttp {
    /// Starts this program as a bare server, and waits for the address at which it listens.
    pub fn start() -> Result<Self, Failed> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg(OPTION).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn()?;
        let output = child.stdout.take().ok_or("the bare server has no output")?;
        let mut server = Self { child, address: String::new() };
        BufReader::new(output).read_line(&mut server.address)?;
        server.address.truncate(server.address.trim_end().len());
        match server.address.is_empty() {
            true => Err("the bare server does not start".into()),
            false => Ok(server),
        }
    }

    /// The process as the target of a load.
    pub fn target(&self) -> Target<'_> {
        Target { address: &self.address, pid: self.child.id() }
    }
}

impl Drop for BareHttp {
    fn drop(&mut self) {
        // Both fail only if it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Serves until standard input ends, as it does when the bench ends; prints the address first.
pub async fn serve() -> Result<(), Failed> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    say(&listener.local_addr()?.to_string());
    let (end, ended) = oneshot::channel();
    std::thread::spawn(move || end.send(io::copy(&mut io::stdin(), &mut io::sink())));
    tokio::select! {
        served = accept(listener) => served,
        _ = ended => Ok(()),
    }
}

async fn accept(listener: TcpListener) -> Result<(), Failed> {
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let connection =
            http1::Builder::new().serve_connection(TokioIo::new(stream), service_fn(answer));
        // A connection that breaks is counted by the client.
        tokio::spawn(async move { drop(connection.await) });
    }
}

async fn answer(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let _body = request.into_body().collect().await;
    let mut response = Response::new(Full::new(Bytes::from_static(ANSWER.as_bytes())));
    let json = http::HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_is_that_of_an_import() {
        let answer: serde_json::Value = serde_json::from_str(ANSWER).unwrap();
        assert_eq!(answer["certificate_id"].as_str().map(str::len), Some(16));
    }
}
