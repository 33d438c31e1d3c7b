//! The names of the headers that signing knows, beyond the standard ones.
//!
//! Which of them are allowed or demanded is the server's business, except `X-Sdk-Date`.

use http::{HeaderName, header};

/// When the request was signed: `YYYYMMDDTHHMMSSZ`, UTC.
pub const X_SDK_DATE: HeaderName = HeaderName::from_static("x-sdk-date");

/// What the client says the body's hash is; see [`ContentClaim`](crate::ContentClaim).
pub const X_SDK_CONTENT_SHA256: HeaderName = HeaderName::from_static("x-sdk-content-sha256");

/// The project that the request is meant for.
pub const X_PROJECT_ID: HeaderName = HeaderName::from_static("x-project-id");

/// The account that the request is meant for.
pub const X_DOMAIN_ID: HeaderName = HeaderName::from_static("x-domain-id");

/// The session token that belongs to a temporary access key. A secret.
pub const X_SECURITY_TOKEN: HeaderName = HeaderName::from_static("x-security-token");

/// Whether a header's value is a secret, to be elided wherever a request is shown.
pub(crate) fn is_secret(name: &HeaderName) -> bool {
    *name == X_SECURITY_TOKEN
        || [header::AUTHORIZATION, header::PROXY_AUTHORIZATION, header::COOKIE].contains(name)
        || ["x-auth-token", "x-subject-token"].contains(&name.as_str())
}
