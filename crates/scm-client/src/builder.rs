//! Builds a client.

use std::time::Duration;

use http::{HeaderMap, HeaderValue, header::ACCEPT};
use reqwest::{Certificate, Url, redirect::Policy};
use scm_model::{Credentials, SecretText};

use crate::{
    Client, Error, LogIn, Region,
    access_key::AccessKey,
    address::{address, is_cloud, is_loopback},
    client::{Authentication, Inner},
    endpoint::Endpoint,
    session::Session,
};

/// The settings of a client.
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
    honors_idempotency_key: Option<bool>,
}

impl Client {
    /// A builder of a client for the server at `base_url`, such as `https://scm.example.com`.
    pub fn builder(base_url: impl Into<String>) -> Builder {
        Builder::new(base_url.into())
    }

    /// A builder of a client for the public cloud in a region. Add an access key or a log-in.
    pub fn in_region(region: Region) -> Builder {
        Builder::new(region.scm_url()).identity_url(region.identity_url())
    }

    /// A client for the server that wrote these credentials. It starts with their token and logs in
    /// when the token expires.
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
            honors_idempotency_key: None,
        }
    }

    /// Sets an access key and its secret. The client then signs every request and uses no token and no
    /// log-in.
    pub fn access_key(mut self, id: impl Into<String>, secret: SecretText) -> Self {
        self.access_key = Some((id.into(), secret));
        self
    }

    /// Sets the project of signed requests, by its id. The access keys of `scm-server` belong to one
    /// project and need no id. A token has its own project.
    pub fn project_id(mut self, project_id: impl Into<String>) -> Self {
        self.project_id = Some(project_id.into());
        self
    }

    /// Sets the URL of the identity service, if it is another server: a Keystone or the cloud's IAM.
    pub fn identity_url(mut self, url: impl Into<String>) -> Self {
        self.identity_url = Some(url.into());
        self
    }

    /// Sets the trust anchors: one or more certificates, PEM. They replace those of the system.
    pub fn root_certificates(mut self, pem: impl Into<String>) -> Self {
        self.roots = Some(pem.into());
        self
    }

    /// Sets the first token. Without a [`log_in`](Self::log_in), calls are refused when it expires.
    pub fn token(mut self, token: SecretText) -> Self {
        self.token = Some(token);
        self
    }

    /// Sets the log-in that issues tokens.
    pub fn log_in(mut self, log_in: LogIn) -> Self {
        self.log_in = Some(log_in);
        self
    }

    /// Sets the limit for connecting; 5 s by default.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// Sets the limit for one attempt of a request, from connecting to the end of the answer; 30 s by
    /// default.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets the `User-Agent`; `scm-client/` and its version by default.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = user_agent.into();
        self
    }

    /// Sets whether the server honors `Idempotency-Key`: it stores an import once, even if the import is
    /// sent again with its key. The client then retries imports whose answer was lost. By default true,
    /// except for the public cloud.
    pub fn honors_idempotency_key(mut self, honors: bool) -> Self {
        self.honors_idempotency_key = Some(honors);
        self
    }

    /// Builds the client. Sends nothing.
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
        let authentication = match self.access_key.take() {
            Some((id, secret)) => {
                Authentication::Signature(AccessKey::new(id, &secret, self.project_id.as_deref())?)
            }
            None => Authentication::Token(Session::new(self.token.as_ref(), self.log_in.take())?),
        };
        Ok(Client::of(Inner { scm, identity, authentication }))
    }

    fn endpoint(&self, url: &str) -> Result<Endpoint, Error> {
        let url = address(url)?;
        let http = self.http(&url)?;
        let exposed = url.scheme() == "http" && !is_loopback(&url);
        let honors_idempotency_key = self.honors_idempotency_key.unwrap_or_else(|| !is_cloud(&url));
        let url = url.as_str().trim_end_matches('/').to_owned();
        Ok(Endpoint { http, url, exposed, honors_idempotency_key })
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
            // Without TLS the client needs no root certificates. Small containers often have none.
            http = http.tls_certs_only([]);
        }
        if is_loopback(url) {
            // Requests to this machine must not leave it.
            http = http.no_proxy();
        }
        http.build().map_err(|error| Error::SetUp(error.without_url().into()))
    }
}

fn certificates(pem: &str) -> Result<Vec<Certificate>, Error> {
    match Certificate::from_pem_bundle(pem.as_bytes()) {
        Ok(certificates) if certificates.is_empty() => {
            Err(Error::Roots("no line -----BEGIN CERTIFICATE-----".into()))
        }
        Ok(certificates) => Ok(certificates),
        Err(error) => Err(Error::Roots(error.into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_a_server_has_no_credentials_query_or_fragment() {
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
    fn trust_anchors_are_certificates() {
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
