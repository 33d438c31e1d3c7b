//! The canonical request: the one text that client and server must both arrive at.
//!
//! It borrows from the request, since header values may be secrets; the whole text is never put
//! together, only hashed.

mod encode;
#[cfg(test)]
mod tests;

use std::fmt;

use aws_lc_rs::digest;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header::HOST, request::Parts};

use crate::{Payload, Sha256, SignedHeaders, header::is_secret};

/// What may be signed of a request, beside its body.
#[derive(Clone, Copy)]
pub struct RequestHead<'a> {
    /// The method.
    pub method: &'a Method,
    /// The path as the client sent it: percent-encoded, with any base path that a proxy took away.
    pub path: &'a str,
    /// What the client sent after the `?`.
    pub query: Option<&'a str>,
    /// The headers.
    pub headers: &'a HeaderMap,
    /// What stands for the header `Host` where there is none, as in HTTP/2: host, and port if one
    /// was sent.
    pub authority: Option<&'a str>,
}

impl<'a> RequestHead<'a> {
    /// The head of a request for `uri`, whose path is taken to be the one on the wire.
    pub fn new(method: &'a Method, uri: &'a Uri, headers: &'a HeaderMap) -> Self {
        let authority = uri.authority().map(|authority| without_user(authority.as_str()));
        Self { method, path: uri.path(), query: uri.query(), headers, authority }
    }

    fn values(&self, name: &HeaderName) -> Vec<&'a [u8]> {
        let mut values: Vec<_> =
            self.headers.get_all(name).iter().map(HeaderValue::as_bytes).collect();
        if values.is_empty() && *name == HOST {
            values.extend(self.authority.map(str::as_bytes));
        }
        values.iter_mut().for_each(|value| *value = value.trim_ascii());
        values.sort_unstable();
        values
    }
}

impl<'a> From<&'a Parts> for RequestHead<'a> {
    fn from(parts: &'a Parts) -> Self {
        Self::new(&parts.method, &parts.uri, &parts.headers)
    }
}

/// Of `user@host:port`, the host and the port.
fn without_user(authority: &str) -> &str {
    authority.rsplit_once('@').map_or(authority, |(_, host)| host)
}

/// What is signed of one request: method, path, query, the listed headers and the body's hash.
///
/// Header values are trimmed. A header that comes more than once gets a line for each value, sorted,
/// as the Go SDK has it (the Python SDK can't repeat one). A listed header that is absent gets none.
pub struct CanonicalRequest<'a> {
    /// Method, path and query.
    start: String,
    headers: Vec<(&'a HeaderName, &'a [u8])>,
    /// The list of headers, and the payload.
    end: String,
}

impl<'a> CanonicalRequest<'a> {
    /// Spells out what a signature that covers `signed` must have been made of.
    pub fn new(head: &RequestHead<'a>, signed: &'a SignedHeaders, payload: Payload) -> Self {
        let method = head.method.as_str().to_ascii_uppercase();
        let path = encode::path(head.path);
        let query = encode::query(head.query.unwrap_or_default());
        let lines = |name| head.values(name).into_iter().map(move |value| (name, value));
        Self {
            start: format!("{method}\n{path}\n{query}"),
            headers: signed.iter().flat_map(lines).collect(),
            end: format!("{signed}\n{payload}"),
        }
    }

    /// The hash of the whole text, which is what the signature is made of.
    pub fn hash(&self) -> Sha256 {
        let mut digest = digest::Context::new(&digest::SHA256);
        let mut add = |pieces: &[&[u8]]| pieces.iter().for_each(|piece| digest.update(piece));
        add(&[self.start.as_bytes(), b"\n"]);
        for (name, value) in &self.headers {
            add(&[name.as_str().as_bytes(), b":", value, b"\n"]);
        }
        add(&[b"\n", self.end.as_bytes()]);
        Sha256::finished(digest.finish())
    }

    /// The text for people who look for the difference: `|` for each newline, as the cloud shows it,
    /// and `…` for the values of secret headers. As long as the request's head; cut it to fit.
    pub fn shown(&self) -> String {
        let mut text = format!("{}\n", self.start);
        for (name, value) in &self.headers {
            let secret = is_secret(name);
            let value = if secret { "…".into() } else { String::from_utf8_lossy(value) };
            text.extend([name.as_str(), ":", &value, "\n"]);
        }
        text.extend(["\n", &self.end]);
        text.replace('\n', "|")
    }
}

/// As [`shown`](CanonicalRequest::shown).
impl fmt::Debug for CanonicalRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown())
    }
}
