//! Every setting, once: its flag, its variable, its key in the file, its default, its meaning.
//!
//! A flag counts before its variable, a variable before the file, the file before the default.

mod keyring;
mod keystone;
mod store;
mod values;

use std::{
    fs, io,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use clap::Args;
use scm_model::Revision;
use scm_store::{Location, NotAPostgresUrl};
use serde::Deserialize;

pub use keyring::KeyringSetting;
pub use keystone::{Identity, KeystoneRoles, KeystoneUrl, is_loopback};
pub use store::{HomeSetting, StoreSetting};
pub use values::{LogFormat, MaybeFile, Proxies, Within};

use crate::keyring::KeyringSource;

/// The arguments of `scm-server serve`.
#[derive(Debug, Args)]
pub struct ServeArguments {
    /// A TOML file with any of the settings below: the key of `--data-dir` is `data_dir`, and so on
    #[arg(long, env = "SCM_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    settings: Settings,
}

/// Declares the settings: name, type, default, variable, and what `--help` says.
macro_rules! settings {
    ($( $(#[arg($($arg:tt)*)])? $name:ident: $type:ty = $default:literal, $env:literal, $value:literal,
        $help:literal; )+) => {
        /// The settings as given, each of them perhaps not at all.
        #[derive(Debug, Default, Args, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        struct Settings {
            $(
                #[arg(long, env = $env, value_name = $value,
                    help = concat!($help, " [default: ", $default, "]"), $($($arg)*)?)]
                $name: Option<$type>,
            )+
        }

        impl Settings {
            /// These, and where they are silent, the others.
            fn or(self, others: Self) -> Self {
                Self { $( $name: self.$name.or(others.$name), )+ }
            }

            /// These, and where they are silent, the defaults.
            fn resolve(self) -> Config {
                Config { $(
                    $name: self.$name.unwrap_or_else(|| {
                        $default.parse().expect("the defaults parse, as a test shows")
                    }),
                )+ }
            }
        }

        /// Name, variable, default and type of each.
        #[cfg(test)]
        const SETTINGS: [[&str; 4]; [$( $default ),+].len()] =
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
        "Where to listen; port 0 takes a free one, which the log and credentials.json tell";
    data_dir: PathBuf = "scm-data", "SCM_DATA_DIR", "DIR",
        "The folder of the store, the keyring and credentials.json; made on the first start";
    #[arg(hide_env_values = true)]
    store: StoreSetting = "embedded", "SCM_STORE", "embedded|URL",
        "Where certificates are kept: in a file of the data folder, or in a PostgreSQL that several \
         servers may share (postgres://USER@HOST/DATABASE)";
    #[arg(hide_env_values = true)]
    keyring: KeyringSetting = "DATA_DIR/keyring.json", "SCM_KEYRING", "FILE",
        "The file of the keyring, which servers may share; the variable may also hold the text of one";
    api_revision: Revision = "2021", "SCM_API_REVISION", "2021|2025",
        "The published revision of the API: 2025 takes imports without a chain, certificates of up \
         to 12288 characters, and names of 3 to 63 letters, digits, `_`, `.`, `-`";
    #[arg(num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    accept_expired: bool = "false", "SCM_ACCEPT_EXPIRED", "BOOL",
        "Take certificates that have expired";
    #[arg(num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    require_chain: bool = "false", "SCM_REQUIRE_CHAIN", "BOOL",
        "Refuse certificates without their chain, unless they are self-signed";
    #[arg(num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    strict_bundles: bool = "false", "SCM_STRICT_BUNDLES", "BOOL",
        "Refuse certificates that TLS clients would reject (violated name constraints, unknown \
         critical extensions, no server authentication); otherwise X-Scm-Warnings names the reason";
    tls_cert: MaybeFile = "none", "SCM_TLS_CERT", "FILE",
        "The server's own certificate and chain, PEM, for HTTPS; read again on SIGHUP and within \
         10 seconds of a change";
    tls_key: MaybeFile = "none", "SCM_TLS_KEY", "FILE",
        "The key of --tls-cert, PEM";
    #[arg(num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    insecure_http: bool = "false", "SCM_INSECURE_HTTP", "BOOL",
        "Speak plain HTTP on addresses other than loopback too: for use behind a proxy that \
         speaks TLS, or with a Keystone elsewhere on a network that is trusted";
    trusted_proxies: Proxies = "none", "SCM_TRUSTED_PROXIES", "NETWORKS",
        "The networks, comma-separated, of the proxies whose X-Forwarded-For is believed";
    token_lifetime: Within<1, 31_536_000> = "86400", "SCM_TOKEN_LIFETIME", "SECONDS",
        "How long a token is good, in seconds";
    identity: Identity = "local", "SCM_IDENTITY", "local|keystone",
        "Who knows users, projects and tokens: this server, or the Keystone (or IAM) at \
         --keystone-url";
    keystone_url: KeystoneUrl = "none", "SCM_KEYSTONE_URL", "URL",
        "Where Keystone is (`https://keystone.example.com:5000`); /v3 is added if missing";
    keystone_roles: KeystoneRoles = "admin=administrator,member=full_access,reader=read_only",
        "SCM_KEYSTONE_ROLES", "NAME=ROLE,...",
        "What Keystone's roles mean: administrator, full_access or read_only; others mean nothing";
    keystone_cache: Within<0, 86_400> = "60", "SCM_KEYSTONE_CACHE", "SECONDS",
        "How long Keystone's word on a token is good, in seconds: the time until a revoked token is \
         refused at the latest";
    keystone_ca: MaybeFile = "none", "SCM_KEYSTONE_CA", "FILE",
        "The authorities that vouch for Keystone's TLS certificate, PEM, instead of the system's";
    max_connections: Within<1, 65_536> = "512", "SCM_MAX_CONNECTIONS", "COUNT",
        "How many connections may be open; further ones wait. Each may hold up to 3 MiB of \
         headers, over HTTP/2 32 times that";
    max_connections_per_address: Within<1, 65_536> = "256", "SCM_MAX_CONNECTIONS_PER_ADDRESS", "COUNT",
        "How many of them may come from one address, trusted proxies aside; further ones are closed";
    max_requests: Within<1, 65_536> = "256", "SCM_MAX_REQUESTS", "COUNT",
        "How many requests may be worked on; further ones get 429, after up to 750 ms (and 2 s more \
         for a body that does not end), and while that happens fewer are worked on, down to a \
         quarter. For log-ins there are an eighth as many places, apart, and for signed requests, \
         until their signature is compared, twice as many";
    request_timeout: Within<1, 3_600> = "30", "SCM_REQUEST_TIMEOUT", "SECONDS",
        "How long a request's head, and then its body, may take to arrive, a client may take nothing of \
         an answer, and a connection may be idle, in seconds";
    shutdown_timeout: Within<0, 3_600> = "10", "SCM_SHUTDOWN_TIMEOUT", "SECONDS",
        "How long open requests may take to finish once told to stop, in seconds";
    #[arg(num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    docs: bool = "true", "SCM_DOCS", "BOOL",
        "Show the API reference at /docs; `--docs=false` for none";
    log: String = "info", "SCM_LOG", "FILTER",
        "What to log: error, warn, info, debug or trace, also per module (scm_store=debug)";
    log_format: LogFormat = "text", "SCM_LOG_FORMAT", "text|json",
        "How to log: text for people, json for machines, a line each, on standard error";
}

impl ServeArguments {
    /// The settings that these arguments, their variables and their file give.
    ///
    /// # Errors
    /// If the file cannot be read, settings contradict each other, or plain HTTP would leave this
    /// machine without `--insecure-http`.
    pub fn config(self) -> Result<Config, ConfigError> {
        let file = self.config.as_deref().map(read).transpose()?.unwrap_or_default();
        let config = self.settings.or(file).resolve();
        config.home()?;
        config.check_identity()?;
        match (config.tls_cert.as_path(), config.tls_key.as_path()) {
            (Some(_), Some(_)) => Ok(config),
            (None, None) if config.listen.ip().is_loopback() || config.insecure_http => Ok(config),
            (None, None) => Err(ConfigError::PlainHttp(config.listen)),
            _ => Err(ConfigError::HalfTls),
        }
    }
}

impl Config {
    /// The settings of whoever works on a store and listens nowhere: those given, else those of the
    /// file, else the defaults.
    ///
    /// # Errors
    /// If the file cannot be read, or what it says of the store is nothing.
    pub fn of_store(
        file: Option<&Path>,
        data_dir: Option<PathBuf>,
        store: Option<StoreSetting>,
        keyring: Option<KeyringSetting>,
        identity: Option<Identity>,
    ) -> Result<Self, ConfigError> {
        let file = file.map(read).transpose()?.unwrap_or_default();
        let given = Settings { data_dir, store, keyring, identity, ..Settings::default() };
        let config = given.or(file).resolve();
        config.home()?;
        Ok(config)
    }

    /// Where certificates are kept.
    ///
    /// # Errors
    /// If the setting is neither `embedded` nor a URL; only before the settings were checked.
    pub fn home(&self) -> Result<Location, ConfigError> {
        self.store.home(&self.data_dir).map_err(ConfigError::Store)
    }

    /// Where the keyring is.
    pub fn keyring(&self) -> KeyringSource {
        self.keyring.source(&self.data_dir)
    }

    /// The files of the server's own certificate and key, if it is to speak TLS.
    pub fn tls(&self) -> Option<(&Path, &Path)> {
        self.tls_cert.as_path().zip(self.tls_key.as_path())
    }

    /// The file of the authorities that vouch for Keystone, if it is not the system's.
    pub fn keystone_ca(&self) -> Option<&Path> {
        self.keystone_ca.as_path()
    }

    fn check_identity(&self) -> Result<(), ConfigError> {
        match (self.identity, self.keystone_url.as_url()) {
            (Identity::Local, None) => Ok(()),
            (Identity::Local, Some(_)) => Err(ConfigError::IdleKeystone),
            (Identity::Keystone, None) => Err(ConfigError::NoKeystone),
            (Identity::Keystone, Some(url))
                if url.scheme() == "https" || is_loopback(url) || self.insecure_http =>
            {
                Ok(())
            }
            (Identity::Keystone, Some(url)) => Err(ConfigError::PlainKeystone(url.to_string())),
        }
    }
}

fn read(file: &Path) -> Result<Settings, ConfigError> {
    let text = fs::read_to_string(file)
        .map_err(|source| ConfigError::Unreadable { file: file.to_owned(), source })?;
    toml::from_str(&text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        // All that the error shows would show the line, too, and a password in it.
        ConfigError::Malformed { file: file.to_owned(), line, what: error.message().to_owned() }
    })
}

/// Why settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the settings in {}", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The file is not what it should be.
    #[error("cannot use the settings in {}, line {line}: {what}", file.display())]
    Malformed {
        /// The file.
        file: PathBuf,
        /// Where in it, from 1 on.
        line: usize,
        /// Why not, without what stands there.
        what: String,
    },
    /// The store is neither the embedded one nor a PostgreSQL.
    #[error("--store is neither `embedded` nor the URL of a PostgreSQL")]
    Store(#[source] NotAPostgresUrl),
    /// A certificate without a key, or a key without a certificate.
    #[error("--tls-cert and --tls-key go together; give both, or none for plain HTTP")]
    HalfTls,
    /// Tokens and private keys would cross a network in the clear.
    #[error(
        "{0} is not a loopback address, and plain HTTP would send private keys over the network in \
         the clear; give --tls-cert and --tls-key, or listen on 127.0.0.1, or, behind a proxy that \
         speaks TLS, add --insecure-http"
    )]
    PlainHttp(SocketAddr),
    /// Keystone is to know the users, but nobody said where it is.
    #[error("identity is keystone, but nothing says where Keystone is; give --keystone-url")]
    NoKeystone,
    /// Somebody said where Keystone is, but it would not be asked.
    #[error(
        "keystone_url is set, but identity is local, so that Keystone would not be asked; give \
         --identity keystone, or no --keystone-url"
    )]
    IdleKeystone,
    /// Tokens would cross a network in the clear, and anybody there could answer for Keystone.
    #[error(
        "{0} is plain HTTP to another machine: whoever sits between could read tokens, and let \
         themselves in by answering for Keystone; give an https URL, or, on a network that you \
         trust, add --insecure-http"
    )]
    PlainKeystone(String),
}

#[cfg(test)]
mod tests;
