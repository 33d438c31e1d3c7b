//! Setting up a client.

use std::time::Duration;

use http::{HeaderMap, HeaderValue, header::ACCEPT};
use reqwest::{Certificate, Url, redirect::Policy};
use scm_model::{Credentials, SecretText};

use crate::{
    Client, Error, LogIn, Region,
    access_key::AccessKey,
    address::{address, is_cloud, is_loopback},
    client::{Inner, Proof},
    endpoint::Endpoint,
    session::Session,
};

/// A client in the making.
#[derive(Debug)]
pub struct Builder {
    base_url: String,
    identity_url: Option<String>,
    access_key: Option<(String, SecretText)>,
    project_id: Option<String>,
    roots: Option<String>,
    token: Option<SecretText>,
    log_in: Option<LogIn>,
    connect_timeout: Duration,
    timeout: Duration,
    user_agent: String,
    imports_are_remembered: Option<bool>,
}

impl Client {
    /// A client of the server at `base_url`, such as `https://scm.example.com`, to be set up.
    pub fn builder(base_url: impl Into<String>) -> Builder {
        Builder::new(base_url.into())
    }

    /// A client of the public cloud in a region, to be set up with an access key or a log-in.
    pub fn in_region(region: Region) -> Builder {
        Builder::new(region.scm_url()).identity_url(region.identity_url())
    }

    /// A client of the server that wrote these credentials: it starts with their token and logs in
    /// again when that is old.
    ///
    /// # Errors
    /// [`Error::Address`], [`Error::TokenMalformed`] or [`Error::SetUp`].
    pub fn from_credentials(credentials: &Credentials) -> Result<Self, Error> {
        Self::builder(&credentials.base_url)
            .token(credentials.token.secret_str().to_owned().into())
            .log_in(LogIn::from(credentials))
            .build()
    }
}

impl Builder {
    fn new(base_url: String) -> Self {
        Self {
            base_url,
            identity_url: None,
            access_key: None,
            project_id: None,
            roots: None,
            token: None,
            log_in: None,
            connect_timeout: Duration::from_secs(5),
            timeout: Duration::from_secs(30),
            user_agent: concat!("scm-client/", env!("CARGO_PKG_VERSION")).to_owned(),
            imports_are_remembered: None,
        }
    }

    /// An access key and its secret: every request is signed, nobody logs in, and a token or a
    /// log-in is not used.
    pub fn access_key(mut self, id: impl Into<String>, secret: SecretText) -> Self {
        self.access_key = Some((id.into(), secret));
        self
    }

    /// The id of the project that signed requests are about. Our server's access keys belong to
    /// one project, and need none; a token has its own.
    pub fn project_id(mut self, project_id: impl Into<String>) -> Self {
        self.project_id = Some(project_id.into());
        self
    }

    /// Where to log in, if that is another server: a Keystone, or the cloud's IAM.
    pub fn identity_url(mut self, url: impl Into<String>) -> Self {
        self.identity_url = Some(url.into());
        self
    }

    /// The certificates of the authorities to trust, PEM, one or more: these alone, not those of
    /// the system.
    pub fn root_certificates(mut self, pem: impl Into<String>) -> Self {
        self.roots = Some(pem.into());
        self
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

    /// Whether the server keeps an import once that is sent again with its `Idempotency-Key`, so that
    /// it may be when its answer was lost. By default it is taken to, unless it is the public cloud.
    pub fn imports_are_remembered(mut self, remembered: bool) -> Self {
        self.imports_are_remembered = Some(remembered);
        self
    }

    /// The client. Nothing is sent yet.
    ///
    /// # Errors
    /// [`Error::Address`], [`Error::TokenMalformed`], [`Error::Unsigned`], [`Error::Roots`] or
    /// [`Error::SetUp`].
    pub fn build(mut self) -> Result<Client, Error> {
        let scm = self.endpoint(&self.base_url)?;
        let identity = match &self.identity_url {
            Some(url) => self.endpoint(url)?,
            None => scm.clone(),
        };
        let proof = match self.access_key.take() {
            Some((id, secret)) => {
                Proof::Signature(AccessKey::new(id, &secret, self.project_id.as_deref())?)
            }
            None => Proof::Token(Session::new(self.token.as_ref(), self.log_in.take())?),
        };
        Ok(Client::of(Inner { scm, identity, proof }))
    }

    fn endpoint(&self, url: &str) -> Result<Endpoint, Error> {
        let url = address(url)?;
        let http = self.http(&url)?;
        let exposed = url.scheme() == "http" && !is_loopback(&url);
        let remembers_imports = self.imports_are_remembered.unwrap_or_else(|| !is_cloud(&url));
        let url = url.as_str().trim_end_matches('/').to_owned();
        Ok(Endpoint { http, url, exposed, remembers_imports })
    }

    fn http(&self, url: &Url) -> Result<reqwest::Client, Error> {
        let json = HeaderValue::from_static("application/json");
        let mut http = reqwest::Client::builder()
            .connect_timeout(self.connect_timeout)
            .timeout(self.timeout)
            .user_agent(&self.user_agent)
            .default_headers(HeaderMap::from_iter([(ACCEPT, json)]))
            .redirect(Policy::none());
        if let Some(roots) = &self.roots {
            http = http.tls_certs_only(certificates(roots)?);
        } else if url.scheme() == "http" {
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

fn certificates(pem: &str) -> Result<Vec<Certificate>, Error> {
    match Certificate::from_pem_bundle(pem.as_bytes()) {
        Ok(certificates) if certificates.is_empty() => {
            Err(Error::Roots("there is no line such as -----BEGIN CERTIFICATE-----".into()))
        }
        Ok(certificates) => Ok(certificates),
        Err(error) => Err(Error::Roots(error.into())),
    }
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
    fn roots_are_certificates() {
        let client = |pem: &str| {
            Builder::new("https://scm.example.com".to_owned()).root_certificates(pem).build()
        };
        let hollow = "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n";
        for wrong in ["", "no certificate", hollow] {
            assert!(matches!(client(wrong), Err(Error::Roots(_))), "{wrong}");
        }
    }

    #[test]
    fn only_plain_http_to_elsewhere_is_exposed() {
        let exposed = |url: &str| Builder::new(url.to_owned()).build().unwrap().is_exposed();
        assert!(exposed("http://scm.example.com"));
        assert!(!exposed("http://127.0.0.1:8443") && !exposed("https://scm.example.com"));
        let elsewhere = Builder::new("https://scm.example.com".to_owned())
            .identity_url("http://keystone.example.com:5000")
            .build();
        assert!(elsewhere.unwrap().is_exposed());
    }
}
