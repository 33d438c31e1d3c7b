//! A client of a server: an address and perhaps a token.

use std::net::SocketAddr;

use bytes::Bytes;
use http::{HeaderValue, Method, Request};
use http_body_util::Full;
use serde_json::Value;

use crate::{
    answer::Answer,
    wire::{Connection, Protocol, patiently, request},
};

/// A client of a server, with a new connection for each request.
#[derive(Debug, Clone)]
pub struct Session {
    address: SocketAddr,
    token: Option<String>,
}

impl Session {
    /// A client with a token, or without.
    pub fn new(address: SocketAddr, token: Option<&str>) -> Self {
        Self { address, token: token.map(str::to_owned) }
    }

    /// The server's address.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The token.
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// Imports what a body says.
    pub async fn import(&self, body: &Value) -> Answer {
        self.send(Method::POST, "/v3/scm/certificates/import", body.to_string()).await
    }

    /// Shows a certificate.
    pub async fn show(&self, id: &str) -> Answer {
        self.send(Method::GET, &format!("/v3/scm/certificates/{id}"), "").await
    }

    /// Asks for anything.
    pub async fn send(&self, method: Method, path: &str, body: impl Into<Bytes>) -> Answer {
        self.send_as_is(request(method, path, body)).await
    }

    /// Sends a request with the token added and nothing else.
    pub async fn send_as_is(&self, request: Request<Full<Bytes>>) -> Answer {
        self.send_over(Protocol::Http1, request).await.expect("the server answers")
    }

    /// The same over a protocol of choice.
    ///
    /// # Errors
    /// If the connection breaks before the answer is there.
    pub async fn send_over(
        &self,
        protocol: Protocol,
        request: Request<Full<Bytes>>,
    ) -> hyper::Result<Answer> {
        let request = self.signed(request);
        patiently(async { Connection::open(self.address, protocol).await?.send(request).await })
            .await
    }

    /// The request with the token added.
    pub fn signed(&self, mut request: Request<Full<Bytes>>) -> Request<Full<Bytes>> {
        if let Some(token) = &self.token {
            let token = HeaderValue::from_str(token).expect("tokens of tests are visible ASCII");
            request.headers_mut().insert("x-auth-token", token);
        }
        request
    }
}
