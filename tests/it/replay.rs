//! Requests byte for byte as published clients send them, signed as they sign: golangsdk (which
//! Terraform's provider uses), and the SDKs for Python and Go.
//!
//! Nothing of ours writes these requests, so nothing of ours can make them easier to answer.

mod python_and_go;
mod terraform;

use http::Method;
use scm_tests::{Answer, Signer, TestServer, exchange};

/// Of [`scm_tests::NOW`].
const DATE: &str = "20260601T120000Z";

/// A published client at work.
struct Client<'a> {
    server: &'a TestServer,
    signer: Signer,
}

/// A request of such a client: what it signs, and what it adds after that.
struct Sent<'a> {
    method: Method,
    path: &'a str,
    query: &'a str,
    signed: Vec<(&'static str, String)>,
    more: Vec<(&'static str, String)>,
    body: &'a str,
}

impl Client<'_> {
    /// A user with full access.
    async fn of(server: &TestServer) -> Client<'_> {
        Client { server, signer: server.signer_of(scm_tests::Person::FullAccess).await }
    }

    /// Sends a request, and reads what comes back.
    async fn send(&self, sent: Sent<'_>) -> Answer {
        let Sent { method, path, query, mut signed, more, body } = sent;
        signed.push(("x-sdk-date", DATE.to_owned()));
        signed.sort();
        let pairs: Vec<_> = signed.iter().map(|(name, value)| (*name, &**value)).collect();
        let authorization = self.signer.authorize([method.as_str(), path, query], &pairs, body);
        let target = if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") };
        let mut text = format!("{method} {target} HTTP/1.1\r\nConnection: close\r\n");
        for (name, value) in signed.into_iter().chain(more) {
            text += &format!("{name}: {value}\r\n");
        }
        text += &format!("Authorization: {authorization}\r\n\r\n{body}");
        let (_, answer) = exchange(self.server.address(), text.as_bytes()).await;
        Answer::parse(&answer).unwrap_or_else(|| panic!("no answer: {answer}"))
    }

    /// `127.0.0.1:PORT`.
    fn host(&self) -> String {
        self.server.address().to_string()
    }
}
