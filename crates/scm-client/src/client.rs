//! ★ The client: sends a call and returns its reply.

use std::{sync::Arc, time::SystemTime};

use bytes::Bytes;
use http::{Request, StatusCode};
use scm_model::{Access, Call, ErrorShape, Operation};

use crate::{
    Error,
    access_key::{self, AccessKey},
    address::same_server,
    answer::Answer,
    endpoint::Endpoint,
    session::{Pass, Session},
};

/// A client of one SCM server. Clones share connections and token.
#[derive(Debug, Clone)]
pub struct Client(Arc<Inner>);

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) scm: Endpoint,
    /// The service that issues tokens; usually the SCM server itself.
    pub(crate) identity: Endpoint,
    pub(crate) authentication: Authentication,
}

/// How the client authenticates.
#[derive(Debug)]
pub(crate) enum Authentication {
    Token(Session),
    Signature(AccessKey),
}

impl Client {
    pub(crate) fn of(inner: Inner) -> Self {
        Self(Arc::new(inner))
    }

    /// The server's URL.
    pub fn base_url(&self) -> &str {
        &self.0.scm.url
    }

    /// Whether a URL has the scheme, host and port of this client's server. All loopback addresses are
    /// one host.
    pub fn is_at(&self, url: &str) -> bool {
        same_server(self.base_url(), url)
    }

    /// Whether requests are sent to another machine without encryption.
    pub fn is_exposed(&self) -> bool {
        self.0.scm.exposed || self.0.identity.exposed
    }

    /// Sends a call of any operation and returns its reply.
    ///
    /// With an access key the client signs the request. Otherwise it logs in if it has no token, and
    /// again if the server does not accept the token. It sends a request up to three times if a retry is
    /// safe: the request did not reach the server, the server refused it for now (429, or 503 with
    /// `Retry-After`), or the answer was lost and the request is idempotent, like an import with an
    /// `Idempotency-Key`.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn send<O: Operation>(&self, call: Call<O>) -> Result<O::Reply, Error> {
        let Inner { scm, identity, authentication } = &*self.0;
        let endpoint = if O::ERRORS == ErrorShape::Identity { identity } else { scm };
        let mut request = endpoint.request(&call)?;
        drop(call);
        match authentication {
            _ if O::ACCESS == Access::Open => {
                endpoint.read::<O>(&endpoint.deliver(&request).await?)
            }
            Authentication::Token(session) => {
                let answer = self.with_token(session, endpoint, &mut request, O::ID).await?;
                endpoint.read::<O>(&answer)
            }
            Authentication::Signature(key) => {
                key.sign(&mut request)?;
                let answer = endpoint.deliver(&request).await?;
                let Answer { status, headers, .. } = &answer;
                let explained =
                    |error| access_key::explained(error, *status, headers, SystemTime::now());
                endpoint.read::<O>(&answer).map_err(explained)
            }
        }
    }

    /// Sends a request with a token, and again with a new token if the server does not accept the first.
    async fn with_token(
        &self,
        session: &Session,
        endpoint: &Endpoint,
        request: &mut Request<Bytes>,
        operation: &'static str,
    ) -> Result<Answer, Error> {
        let identity = &self.0.identity;
        let pass = session.pass(identity, operation).await?;
        let answer = deliver_as(&pass, endpoint, request).await?;
        if answer.status != StatusCode::UNAUTHORIZED {
            return Ok(answer);
        }
        match session.pass_after(&pass, identity).await? {
            Some(pass) => deliver_as(&pass, endpoint, request).await,
            None => Ok(answer),
        }
    }
}

async fn deliver_as(
    pass: &Pass,
    endpoint: &Endpoint,
    request: &mut Request<Bytes>,
) -> Result<Answer, Error> {
    request.headers_mut().insert("x-auth-token", pass.token.clone());
    endpoint.deliver(request).await
}
