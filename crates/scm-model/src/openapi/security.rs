//! How a caller proves who they are, as the document has it.
//!
//! The token is a scheme and not a header parameter beside it: a parameter is one more argument of
//! every function that is generated, also for those who sign. A scheme has no schema, so that the
//! published limits of the token stand in its words and in `x-schema`.

use serde_json::{Value, json};
use utoipa::openapi::security::SecurityRequirement;

use crate::{Access, limits};

const TOKEN: &str = "token";
const SIGNATURE: &str = "signature";

/// The schemes there are.
pub(super) fn schemes() -> Value {
    let limits = limits::AUTH_TOKEN;
    json!({
        TOKEN: {
            "type": "apiKey",
            "in": "header",
            "name": "X-Auth-Token",
            "description": format!(
                "A token, as `POST /v3/auth/tokens` gives it in the header `X-Subject-Token`: \
                 {} to {} characters.",
                limits.min, limits.max,
            ),
            "x-schema": { "type": "string", "minLength": limits.min, "maxLength": limits.max },
        },
        SIGNATURE: {
            "type": "http",
            "scheme": "SDK-HMAC-SHA256",
            "description": "A request that is signed with an access key, as the cloud's SDKs do: \
                `Authorization: SDK-HMAC-SHA256 Access=…, SignedHeaders=…, Signature=…`, with the \
                time in the header `X-Sdk-Date` (`YYYYMMDDTHHMMSSZ`, at most 15 minutes off). The \
                signature covers method, path, query, the signed headers and the body, so it is \
                made by the client for every request.",
        },
    })
}

/// What an operation demands: one of these is enough, and nothing if there is none.
pub(super) fn demanded(access: Access) -> Vec<SecurityRequirement> {
    match access {
        Access::Open => Vec::new(),
        Access::SignedIn | Access::Action(_) => {
            let scheme = |name| SecurityRequirement::new(name, [] as [&str; 0]);
            [TOKEN, SIGNATURE].map(scheme).into()
        }
    }
}
