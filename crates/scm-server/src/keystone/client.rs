//! A client of Keystone: `GET /v3/auth/tokens` of the Identity API v3, which the cloud's IAM has too.
//!
//! A token validates itself: it is sent as `X-Auth-Token` and as `X-Subject-Token`, which both services
//! allow. So this server needs no account there and no secret.

use std::{fs, io, path::PathBuf, time::Duration};

use http::{HeaderName, HeaderValue, StatusCode, header::ACCEPT};
use reqwest::{Certificate, ClientBuilder, Response, Url, redirect::Policy};
use scm_model::identity::SUBJECT_TOKEN;
use serde::Deserialize;
use time::{OffsetDateTime, serde::rfc3339};

use crate::{
    config::{Config, is_loopback},
    headers::AUTH_TOKEN,
};

/// The time limit of a connection attempt.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// The most bytes of a response. Without a catalog it has about 1,000.
const RESPONSE_BYTES: usize = 256 * 1024;

/// A client of one Keystone.
#[derive(Debug)]
pub struct Client {
    http: reqwest::Client,
    url: Url,
}

/// Why a client cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum KeystoneError {
    /// The file of CA certificates cannot be read.
    #[error("cannot read {}", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The file of CA certificates has none.
    #[error("{} holds no certificates in PEM", .0.display())]
    NoAuthorities(PathBuf),
    /// The HTTP client cannot be built.
    #[error("cannot set up the HTTP client")]
    SetUp(#[source] reqwest::Error),
}

/// Why Keystone did not validate a token.
#[derive(Debug, thiserror::Error)]
pub enum Unavailable {
    /// There is no connection, or it broke.
    #[error("the request to Keystone failed")]
    Unreachable(#[from] reqwest::Error),
    /// The time limit was reached.
    #[error("Keystone did not answer within {} s", .0.as_secs())]
    Slow(Duration),
    /// The status is neither success nor that the token is unknown.
    #[error("Keystone answered {0}")]
    Status(StatusCode),
    /// The response is too long.
    #[error("the response of Keystone has more than {RESPONSE_BYTES} bytes")]
    Long,
    /// The response does not describe a token.
    #[error("the response of Keystone is unreadable at line {line}, column {column}")]
    Unreadable {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
}

/// A valid token.
#[derive(Debug, Deserialize)]
pub struct Token {
    /// When it expires.
    #[serde(with = "rfc3339")]
    pub expires_at: OffsetDateTime,
    /// The user.
    pub user: User,
    /// The project, if it is for one.
    pub project: Option<Id>,
    /// The roles of the user in the project.
    #[serde(default)]
    pub roles: Vec<Name>,
}

/// A user.
#[derive(Debug, Deserialize)]
pub struct User {
    /// The id.
    pub id: String,
    /// The domain that the user belongs to.
    pub domain: Id,
}

/// A reference by id.
#[derive(Debug, Deserialize)]
pub struct Id {
    /// The id.
    pub id: String,
}

/// A reference by name.
#[derive(Debug, Deserialize)]
pub struct Name {
    /// The name.
    pub name: String,
}

#[derive(Deserialize)]
struct TokenResponse {
    token: Token,
}

impl Client {
    /// The Keystone of the settings, if they name one.
    ///
    /// # Errors
    /// Every [`KeystoneError`].
    pub fn of(config: &Config) -> Result<Option<Self>, KeystoneError> {
        let Some(url) = config.keystone_url.as_url() else { return Ok(None) };
        let http = reqwest::Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .redirect(Policy::none())
            .user_agent(concat!("scm-server/", env!("CARGO_PKG_VERSION")));
        let http = trusting(http, config)?;
        // A request to this machine must not go to a proxy.
        let http = if is_loopback(url) { http.no_proxy() } else { http };
        let http = http.build().map_err(KeystoneError::SetUp)?;
        let url = format!("{url}/auth/tokens?nocatalog=true");
        let url = Url::parse(&url).expect("a URL without a query takes a path and a query");
        Ok(Some(Self { http, url }))
    }

    /// The URL where users log in.
    pub fn log_in_url(&self) -> &str {
        self.url.as_str().trim_end_matches("?nocatalog=true")
    }

    /// Validates a token. Returns `None` if it is unknown, has expired or was revoked.
    ///
    /// # Errors
    /// Every [`Unavailable`] but [`Unavailable::Slow`]: the time limit is the caller's.
    pub async fn validate(&self, token: HeaderValue) -> Result<Option<Token>, Unavailable> {
        let request = self.http.get(self.url.clone()).header(ACCEPT, "application/json");
        let request = sensitive([AUTH_TOKEN, SUBJECT_TOKEN], &token)
            .into_iter()
            .fold(request, |request, (name, value)| request.header(name, value));
        let response = request.send().await?;
        match response.status() {
            StatusCode::OK => Ok(Some(read(&whole(response).await?)?)),
            StatusCode::UNAUTHORIZED | StatusCode::NOT_FOUND => Ok(None),
            status => Err(Unavailable::Status(status)),
        }
    }
}

/// The client with the CA certificates of the settings, or else those of the system.
fn trusting(http: ClientBuilder, config: &Config) -> Result<ClientBuilder, KeystoneError> {
    let plain = config.keystone_url.as_url().is_some_and(|url| url.scheme() == "http");
    let Some(file) = config.keystone_ca() else {
        // Without TLS the system needs no root certificates, as small containers often have none.
        return Ok(if plain { http.tls_certs_only([]) } else { http });
    };
    let text = fs::read(file)
        .map_err(|source| KeystoneError::Unreadable { file: file.to_owned(), source })?;
    let authorities = Certificate::from_pem_bundle(&text).unwrap_or_default();
    if authorities.is_empty() {
        return Err(KeystoneError::NoAuthorities(file.to_owned()));
    }
    Ok(http.tls_certs_only(authorities))
}

fn sensitive<const N: usize>(
    names: [HeaderName; N],
    token: &HeaderValue,
) -> [(HeaderName, HeaderValue); N] {
    let mut token = token.clone();
    token.set_sensitive(true);
    names.map(|name| (name, token.clone()))
}

async fn whole(mut response: Response) -> Result<Vec<u8>, Unavailable> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > RESPONSE_BYTES {
            return Err(Unavailable::Long);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn read(body: &[u8]) -> Result<Token, Unavailable> {
    let response: Result<TokenResponse, _> = serde_json::from_slice(body);
    response
        .map(|response| response.token)
        .map_err(|error| Unavailable::Unreadable { line: error.line(), column: error.column() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_of_keystone_and_of_the_cloud_are_read() {
        let body = br#"{"token": {"methods": ["password"], "expires_at":
            "2026-01-04T09:05:22.701000Z", "user": {"id": "u", "domain": {"id": "d"}}, "project":
            {"id": "p", "name": "x", "domain": {"id": "d"}}, "roles": [{"id": "1", "name": "a"}],
            "catalog": [], "is_domain": false}}"#;
        let token = read(body).unwrap();
        assert_eq!(token.expires_at.unix_timestamp(), 1_767_517_522);
        assert_eq!((token.user.id, token.project.unwrap().id), ("u".into(), "p".into()));
        assert_eq!(token.roles[0].name, "a");
    }

    #[test]
    fn a_token_without_a_project_or_roles_is_read() {
        let body = br#"{"token": {"expires_at": "2026-01-04T09:05:22Z", "user":
            {"id": "u", "domain": {"id": "d"}}}}"#;
        let token = read(body).unwrap();
        assert!(token.project.is_none() && token.roles.is_empty());
    }

    #[test]
    fn any_other_response_is_refused_and_not_shown() {
        for body in ["", "<html>", "{}", r#"{"token": {"user": "s3cret", "expires_at": "x"}}"#] {
            let error = read(body.as_bytes()).unwrap_err();
            assert!(matches!(error, Unavailable::Unreadable { .. }), "{error:?}");
            assert!(!format!("{error} {error:?}").contains("s3cret"));
        }
    }
}
