//! The settings: flag, variable, key in the file, default and meaning of each, once.

use std::{net::SocketAddr, path::PathBuf};

use clap::Args;
use scm_model::Revision;
use serde::Deserialize;

use super::{
    Identity, KeyringSetting, KeystoneRoles, KeystoneUrl, LogFormat, MaybeFile, Proxies,
    StoreSetting, Within,
};

/// Declares the settings: name, type, default, variable, placeholder, and the text of `--help`.
macro_rules! settings {
    ($( $(#[arg($($arg:tt)*)])? $name:ident: $type:ty = $default:literal, $env:literal, $value:literal,
        $help:literal; )+) => {
        /// The settings of one source, which may lack any of them.
        #[derive(Debug, Default, Args, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub(super) struct Settings {
            $(
                #[arg(long, env = $env, value_name = $value,
                    help = concat!($help, " [default: ", $default, "]"), $($($arg)*)?)]
                pub(super) $name: Option<$type>,
            )+
        }

        impl Settings {
            /// Fills in missing settings from another source.
            pub(super) fn or(self, others: Self) -> Self {
                Self { $( $name: self.$name.or(others.$name), )+ }
            }

            /// Fills in missing settings with the defaults.
            pub(super) fn resolve(self) -> Config {
                Config { $(
                    $name: self.$name.unwrap_or_else(|| {
                        $default.parse().expect("the defaults parse, as a test shows")
                    }),
                )+ }
            }
        }

        /// Name, variable, default and type of each setting.
        #[cfg(test)]
        pub(super) const SETTINGS: [[&str; 4]; [$( $default ),+].len()] =
            [$( [stringify!($name), $env, $default, stringify!($type)] ),+];

        /// The settings that a server runs with.
        #[derive(Debug, Clone)]
        pub struct Config {
            $( #[doc = $help] pub $name: $type, )+
        }
    };
}

settings! {
    listen: SocketAddr = "127.0.0.1:8443", "SCM_LISTEN", "ADDRESS:PORT",
        "The address to listen on. Port 0 selects a free port, which the log and credentials.json show";
    data_dir: PathBuf = "scm-data", "SCM_DATA_DIR", "DIR",
        "The folder of the store, the keyring and credentials.json. The first start creates it";
    #[arg(hide_env_values = true)]
    store: StoreSetting = "embedded", "SCM_STORE", "embedded|URL",
        "The store: a file in the data folder, or a PostgreSQL database that several servers can share \
         (postgres://USER@HOST/DATABASE)";
    #[arg(hide_env_values = true)]
    keyring: KeyringSetting = "DATA_DIR/keyring.json", "SCM_KEYRING", "FILE",
        "The keyring file, which servers can share. The variable can also hold the text of a keyring";
    api_revision: Revision = "2021", "SCM_API_REVISION", "2021|2025",
        "The published revision of the API. 2025 accepts imports without a chain, certificates of up \
         to 12288 characters, and names of 3 to 63 letters, digits, `_`, `.`, `-`";
    #[arg(num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    accept_expired: bool = "false", "SCM_ACCEPT_EXPIRED", "BOOL",
        "Accept expired certificates";
    #[arg(num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    require_chain: bool = "false", "SCM_REQUIRE_CHAIN", "BOOL",
        "Refuse certificates without their chain, unless they are self-signed";
    #[arg(num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    strict_bundles: bool = "false", "SCM_STRICT_BUNDLES", "BOOL",
        "Refuse certificates that TLS clients would reject (violated name constraints, unknown \
         critical extensions, no server authentication); otherwise X-Scm-Warnings names the reason";
    tls_cert: MaybeFile = "none", "SCM_TLS_CERT", "FILE",
        "The server's certificate and chain, PEM, for HTTPS. It is read again on SIGHUP and within 10 \
         seconds of a change";
    tls_key: MaybeFile = "none", "SCM_TLS_KEY", "FILE",
        "The private key of --tls-cert, PEM";
    #[arg(num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    insecure_http: bool = "false", "SCM_INSECURE_HTTP", "BOOL",
        "Allow plain HTTP on addresses other than loopback, for a proxy that terminates TLS, and to a \
         Keystone on a trusted network";
    trusted_proxies: Proxies = "none", "SCM_TRUSTED_PROXIES", "NETWORKS",
        "The networks of trusted proxies, comma-separated. Their X-Forwarded-For header is used";
    token_lifetime: Within<1, 31_536_000> = "86400", "SCM_TOKEN_LIFETIME", "SECONDS",
        "The lifetime of a token, in seconds";
    identity: Identity = "local", "SCM_IDENTITY", "local|keystone",
        "Where users, projects and tokens are: in this server's store, or in the Keystone (or IAM) at \
         --keystone-url";
    keystone_url: KeystoneUrl = "none", "SCM_KEYSTONE_URL", "URL",
        "The URL of Keystone (`https://keystone.example.com:5000`). /v3 is added if it is missing";
    keystone_roles: KeystoneRoles = "admin=administrator,member=full_access,reader=read_only",
        "SCM_KEYSTONE_ROLES", "NAME=ROLE,...",
        "The role here (administrator, full_access, read_only) for each role of Keystone. Others are ignored";
    keystone_cache: Within<0, 86_400> = "60", "SCM_KEYSTONE_CACHE", "SECONDS",
        "How long a validated token is cached, in seconds. A revoked token is refused after this time \
         at the latest";
    keystone_ca: MaybeFile = "none", "SCM_KEYSTONE_CA", "FILE",
        "The CA certificates for Keystone's TLS certificate, PEM, instead of those of the system";
    max_connections: Within<1, 65_536> = "512", "SCM_MAX_CONNECTIONS", "COUNT",
        "The limit of open connections. A further one takes the place of the one that is longest \
         without an authenticated request, of the address with most, and waits if there is none. Each \
         can hold up to 3 MiB of headers, over HTTP/2 32 times that";
    max_connections_per_address: Within<1, 65_536> = "256", "SCM_MAX_CONNECTIONS_PER_ADDRESS", "COUNT",
        "The limit of open connections from one address, except trusted proxies. A further one takes \
         the place of its longest idle one, and is closed if there is none";
    max_requests: Within<1, 65_536> = "256", "SCM_MAX_REQUESTS", "COUNT",
        "The limit of requests in progress of one user; an eighth more is for others. Further ones get \
         status 429 after up to 750 ms (and 2 s more for a body that does not end); meanwhile the limit \
         is lower, down to a quarter. Twice as many bodies can be on their way, and twice as many \
         signed requests until their signature is verified";
    request_timeout: Within<1, 3_600> = "30", "SCM_REQUEST_TIMEOUT", "SECONDS",
        "The time limit, in seconds, for the head of a request, for its body, for a client that accepts \
         nothing of a response, and for an idle connection";
    shutdown_timeout: Within<0, 3_600> = "10", "SCM_SHUTDOWN_TIMEOUT", "SECONDS",
        "How long open requests can take to finish at a shutdown, in seconds";
    #[arg(num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    docs: bool = "true", "SCM_DOCS", "BOOL",
        "Serve the API reference at /docs. `--docs=false` disables it";
    log: String = "info", "SCM_LOG", "FILTER",
        "The log level: error, warn, info, debug or trace, also per module (scm_store=debug)";
    log_format: LogFormat = "text", "SCM_LOG_FORMAT", "text|json",
        "The log format on standard error: text, or one JSON object per line";
}
