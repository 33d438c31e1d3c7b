//! One call of an operation: read from a request by a server, written as one by a client.

use http::{HeaderValue, Request, header::CONTENT_TYPE};

use crate::{Body, Empty, Operation, Parameters, Violations, payload::encode_segment};

/// What a caller sends for an operation, under the rules of the wire.
///
/// Only [`Call::read`] and [`Call::new`] make one, and both apply the rules.
#[derive(Debug)]
#[non_exhaustive]
pub struct Call<O: Operation> {
    /// The parameters of the path.
    pub path: O::Path,
    /// The parameters of the query.
    pub query: O::Query,
    /// The parameters of the headers.
    pub headers: O::Headers,
    /// The body.
    pub body: O::Body,
}

/// A request's parts as a server has them: names and values, decoded.
#[derive(Debug, Clone, Copy)]
pub struct Received<'a> {
    /// The parameters of the path.
    pub path: &'a [(&'a str, &'a str)],
    /// The parameters of the query.
    pub query: &'a [(&'a str, &'a str)],
    /// The headers that the operation declares, by the names of their fields.
    pub headers: &'a [(&'a str, &'a str)],
    /// The body.
    pub body: &'a [u8],
}

impl<O: Operation> Call<O> {
    /// A call made in the program.
    ///
    /// # Errors
    /// Every rule of the wire that it breaks.
    pub fn new(
        path: O::Path,
        query: O::Query,
        headers: O::Headers,
        body: O::Body,
    ) -> Result<Self, Violations> {
        let checks = [path.check(), query.check(), headers.check(), body.check()];
        let broken: Vec<_> = checks.into_iter().filter_map(Result::err).collect();
        if broken.is_empty() {
            Ok(Self { path, query, headers, body })
        } else {
            Err(Violations::concat(broken))
        }
    }

    /// A call as it came over the wire.
    ///
    /// # Errors
    /// Every rule of the wire that it breaks.
    pub fn read(received: Received<'_>) -> Result<Self, Violations> {
        let path = O::Path::read(received.path);
        let query = O::Query::read(received.query);
        let headers = O::Headers::read(received.headers);
        let body = O::Body::read(received.body);
        match (path, query, headers, body) {
            (Ok(path), Ok(query), Ok(headers), Ok(body)) => Ok(Self { path, query, headers, body }),
            (path, query, headers, body) => {
                let broken = [path.err(), query.err(), headers.err(), body.err()];
                Err(Violations::concat(broken.into_iter().flatten()))
            }
        }
    }

    /// Writes the call as an HTTP request against `base`, such as `https://scm.example.com`.
    ///
    /// # Errors
    /// If `base` is no URL that a path can follow.
    pub fn write(&self, base: &str) -> Result<Request<Vec<u8>>, http::Error> {
        let mut uri = format!("{}{}", base.trim_end_matches('/'), O::PATH);
        for (name, value) in self.path.write() {
            uri = uri.replace(&format!("{{{name}}}"), &encode_segment(&value));
        }
        for (at, (name, value)) in self.query.write().iter().enumerate() {
            uri.push(if at == 0 { '?' } else { '&' });
            uri += &format!("{}={}", encode_segment(name), encode_segment(value));
        }
        let mut request = Request::builder().method(O::METHOD).uri(uri);
        for (field, value) in self.headers.write() {
            let mut value = HeaderValue::try_from(value)?;
            value.set_sensitive(true);
            request = request.header(header_name(&field), value);
        }
        if O::Body::IS_JSON {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        request.body(self.body.write())
    }
}

/// The header of a field: `x_subject_token` is `x-subject-token` there.
pub fn header_name(field: &str) -> String {
    field.replace('_', "-")
}

impl<O: Operation<Path = Empty, Query = Empty>> Call<O>
where
    O::Headers: Default,
{
    /// A call that is all body.
    ///
    /// # Errors
    /// Every rule of the wire that it breaks.
    pub fn of(body: O::Body) -> Result<Self, Violations> {
        Self::new(Empty, Empty, O::Headers::default(), body)
    }
}

impl<O: Operation<Query = Empty, Headers = Empty, Body = Empty>> Call<O> {
    /// A call that is all path.
    ///
    /// # Errors
    /// Every rule of the wire that it breaks.
    pub fn at(path: O::Path) -> Result<Self, Violations> {
        Self::new(path, Empty, Empty, Empty)
    }
}

impl<O: Operation<Path = Empty, Headers = Empty, Body = Empty>> Call<O> {
    /// A call that is all query.
    ///
    /// # Errors
    /// Every rule of the wire that it breaks.
    pub fn with(query: O::Query) -> Result<Self, Violations> {
        Self::new(Empty, query, Empty, Empty)
    }
}
