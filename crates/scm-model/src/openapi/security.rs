//! The security schemes of the document.
//!
//! The token is a scheme and not also a header parameter: generators turn a parameter into one more
//! argument of every function, also for clients that sign. A scheme has no schema, so its description
//! and `x-schema` state the published limits of the token.

use serde_json::{Value, json};
use utoipa::openapi::security::SecurityRequirement;

use crate::{Access, limits};

const TOKEN: &str = "token";
const SIGNATURE: &str = "signature";

/// The security schemes.
pub(super) fn schemes() -> Value {
    let limits = limits::AUTH_TOKEN;
    json!({
        TOKEN: {
            "type": "apiKey",
            "in": "header",
            "name": "X-Auth-Token",
            "description": format!(
                "A token, as returned by `POST /v3/auth/tokens` in the header `X-Subject-Token`: \
                 {} to {} characters.",
                limits.min, limits.max,
            ),
            "x-schema": { "type": "string", "minLength": limits.min, "maxLength": limits.max },
        },
        SIGNATURE: {
            "type": "http",
            "scheme": "SDK-HMAC-SHA256",
            "description": "A signature with an access key, in the format of the cloud's SDKs: \
                `Authorization: SDK-HMAC-SHA256 Access=…, SignedHeaders=…, Signature=…`, with the \
                time in the header `X-Sdk-Date` (`YYYYMMDDTHHMMSSZ`, within 15 minutes of the \
                server's clock). The signature covers method, path, query, the signed headers and the \
                body, so the client computes it for each request.",
        },
    })
}

/// The security requirement of an operation: one of these schemes, or none.
pub(super) fn requirements(access: Access) -> Vec<SecurityRequirement> {
    match access {
        Access::Open => Vec::new(),
        Access::SignedIn | Access::Action(_) => {
            let scheme = |name| SecurityRequirement::new(name, [] as [&str; 0]);
            [TOKEN, SIGNATURE].map(scheme).into()
        }
    }
}
