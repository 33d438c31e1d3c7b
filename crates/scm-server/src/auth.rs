//! Authentication: who sends a request. What a caller may do is decided in `authorization`.

mod access_key;
mod local;
mod lockout;
mod password;
mod signature;
mod token;

use std::sync::Arc;

use http::{HeaderValue, header::AUTHORIZATION, request::Parts};
use scm_model::{Condition, Operation};
use scm_store::{Actor, DomainId, Role};

use crate::{
    clock::Clock, error::ApiError, headers::AUTH_TOKEN, keystone::Keystone, origin::Origin,
};

pub use access_key::{ACCESS_KEY, AccessKeyPair};
pub use local::LocalAuthenticator;
pub use lockout::Guess;
pub use password::PasswordHasher;
pub use signature::SignedRequest;
pub use token::{NewSecret, hash_of as token_hash_of};

/// An authenticated caller.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The user, the project, the address and the id of the request.
    pub actor: Actor,
    /// The domain of the user.
    pub domain: DomainId,
    /// The role in the project. Users of a Keystone may have none that this server knows.
    pub role: Option<Role>,
}

/// What is known of the caller before the body of a request is read.
pub enum Claim {
    /// The token is valid.
    Known(Caller),
    /// The request is signed. The signature covers the body, so the caller is known after that is read.
    Signed(Box<SignedRequest>),
}

/// Authenticates callers.
pub enum Authenticator {
    /// Users, tokens and access keys are in the store.
    Local(LocalAuthenticator),
    /// Users and tokens are in a Keystone; there are no access keys.
    Keystone(Arc<Keystone>, Arc<dyn Clock>),
}

impl Authenticator {
    /// Authenticates a caller, as far as that is possible without the body.
    ///
    /// # Errors
    /// [`Condition::TokenInvalid`] if the request has no valid token and no signature,
    /// [`Condition::IdentityUnavailable`] if Keystone does not answer, and those of [`SignedRequest::read`].
    pub async fn claim(&self, parts: &Parts, origin: &Origin) -> Result<Claim, ApiError> {
        let mut tokens = parts.headers.get_all(AUTH_TOKEN).iter();
        match tokens.next() {
            // A proxy may have checked another one than this server would.
            Some(_) if tokens.next().is_some() => Err(ApiError::refused(Condition::TokenInvalid)),
            Some(token) => self.caller(token, origin).await.map(Claim::Known),
            None if parts.headers.contains_key(AUTHORIZATION) => {
                let Self::Local(local) = self else {
                    let detail = "signed requests need access keys, which Keystone does not have";
                    return Err(signature::because(detail));
                };
                let signed = SignedRequest::read(local, parts, origin).await?;
                Ok(Claim::Signed(Box::new(signed)))
            }
            None => Err(ApiError::refused(Condition::TokenInvalid)),
        }
    }

    /// Authenticates the caller of a signed request, now that its body is there.
    ///
    /// # Errors
    /// Those of [`SignedRequest::verify`].
    pub async fn verify<O: Operation>(
        &self,
        signed: SignedRequest,
        parts: &Parts,
        body: &[u8],
    ) -> Result<Caller, ApiError> {
        signed.verify::<O>(self.as_local()?, parts, body).await
    }

    /// The authenticator of the users in the store.
    ///
    /// # Errors
    /// [`Condition::UnknownPath`] if users log in at a Keystone, with its URL.
    pub fn as_local(&self) -> Result<&LocalAuthenticator, ApiError> {
        match self {
            Self::Local(local) => Ok(local),
            Self::Keystone(keystone, _) => {
                let detail = format!("Users log in at {}.", keystone.log_in_url());
                Err(ApiError::refused_because(Condition::UnknownPath, detail))
            }
        }
    }

    async fn caller(&self, token: &HeaderValue, origin: &Origin) -> Result<Caller, ApiError> {
        match self {
            Self::Local(local) => local.caller(token, origin).await,
            Self::Keystone(keystone, clock) => {
                let Origin { address, request_id } = origin.clone();
                let found = keystone.find(token, address, clock.now()).await?;
                let actor = Actor { user: found.user, project: found.project, address, request_id };
                Ok(Caller { actor, domain: found.domain, role: found.role })
            }
        }
    }
}
