//! Keystone on the wire: `GET /v3/auth/tokens`, as the Identity API v3 and the cloud's IAM have it.
//!
//! A token validates itself: it stands in `X-Auth-Token` as well as in `X-Subject-Token`, which both
//! services allow, so this server needs no account there and holds no secret of its own.

use std::{fs, io, path::PathBuf, time::Duration};

use http::{HeaderName, HeaderValue, StatusCode, header::ACCEPT};
use reqwest::{Certificate, Client, ClientBuilder, Response, Url, redirect::Policy};
use scm_model::identity::SUBJECT_TOKEN;
use serde::Deserialize;
use time::{OffsetDateTime, serde::rfc3339};

use crate::{
    auth::AUTH_TOKEN,
    config::{Config, is_loopback},
};

/// How long making a connection may take.
const CONNECTING: Duration = Duration::from_secs(3);

/// How many bytes an answer may have. Without its catalog it has about 1,000.
const ANSWER: usize = 256 * 1024;

/// A Keystone to ask.
#[derive(Debug)]
pub struct Service {
    http: Client,
    url: Url,
}

/// Why Keystone cannot be asked at all.
#[derive(Debug, thiserror::Error)]
pub enum KeystoneError {
    /// The authorities cannot be read.
    #[error("cannot read {}", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The file of the authorities holds none.
    #[error("{} holds no certificates in PEM", .0.display())]
    NoAuthorities(PathBuf),
    /// The library refuses.
    #[error("cannot set up a client of Keystone")]
    SetUp(#[source] reqwest::Error),
}

/// Why Keystone has not said anything of a token.
#[derive(Debug, thiserror::Error)]
pub enum Away {
    /// There is no connection, or it broke.
    #[error("cannot ask Keystone")]
    Unreachable(#[from] reqwest::Error),
    /// It took too long.
    #[error("Keystone did not answer within {} s", .0.as_secs())]
    Slow(Duration),
    /// It answered with a status that says nothing of the token.
    #[error("Keystone answered {0}")]
    Status(StatusCode),
    /// It answered at too great length.
    #[error("Keystone's answer has more than {ANSWER} bytes")]
    Long,
    /// It answered something else than what a token is.
    #[error("Keystone's answer is unreadable at line {line}, column {column}")]
    Unreadable {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
}

/// What Keystone says of a token that is good.
#[derive(Debug, Deserialize)]
pub struct Token {
    /// Until when it is good.
    #[serde(with = "rfc3339")]
    pub expires_at: OffsetDateTime,
    /// Whose it is.
    pub user: User,
    /// For which project, if it is for one.
    pub project: Option<Id>,
    /// Which roles its owner has there.
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

/// Something by its id.
#[derive(Debug, Deserialize)]
pub struct Id {
    /// The id.
    pub id: String,
}

/// Something by its name.
#[derive(Debug, Deserialize)]
pub struct Name {
    /// The name.
    pub name: String,
}

#[derive(Deserialize)]
struct Answer {
    token: Token,
}

impl Service {
    /// The Keystone of the settings, if they name one.
    ///
    /// # Errors
    /// Every [`KeystoneError`].
    pub fn of(config: &Config) -> Result<Option<Self>, KeystoneError> {
        let Some(url) = config.keystone_url.as_url() else { return Ok(None) };
        let http = Client::builder()
            .connect_timeout(CONNECTING)
            .redirect(Policy::none())
            .user_agent(concat!("scm-server/", env!("CARGO_PKG_VERSION")));
        let http = trusting(http, config)?;
        // What is meant for this machine shall not leave it.
        let http = if is_loopback(url) { http.no_proxy() } else { http };
        let http = http.build().map_err(KeystoneError::SetUp)?;
        let url = format!("{url}/auth/tokens?nocatalog=true");
        let url = Url::parse(&url).expect("a URL without a query takes a path and a query");
        Ok(Some(Self { http, url }))
    }

    /// Where people log in.
    pub fn log_in(&self) -> &str {
        self.url.as_str().trim_end_matches("?nocatalog=true")
    }

    /// What a token is: nothing, if it is unknown, has expired or was revoked.
    ///
    /// # Errors
    /// Every [`Away`] but that of time, which is for the caller to keep.
    pub async fn validate(&self, token: HeaderValue) -> Result<Option<Token>, Away> {
        let request = self.http.get(self.url.clone()).header(ACCEPT, "application/json");
        let request = sensitive([AUTH_TOKEN, SUBJECT_TOKEN], &token)
            .into_iter()
            .fold(request, |request, (name, value)| request.header(name, value));
        let response = request.send().await?;
        match response.status() {
            StatusCode::OK => Ok(Some(read(&whole(response).await?)?)),
            StatusCode::UNAUTHORIZED | StatusCode::NOT_FOUND => Ok(None),
            status => Err(Away::Status(status)),
        }
    }
}

/// The client with the authorities of the settings, or else the system's.
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

async fn whole(mut response: Response) -> Result<Vec<u8>, Away> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > ANSWER {
            return Err(Away::Long);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn read(body: &[u8]) -> Result<Token, Away> {
    let answer: Result<Answer, _> = serde_json::from_slice(body);
    answer
        .map(|answer| answer.token)
        .map_err(|error| Away::Unreadable { line: error.line(), column: error.column() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_as_keystone_and_the_cloud_write_it() {
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
    fn without_a_project_or_roles_it_is_a_token_all_the_same() {
        let body = br#"{"token": {"expires_at": "2026-01-04T09:05:22Z", "user":
            {"id": "u", "domain": {"id": "d"}}}}"#;
        let token = read(body).unwrap();
        assert!(token.project.is_none() && token.roles.is_empty());
    }

    #[test]
    fn anything_else_is_not_read_and_not_repeated() {
        for body in ["", "<html>", "{}", r#"{"token": {"user": "s3cret", "expires_at": "x"}}"#] {
            let error = read(body.as_bytes()).unwrap_err();
            assert!(matches!(error, Away::Unreadable { .. }), "{error:?}");
            assert!(!format!("{error} {error:?}").contains("s3cret"));
        }
    }
}
