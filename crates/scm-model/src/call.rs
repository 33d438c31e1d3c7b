//! One call of an operation: a client writes it as a request, a server reads it from one.

use http::{HeaderValue, Request, header::CONTENT_TYPE};

use crate::{Body, Empty, Operation, Parameters, Violations, payload::encode_segment};

/// The arguments of an operation, checked by the rules of the API.
///
/// [`Call::new`] and [`Call::read`] apply the rules.
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

/// The parts of a request that a server received: names and decoded values.
#[derive(Debug, Clone, Copy)]
pub struct Received<'a> {
    /// The parameters of the path.
    pub path: &'a [(&'a str, &'a str)],
    /// The parameters of the query.
    pub query: &'a [(&'a str, &'a str)],
    /// The headers that the operation declares, under the names of their fields.
    pub headers: &'a [(&'a str, &'a str)],
    /// The body.
    pub body: &'a [u8],
}

impl<O: Operation> Call<O> {
    /// A call with these arguments.
    ///
    /// # Errors
    /// Every rule of the API that it breaks.
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

    /// Reads a call from a request.
    ///
    /// # Errors
    /// Every rule of the API that it breaks.
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
    /// If `base` is not a URL that a path can follow, or a header value is invalid.
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

/// The name of a field's header: `x-subject-token` for `x_subject_token`.
pub fn header_name(field: &str) -> String {
    field.replace('_', "-")
}

impl<O: Operation<Path = Empty, Query = Empty>> Call<O>
where
    O::Headers: Default,
{
    /// A call of an operation with a body only, or with headers that may be absent.
    ///
    /// # Errors
    /// Every rule of the API that it breaks.
    pub fn with_body(body: O::Body) -> Result<Self, Violations> {
        Self::new(Empty, Empty, O::Headers::default(), body)
    }
}

impl<O: Operation<Query = Empty, Headers = Empty, Body = Empty>> Call<O> {
    /// A call of an operation with path parameters only.
    ///
    /// # Errors
    /// Every rule of the API that it breaks.
    pub fn with_path(path: O::Path) -> Result<Self, Violations> {
        Self::new(path, Empty, Empty, Empty)
    }
}

impl<O: Operation<Path = Empty, Headers = Empty, Body = Empty>> Call<O> {
    /// A call of an operation with query parameters only.
    ///
    /// # Errors
    /// Every rule of the API that it breaks.
    pub fn with_query(query: O::Query) -> Result<Self, Violations> {
        Self::new(Empty, query, Empty, Empty)
    }
}
