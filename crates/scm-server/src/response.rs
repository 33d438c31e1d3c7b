//! The type of every response.

use bytes::Bytes;
use http::Response;
use http_body_util::Full;

/// A response whose body is complete.
pub type HttpResponse = Response<Full<Bytes>>;
