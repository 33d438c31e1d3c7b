//! Names of headers that the `http` crate does not define.

use http::HeaderName;

/// A token, in requests to this server and to Keystone.
pub const AUTH_TOKEN: HeaderName = HeaderName::from_static("x-auth-token");

/// The addresses of the client and of the proxies in front of the last one.
pub const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The id of a request, in its response. Only this server gives ids: one that a client sends can be
/// forged, and is looked at only to verify its signature.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
