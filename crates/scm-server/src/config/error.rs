//! Errors of the settings.

use std::{io, net::SocketAddr, path::PathBuf};

use scm_store::NotAPostgresUrl;

/// Why settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the settings in {}", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// The file is no TOML, or has a key or value that is not allowed.
    #[error("cannot use the settings in {}, line {line}: {what}", file.display())]
    Malformed {
        /// The file.
        file: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The reason, without the text of the line.
        what: String,
    },
    /// The store is neither `embedded` nor the URL of a PostgreSQL.
    #[error("--store is neither `embedded` nor the URL of a PostgreSQL")]
    Store(#[source] NotAPostgresUrl),
    /// A certificate without a key, or a key without a certificate.
    #[error("--tls-cert and --tls-key go together; set both, or neither for plain HTTP")]
    HalfTls,
    /// Tokens and private keys would cross a network unencrypted.
    #[error(
        "{0} is not a loopback address, and plain HTTP would send private keys unencrypted; set \
         --tls-cert and --tls-key, or listen on 127.0.0.1, or, behind a proxy that terminates TLS, set \
         --insecure-http"
    )]
    PlainHttp(SocketAddr),
    /// Users are in a Keystone, but its URL is missing.
    #[error("identity is keystone, but the URL of Keystone is missing; set --keystone-url")]
    NoKeystone,
    /// There is a URL of Keystone, which would not be used.
    #[error(
        "keystone_url is set, but identity is local, so Keystone would not be used; set --identity \
         keystone, or remove --keystone-url"
    )]
    IdleKeystone,
    /// Tokens would cross a network unencrypted, and a machine there could impersonate Keystone.
    #[error(
        "{0} is plain HTTP to another machine: an attacker on the network could read tokens and \
         impersonate Keystone; set an https URL, or, on a trusted network, --insecure-http"
    )]
    PlainKeystone(String),
}
