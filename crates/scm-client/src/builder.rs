//! Setting up a client.

use std::{net::IpAddr, time::Duration};

use http::{HeaderMap, HeaderValue, header::ACCEPT};
use reqwest::{Certificate, Url, redirect::Policy};
use scm_model::SecretText;

use crate::{
    Client, Error, LogIn,
    access_key::AccessKey,
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

impl Builder {
    pub(crate) fn new(base_url: String) -> Self {
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

/// Whether it is Huawei's, which overlooks the key of an import.
fn is_cloud(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_end_matches('.');
    [".myhuaweicloud.com", ".myhuaweicloud.eu"].iter().any(|domain| host.ends_with(domain))
}

/// Whether what is sent to the one reaches who answers at the other, whatever stands in their paths.
pub(crate) fn same_server(one: &str, other: &str) -> bool {
    let (Ok(one), Ok(other)) = (address(one), address(other)) else { return false };
    one.scheme() == other.scheme()
        && one.port_or_known_default() == other.port_or_known_default()
        && (one.host() == other.host() || is_loopback(&one) && is_loopback(&other))
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
    fn a_server_is_scheme_host_and_port() {
        for (one, other, same) in [
            ("http://127.0.0.1:8443", "http://localhost:8443/", true),
            ("http://127.0.0.1:8443", "http://[::1]:8443", true),
            ("https://scm.example.com", "https://SCM.example.com:443/under", true),
            ("http://127.0.0.1:8443", "http://127.0.0.1:8444", false),
            ("https://127.0.0.1:8443", "http://127.0.0.1:8443", false),
            ("http://127.0.0.1:8443", "http://127.0.0.1.example.com:8443", false),
            ("https://scm.example.com", "https://scm.example.com.example.org", false),
            ("https://scm.example.com", "", false),
        ] {
            assert_eq!(same_server(one, other), same, "{one} {other}");
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

    #[test]
    fn the_cloud_does_not_remember_imports() {
        for (url, cloud) in [
            ("https://scm.ap-southeast-1.myhuaweicloud.com", true),
            ("https://scm.eu-west-101.MyHuaweiCloud.eu./", true),
            ("https://scm.example.com", false),
            ("https://myhuaweicloud.com.example.com", false),
        ] {
            assert_eq!(is_cloud(&Url::parse(url).unwrap()), cloud, "{url}");
        }
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
