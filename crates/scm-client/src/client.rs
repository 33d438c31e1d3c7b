//! ★ The client: a call in, its reply out.

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

/// A client of one SCM server. Copies share connections and token.
#[derive(Debug, Clone)]
pub struct Client(Arc<Inner>);

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) scm: Endpoint,
    /// The service that gives tokens: mostly the same server.
    pub(crate) identity: Endpoint,
    pub(crate) proof: Proof,
}

/// How the client proves who it is.
#[derive(Debug)]
pub(crate) enum Proof {
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

    /// Whether that is an address of the same server: scheme, host and port are the same. All names and
    /// addresses of this machine that lead nowhere else are one host.
    pub fn is_at(&self, url: &str) -> bool {
        same_server(self.base_url(), url)
    }

    /// Whether what is sent can be read on the way: plain HTTP, and to another machine.
    pub fn is_exposed(&self) -> bool {
        self.0.scm.exposed || self.0.identity.exposed
    }

    /// Sends a call of any operation and gives its reply.
    ///
    /// It signs the request where it has an access key. Otherwise it logs in where that is needed,
    /// and once more if the server does not know the token any longer. A request that cannot have
    /// had an effect is sent up to three times: one that did not reach the server, that it turned
    /// away for now (429, or 503 with `Retry-After`), or whose answer was lost although sending it
    /// twice is the same as sending it once, as it is of an import with an `Idempotency-Key`.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn send<O: Operation>(&self, call: Call<O>) -> Result<O::Reply, Error> {
        let Inner { scm, identity, proof } = &*self.0;
        let endpoint = if O::ERRORS == ErrorShape::Identity { identity } else { scm };
        let mut request = endpoint.request(&call)?;
        drop(call);
        match proof {
            _ if O::ACCESS == Access::Open => {
                endpoint.read::<O>(&endpoint.deliver(&request).await?)
            }
            Proof::Token(session) => {
                let answer = self.with_token(session, endpoint, &mut request, O::ID).await?;
                endpoint.read::<O>(&answer)
            }
            Proof::Signature(key) => {
                key.sign(&mut request)?;
                let answer = endpoint.deliver(&request).await?;
                let Answer { status, headers, .. } = &answer;
                let explained =
                    |error| access_key::explained(error, *status, headers, SystemTime::now());
                endpoint.read::<O>(&answer).map_err(explained)
            }
        }
    }

    /// Delivers a request with a token, and with another if the server does not know that one.
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
