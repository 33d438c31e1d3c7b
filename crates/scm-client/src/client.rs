//! ★ The client: a call in, its reply out.

use std::sync::Arc;

use bytes::Bytes;
use http::{Request, StatusCode};
use scm_model::{
    Access, Call, Operation,
    api::{ImportCertificate, ShowCertificate},
    certificates::{CertificateDetail, CertificateImport, CertificatePath, ImportedCertificate},
};

use crate::{
    Builder, Credentials, Error, LogIn,
    endpoint::{Answer, Endpoint},
    session::{Pass, Session},
};

/// A client of one SCM server. Copies share connections and token.
#[derive(Debug, Clone)]
pub struct Client(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    endpoint: Endpoint,
    session: Session,
}

impl Client {
    /// A client of the server at `base_url`, such as `https://scm.example.com`, to be set up.
    pub fn builder(base_url: impl Into<String>) -> Builder {
        Builder::new(base_url.into())
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

    pub(crate) fn of(endpoint: Endpoint, session: Session) -> Self {
        Self(Arc::new(Inner { endpoint, session }))
    }

    /// The server's URL.
    pub fn base_url(&self) -> &str {
        &self.0.endpoint.url
    }

    /// Imports a certificate with its chain and private key.
    ///
    /// # Errors
    /// As [`Self::send`]. After an error that [may have taken effect](Error::may_have_taken_effect)
    /// the certificate may have been kept; `duplicate_check` makes a second import safe.
    pub async fn import_certificate(
        &self,
        import: CertificateImport,
    ) -> Result<ImportedCertificate, Error> {
        self.send(Call::<ImportCertificate>::of(import)?).await
    }

    /// Shows what is kept of a certificate, without its private key.
    ///
    /// # Errors
    /// As [`Self::send`].
    pub async fn show_certificate(
        &self,
        certificate_id: impl Into<String>,
    ) -> Result<CertificateDetail, Error> {
        let path = CertificatePath { certificate_id: certificate_id.into() };
        self.send(Call::<ShowCertificate>::at(path)?).await
    }

    /// Sends a call of any operation and gives its reply.
    ///
    /// It logs in where that is needed, and once more if the server does not know the token any
    /// longer. A request that cannot have had an effect is sent up to three times: one that did not
    /// reach the server, that it turned away for now (429, or 503 with `Retry-After`), or whose
    /// answer was lost although sending it twice is the same as sending it once.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn send<O: Operation>(&self, call: Call<O>) -> Result<O::Reply, Error> {
        let Inner { endpoint, session } = &*self.0;
        let mut request = endpoint.request(&call)?;
        drop(call);
        if O::ACCESS == Access::Open {
            return endpoint.read::<O>(&endpoint.deliver(&request).await?);
        }
        let pass = session.pass(endpoint, O::ID).await?;
        let mut answer = self.deliver_as(&pass, &mut request).await?;
        if answer.status == StatusCode::UNAUTHORIZED
            && let Some(pass) = session.pass_after(&pass, endpoint).await?
        {
            answer = self.deliver_as(&pass, &mut request).await?;
        }
        endpoint.read::<O>(&answer)
    }

    async fn deliver_as(&self, pass: &Pass, request: &mut Request<Bytes>) -> Result<Answer, Error> {
        request.headers_mut().insert("x-auth-token", pass.token.clone());
        self.0.endpoint.deliver(request).await
    }
}

impl From<&Credentials> for LogIn {
    fn from(credentials: &Credentials) -> Self {
        Self {
            user: credentials.user.clone(),
            password: credentials.password.secret_str().to_owned().into(),
            domain: credentials.domain_name.clone(),
            project: Some(credentials.project_name.clone()),
        }
    }
}
