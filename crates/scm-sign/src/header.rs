//! The names of the scheme's headers, beyond the standard ones.
//!
//! The server decides which of them it accepts or requires, except `X-Sdk-Date`.

use http::{HeaderName, header};

/// The time of the signature: `YYYYMMDDTHHMMSSZ`, UTC.
pub const X_SDK_DATE: HeaderName = HeaderName::from_static("x-sdk-date");

/// The hash that the client claims for the body; see [`ContentClaim`](crate::ContentClaim).
pub const X_SDK_CONTENT_SHA256: HeaderName = HeaderName::from_static("x-sdk-content-sha256");

/// The project of the request.
pub const X_PROJECT_ID: HeaderName = HeaderName::from_static("x-project-id");

/// The account of the request.
pub const X_DOMAIN_ID: HeaderName = HeaderName::from_static("x-domain-id");

/// The session token of a temporary access key. It is a secret.
pub const X_SECURITY_TOKEN: HeaderName = HeaderName::from_static("x-security-token");

/// Whether the value of a header is a secret that must not be shown.
pub(crate) fn is_secret(name: &HeaderName) -> bool {
    *name == X_SECURITY_TOKEN
        || [header::AUTHORIZATION, header::PROXY_AUTHORIZATION, header::COOKIE].contains(name)
        || ["x-auth-token", "x-subject-token"].contains(&name.as_str())
}
