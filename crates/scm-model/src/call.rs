//! One call of an operation: read from a request by a server, written as one by a client.

use http::{Request, header::CONTENT_TYPE};

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
    /// The body.
    pub body: O::Body,
}

impl<O: Operation> Call<O> {
    /// A call made in the program.
    ///
    /// # Errors
    /// Every rule of the wire that it breaks.
    pub fn new(path: O::Path, query: O::Query, body: O::Body) -> Result<Self, Violations> {
        path.check()?;
        query.check()?;
        body.check()?;
        Ok(Self { path, query, body })
    }

    /// A call as it came over the wire: the decoded parameters of the path and of the query, and
    /// the bytes of the body.
    ///
    /// # Errors
    /// Every rule of the wire that it breaks.
    pub fn read(
        path: &[(&str, &str)],
        query: &[(&str, &str)],
        body: &[u8],
    ) -> Result<Self, Violations> {
        Ok(Self {
            path: O::Path::read(path)?,
            query: O::Query::read(query)?,
            body: O::Body::read(body)?,
        })
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
        if O::Body::IS_JSON {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        request.body(self.body.write())
    }
}

impl<O: Operation<Path = Empty, Query = Empty>> Call<O> {
    /// A call that is all body.
    ///
    /// # Errors
    /// Every rule of the wire that it breaks.
    pub fn of(body: O::Body) -> Result<Self, Violations> {
        Self::new(Empty, Empty, body)
    }
}

impl<O: Operation<Query = Empty, Body = Empty>> Call<O> {
    /// A call that is all path.
    ///
    /// # Errors
    /// Every rule of the wire that it breaks.
    pub fn at(path: O::Path) -> Result<Self, Violations> {
        Self::new(path, Empty, Empty)
    }
}
