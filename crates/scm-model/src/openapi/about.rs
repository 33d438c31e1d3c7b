//! The parts of the document that concern the API as a whole.

use serde_json::{Value, json};

use crate::{Revision, limits};

/// The tag of the operations on certificates.
pub(super) const CERTIFICATES: &str = "certificates";

/// The tag of the operations on users, tokens and projects.
pub(super) const IDENTITY: &str = "identity";

pub(super) fn info(revision: Revision) -> Value {
    json!({
        "title": "SCM",
        "description": format!(
            "The SSL Certificate Manager API, v3, in its revision of {revision}, as implemented by \
             `scm-server`.\n\n\
             Lengths are in Unicode characters. Unknown fields are ignored, and an optional field \
             that is null is treated as absent. A request body has at most {} bytes. Times are UTC. \
             Every answer has the header `X-Request-Id`, except the answer to a request head of more \
             than 3 MiB or more than 100 headers: 431 without a body.\n\n\
             An error answer has a code and a message. The message lists all findings. \
             `x-error-codes` has the meaning and the remedy of each code. Clients must accept \
             codes that are not listed.",
            limits::BODY_BYTES,
        ),
        "license": { "name": "MIT", "identifier": "MIT" },
        "version": env!("CARGO_PKG_VERSION"),
    })
}

pub(super) fn servers() -> Value {
    json!([
        {
            "url": "http://127.0.0.1:8443",
            "description": "`scm-server` with its default settings",
        },
        {
            "url": "{scheme}://{host}:{port}",
            "description": "`scm-server` at another address",
            "variables": {
                "scheme": {
                    "enum": ["https", "http"],
                    "default": "https",
                    "description": "HTTPS, or HTTP for a server that listens on loopback only",
                },
                "host": { "default": "localhost", "description": "The name or address of the server" },
                "port": { "default": "8443", "description": "The port of the server" },
            },
        },
        {
            "url": "https://scm.{region}.myhuaweicloud.com",
            "description": "The public cloud, for certificates. Its identity service is at \
                `https://iam.{region}.myhuaweicloud.com`. It does not have the extensions of this \
                server.",
            "variables": {
                "region": {
                    "enum": ["cn-north-4", "ap-southeast-1", "my-kualalumpur-1"],
                    "default": "ap-southeast-1",
                    "description": "The region",
                },
            },
        },
    ])
}

pub(super) fn tags() -> Value {
    json!([
        {
            "name": CERTIFICATES,
            "description": "Import, list, show, export, replace, update and delete certificates \
                with their chains and private keys.",
        },
        {
            "name": IDENTITY,
            "description": "Log-ins, tokens, projects and domains in the format of OpenStack \
                Keystone v3. A server that uses a Keystone (`--identity keystone`) answers 404 to \
                these operations: log in at the Keystone.",
        },
    ])
}
