//! The canonical request: the text that client and server must derive identically from a request.
//!
//! It borrows from the request, since header values may be secrets. The text is hashed piece by piece and
//! never assembled.

mod encode;
#[cfg(test)]
mod tests;

use std::fmt;

use aws_lc_rs::digest;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header::HOST, request::Parts};

use crate::{Payload, Sha256, SignedHeaders, header::is_secret};

/// The parts of a request that can be signed, without the body.
#[derive(Clone, Copy)]
pub struct RequestHead<'a> {
    /// The method.
    pub method: &'a Method,
    /// The path as the client sent it: percent-encoded, including a base path that a proxy removed.
    pub path: &'a str,
    /// The query as the client sent it, without the `?`.
    pub query: Option<&'a str>,
    /// The headers.
    pub headers: &'a HeaderMap,
    /// The authority, which replaces an absent `Host` header (HTTP/2): the host, with the port if the
    /// client sent one.
    pub authority: Option<&'a str>,
}

impl<'a> RequestHead<'a> {
    /// The head of a request for `uri`. The path of `uri` must be the path that the client sent.
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

/// Removes the user from `user@host:port`.
fn without_user(authority: &str) -> &str {
    authority.rsplit_once('@').map_or(authority, |(_, host)| host)
}

/// The signed content of a request: method, path, query, the listed headers and the hash of the body.
///
/// Header values are trimmed. A header that occurs more than once has a line for each value, sorted, as in
/// the Go SDK (the Python SDK cannot repeat a header). A listed header that is absent has no line.
pub struct CanonicalRequest<'a> {
    /// Method, path and query.
    start: String,
    headers: Vec<(&'a HeaderName, &'a [u8])>,
    /// The list of headers, and the payload.
    end: String,
}

impl<'a> CanonicalRequest<'a> {
    /// The canonical request of a signature that covers `signed`.
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

    /// The hash of the text, which is the input of the signature.
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

    /// The text for diagnosis: with `|` for each newline, as the cloud shows it, and `…` for the values of
    /// secret headers. It is as long as the head of the request; truncate it where needed.
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

/// The text of [`shown`](CanonicalRequest::shown).
impl fmt::Debug for CanonicalRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown())
    }
}
