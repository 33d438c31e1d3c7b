//! What the document says of the API as a whole.

use serde_json::{Value, json};

use crate::{Revision, limits};

/// The tag of everything about certificates.
pub(super) const CERTIFICATES: &str = "certificates";

/// The tag of everything about who is who.
pub(super) const IDENTITY: &str = "identity";

pub(super) fn info(revision: Revision) -> Value {
    json!({
        "title": "SCM",
        "description": format!(
            "The SSL Certificate Manager API, v3, in its revision of {revision}, as `scm-server` \
             speaks it.\n\n\
             Lengths are counted in Unicode characters. Fields that are not described are ignored, \
             and an optional field that is null counts as absent. A request body may have {} \
             bytes. Times are UTC. Every answer to a request that could be read carries \
             `X-Request-Id`; a head of more than 3 MiB or with more than 100 headers cannot, and gets \
             431 without a body.\n\n\
             A refusal has a code and words; the words name everything that is wrong. What each code \
             means and what to do about it stands in `x-error-codes`. Take codes as texts that \
             may be new.",
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
            "description": "`scm-server` as it starts by default",
        },
        {
            "url": "{scheme}://{host}:{port}",
            "description": "`scm-server` anywhere",
            "variables": {
                "scheme": {
                    "enum": ["https", "http"],
                    "default": "https",
                    "description": "HTTPS, unless the server listens on loopback only",
                },
                "host": { "default": "localhost", "description": "Its name or address" },
                "port": { "default": "8443", "description": "Its port" },
            },
        },
        {
            "url": "https://scm.{region}.myhuaweicloud.com",
            "description": "The public cloud, for certificates. Identity is at \
                `https://iam.{region}.myhuaweicloud.com` there, and additions of this server are \
                not there.",
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
            "description": "Certificates with their chains and private keys: imported, listed, \
                shown, exported, replaced, renamed and deleted.",
        },
        {
            "name": IDENTITY,
            "description": "Who is who, as OpenStack's Keystone v3 has it: logging in, tokens, \
                projects and domains. A server whose users are those of a Keystone (`--identity \
                keystone`) answers 404 here: log in there.",
        },
    ])
}
