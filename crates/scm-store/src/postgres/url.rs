//! Where a PostgreSQL is, and how to get there: the URL that people write.
//!
//! It is that of `libpq`, and several hosts may stand in it. It is stricter in two ways: TLS means that
//! the server's certificate is verified, and TLS is left out only over sockets and on loopback
//! addresses, unless the URL has `sslmode=disable`.

use std::{fmt, net::IpAddr, path::PathBuf, str::FromStr, time::Duration};

use percent_encoding::percent_decode_str;
use tokio_postgres::config::{Config, Host, SslMode, TargetSessionAttrs};

/// The time limit for connecting to one host, unless the URL has another one.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// After how long without an answer to what was sent a connection counts as broken.
const SILENCE: Duration = Duration::from_secs(10);
/// Limits that the database enforces: no statement, and no wait for a lock, continues when no caller
/// waits for it any more.
const LIMITS: &str = "-c statement_timeout=10s -c lock_timeout=5s \
                      -c idle_in_transaction_session_timeout=15s";

/// A database of PostgreSQL, as in `postgres://user:password@host:5432/database`.
///
/// Neither `Debug` nor `Display` show the password.
#[derive(Clone, PartialEq, Eq)]
pub struct PostgresUrl {
    config: Box<Config>,
    authorities: Option<PathBuf>,
}

/// Why a text is no such URL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotAPostgresUrl(String);

impl PostgresUrl {
    /// How to connect.
    pub(super) fn config(&self) -> &Config {
        &self.config
    }

    /// Whether to speak TLS, and to verify.
    pub(super) fn is_tls(&self) -> bool {
        self.config.get_ssl_mode() != SslMode::Disable
    }

    /// The file of the authorities that vouch for the database, if it is not the system's.
    pub(super) fn authorities(&self) -> Option<&PathBuf> {
        self.authorities.as_ref()
    }
}

impl FromStr for PostgresUrl {
    type Err = NotAPostgresUrl;

    fn from_str(text: &str) -> Result<Self, NotAPostgresUrl> {
        if !["postgres://", "postgresql://"].iter().any(|scheme| text.starts_with(scheme)) {
            return Err(NotAPostgresUrl("it must begin with postgres://".to_owned()));
        }
        let Parts { rest, mode, authorities } = Parts::of(text);
        let mut config = rest.parse::<Config>().map_err(|error| message(&error))?;
        let is_near = config.get_hosts().iter().all(is_near);
        config.ssl_mode(match mode.as_deref() {
            Some("disable") => SslMode::Disable,
            None if is_near && authorities.is_none() => SslMode::Disable,
            None | Some("verify-full") => SslMode::Require,
            Some(other) => return Err(NotAPostgresUrl(no_mode(other))),
        });
        if config.get_hosts().is_empty() {
            return Err(NotAPostgresUrl("it names no host".to_owned()));
        }
        complete(&mut config);
        Ok(Self { config: Box::new(config), authorities: authorities.map(PathBuf::from) })
    }
}

/// What is understood here, and what is left to the library.
struct Parts {
    rest: String,
    mode: Option<String>,
    authorities: Option<String>,
}

impl Parts {
    fn of(text: &str) -> Self {
        let (place, query) = text.split_once('?').unwrap_or((text, ""));
        let mut parts = Self { rest: place.to_owned(), mode: None, authorities: None };
        let mut joint = '?';
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            let value = || Some(percent_decode_str(value).decode_utf8_lossy().into_owned());
            match key {
                "sslmode" => parts.mode = value(),
                "sslrootcert" => parts.authorities = value(),
                _ => {
                    parts.rest.push(joint);
                    parts.rest.push_str(pair);
                    joint = '&';
                }
            }
        }
        parts
    }
}

fn complete(config: &mut Config) {
    // Whatever a server does may have to be written.
    config.target_session_attrs(TargetSessionAttrs::ReadWrite);
    if config.get_application_name().is_none() {
        config.application_name("scm-server");
    }
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(CONNECT_TIMEOUT);
    }
    if config.get_tcp_user_timeout().is_none() {
        config.tcp_user_timeout(SILENCE);
    }
    let options = config.get_options().unwrap_or_default();
    config.options(format!("{LIMITS} {options}"));
}

fn is_near(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => {
            let address = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
            address.map_or(name == "localhost", |address| address.is_loopback())
        }
        Host::Unix(_) => true,
    }
}

fn no_mode(mode: &str) -> String {
    format!(
        "sslmode={mode} is not supported: it does not verify the server's certificate; use verify-full, \
        which is the default except on this machine, or disable"
    )
}

fn message(error: &tokio_postgres::Error) -> NotAPostgresUrl {
    let cause = std::error::Error::source(error).map(ToString::to_string);
    NotAPostgresUrl(cause.unwrap_or_else(|| error.to_string()))
}

/// The hosts and the database: enough to know it by, and no secret.
impl fmt::Display for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("postgres://")?;
        let ports = self.config.get_ports();
        for (at, host) in self.config.get_hosts().iter().enumerate() {
            let comma = if at > 0 { "," } else { "" };
            match host {
                Host::Tcp(name) => write!(f, "{comma}{name}")?,
                Host::Unix(folder) => write!(f, "{comma}{}", folder.display())?,
            }
            if let Some(port) = ports.get(at).or(ports.first()) {
                write!(f, ":{port}")?;
            }
        }
        write!(f, "/{}", self.config.get_dbname().unwrap_or_default())
    }
}

impl fmt::Debug for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PostgresUrl({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> PostgresUrl {
        text.parse().unwrap()
    }

    #[test]
    fn a_url_shows_its_location_and_hides_its_password() {
        let url = url("postgres://scm:hunter2@a.example:6000,b.example:6001/certificates");
        assert_eq!(url.to_string(), "postgres://a.example:6000,b.example:6001/certificates");
        assert!(!format!("{url:?}").contains("hunter2"));
        assert_eq!(url.config().get_target_session_attrs(), TargetSessionAttrs::ReadWrite);
        assert!(url.config().get_options().unwrap().contains("statement_timeout"));
    }

    #[test]
    fn tls_is_left_out_on_this_machine_only_or_on_request() {
        for near in ["localhost", "127.0.0.1", "[::1]", "%2Frun%2Fpostgresql"] {
            assert!(!url(&format!("postgres://{near}/scm")).is_tls(), "{near}");
        }
        assert!(url("postgres://db.example/scm").is_tls());
        assert!(url("postgres://localhost,db.example/scm").is_tls());
        assert!(url("postgres://localhost/scm?sslmode=verify-full").is_tls());
        assert!(!url("postgres://db.example/scm?sslmode=disable").is_tls());
        let with = url("postgres://localhost/scm?sslrootcert=%2Fetc%2Fca.pem&connect_timeout=1");
        assert!(with.is_tls());
        assert_eq!(with.authorities(), Some(&PathBuf::from("/etc/ca.pem")));
        assert_eq!(with.config().get_connect_timeout(), Some(&Duration::from_secs(1)));
    }

    #[test]
    fn the_fault_of_a_url_is_reported() {
        let message = |text: &str| text.parse::<PostgresUrl>().unwrap_err().to_string();
        assert!(message("mysql://db/scm").contains("postgres://"));
        assert!(message("postgres://db/scm?sslmode=require").contains("verify-full"));
        assert!(message("postgres://db/scm?nonsense=1").contains("nonsense"));
        assert!(message("postgres:///scm").contains("no host"));
        assert!(!message("postgres://scm:hunter2@db:port/scm").contains("hunter2"));
    }
}
