//! Setting up a client.

use std::{net::IpAddr, time::Duration};

use http::{HeaderMap, HeaderValue, header::ACCEPT};
use reqwest::{Url, redirect::Policy};
use scm_model::SecretText;

use crate::{Client, Error, LogIn, endpoint::Endpoint, session::Session};

/// A client in the making.
#[derive(Debug)]
pub struct Builder {
    base_url: String,
    token: Option<SecretText>,
    log_in: Option<LogIn>,
    connect_timeout: Duration,
    timeout: Duration,
    user_agent: String,
}

impl Builder {
    pub(crate) fn new(base_url: String) -> Self {
        Self {
            base_url,
            token: None,
            log_in: None,
            connect_timeout: Duration::from_secs(5),
            timeout: Duration::from_secs(30),
            user_agent: concat!("scm-client/", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }

    /// A token to start with. Without a [`log_in`](Self::log_in) it is all there is: when it ends,
    /// calls are refused.
    pub fn token(mut self, token: SecretText) -> Self {
        self.token = Some(token);
        self
    }

    /// How to get a token, at first and again.
    pub fn log_in(mut self, log_in: LogIn) -> Self {
        self.log_in = Some(log_in);
        self
    }

    /// How long making a connection may take; by default 5 s.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// How long one try of a request may take, from connecting to the end of the answer; by default
    /// 30 s.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// What the client calls itself; by default `scm-client/` and its version.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = user_agent.into();
        self
    }

    /// The client. Nothing is sent yet.
    ///
    /// # Errors
    /// [`Error::Address`], [`Error::TokenMalformed`] or [`Error::SetUp`].
    pub fn build(self) -> Result<Client, Error> {
        let url = address(&self.base_url)?;
        let http = self.http(&url)?;
        let session = Session::new(self.token.as_ref(), self.log_in)?;
        let url = url.as_str().trim_end_matches('/').to_owned();
        Ok(Client::of(Endpoint { http, url }, session))
    }

    fn http(&self, url: &Url) -> Result<reqwest::Client, Error> {
        let json = HeaderValue::from_static("application/json");
        let mut http = reqwest::Client::builder()
            .connect_timeout(self.connect_timeout)
            .timeout(self.timeout)
            .user_agent(&self.user_agent)
            .default_headers(HeaderMap::from_iter([(ACCEPT, json)]))
            .redirect(Policy::none());
        if url.scheme() == "http" {
            // No TLS, so no need for the system to have root certificates, as small containers
            // often have none.
            http = http.tls_certs_only([]);
        }
        if is_loopback(url) {
            // What is meant for this machine shall not leave it.
            http = http.no_proxy();
        }
        http.build().map_err(|error| Error::SetUp(error.without_url().into()))
    }
}

/// The server's URL, if it is one to which a path can be added and which holds no secret.
fn address(text: &str) -> Result<Url, Error> {
    let url = Url::parse(text)
        .map_err(|_| Error::Address("it must be a URL such as https://scm.example.com"))?;
    let wrong = |why| Err(Error::Address(why));
    match () {
        () if !matches!(url.scheme(), "http" | "https") => {
            wrong("it must begin with http:// or https://")
        }
        () if !url.username().is_empty() || url.password().is_some() => {
            wrong("it must not hold a user or a password")
        }
        () if url.query().is_some() || url.fragment().is_some() => {
            wrong("it must not have a query or a fragment")
        }
        () => Ok(url),
    }
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    address.map_or(host == "localhost", |address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_of_a_server_and_no_more() {
        let client = |text: &str| Builder::new(text.to_owned()).build();
        assert!(client("http://127.0.0.1:8443").is_ok());
        assert!(client("https://scm.example.com/under/").is_ok());
        for wrong in ["", "scm.example.com", "ftp://x", "https://x/?a", "https://x/#a"] {
            assert!(matches!(client(wrong), Err(Error::Address(_))), "{wrong}");
        }
        let with_password = client("https://admin:s3cret@scm.example.com").unwrap_err();
        assert!(!format!("{with_password:?} {with_password}").contains("s3cret"));
    }

    #[test]
    fn this_machine_is_known_by_its_names() {
        for (url, own) in [
            ("http://localhost:1", true),
            ("http://127.8.9.1", true),
            ("http://[::1]:8443", true),
            ("http://localhost.example.com", false),
            ("http://192.0.2.1", false),
        ] {
            assert_eq!(is_loopback(&Url::parse(url).unwrap()), own, "{url}");
        }
    }
}
