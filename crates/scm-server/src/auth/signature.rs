//! Signed requests: `Authorization: SDK-HMAC-SHA256`, as the cloud's own clients send it.
//!
//! A signature covers the body's hash, so who asks is settled only once the body is there. A request
//! that was recorded can be sent again for as long as its date is within the window, as in the cloud.

use std::sync::Arc;

use http::{HeaderValue, header::AUTHORIZATION, request::Parts};
use scm_model::{Body as _, Condition, Operation};
use scm_seal::Keyring;
use scm_sign::{
    Authorization, CanonicalRequest, ContentClaim, Payload, RequestHead, SdkDate, Sha256,
    SigningSecret, header::X_PROJECT_ID, verify,
};
use scm_store::{AccessKeyId, AccessKeyRecord, Actor, StoreError, action};

use super::{Caller, Guess, access_key::ACCESS_KEY, note_lock};
use crate::{ctx::Ctx, error::ApiError, origin::Origin};

/// A signed request whose key is known and whose signature has not been compared yet.
pub struct Pending {
    authorization: Authorization,
    date: SdkDate,
    key: AccessKeyRecord,
    /// From before the key was read, so that it opens its secret.
    keyring: Arc<Keyring>,
    origin: Origin,
}

impl Pending {
    /// The signed request in these parts.
    ///
    /// # Errors
    /// [`Condition::SignatureInvalid`]: the header is malformed, the date too far off, the key
    /// unknown or disabled, or locked for the caller's address.
    pub async fn read(ctx: &Ctx, parts: &Parts, origin: &Origin) -> Result<Self, ApiError> {
        if ctx.keystone().is_some() {
            return Err(because("signed requests need access keys, which Keystone does not keep"));
        }
        let mut headers = parts.headers.get_all(AUTHORIZATION).iter();
        let (Some(header), None) = (headers.next(), headers.next()) else {
            return Err(because("there is not just one Authorization header"));
        };
        let authorization = Authorization::parse(header).map_err(|error| said(&error))?;
        let date = SdkDate::of(&parts.headers).map_err(|error| said(&error))?;
        let now = ctx.now();
        date.check(now).map_err(|error| said(&error))?;
        let id = authorization.access_key();
        if ctx.key_guesses().holds(id, origin.address, now) {
            return Err(because("AK access failed to reach the limit, forbidden"));
        }
        let keyring = ctx.keyring();
        let key = match ctx.store().access_key(&AccessKeyId::new(id)).await {
            // Not counted: there is nothing to guess at, and inventing names would fill the memory.
            Err(StoreError::Missing { .. }) => {
                return Err(because(format!("ak {} not exist", id.escape_debug())));
            }
            found => found?,
        };
        if !key.enabled {
            return Err(because(format!("ak {} is disabled", id.escape_debug())));
        }
        Ok(Self { authorization, date, key, keyring, origin: origin.clone() })
    }
}

impl Pending {
    /// Whoever signed the request, now that its body is known.
    ///
    /// # Errors
    /// [`Condition::SignatureInvalid`]: the signature is not that of this request, the body's hash is
    /// left out or not the body's, or another project is asked for than the key is good for.
    pub async fn settle<O: Operation>(
        self,
        ctx: &Ctx,
        parts: &Parts,
        body: &[u8],
    ) -> Result<Caller, ApiError> {
        let payload = payload::<O>(parts, body)?;
        let head = RequestHead::new(&parts.method, &parts.uri, &parts.headers);
        let canonical = CanonicalRequest::new(&head, self.authorization.signed_headers(), payload);
        let id = self.authorization.access_key();
        let sealed = &self.key.sealed_secret;
        let secret = ctx
            .opened(&self.keyring, |keyring| keyring.unseal_secret(ACCESS_KEY, id, sealed))
            .map_err(ApiError::internal)?;
        let secret = String::from_utf8(secret.to_vec()).map_err(ApiError::internal)?;
        let secret = SigningSecret::new(secret).map_err(ApiError::internal)?;
        if verify(&secret, &self.authorization, &canonical, &self.date).is_err() {
            let guess = ctx.key_guesses().count(id, self.origin.address, ctx.now());
            if guess == Some(Guess::Last) {
                let subject = AccessKeyId::new(id).into();
                note_lock(ctx, &self.origin, action::ACCESS_KEY_LOCK, Some(subject)).await;
            }
            return Err(because(format!(
                "verify aksk signature fail, canonicalRequestHash:{}, canonicalRequest:{}",
                canonical.hash(),
                canonical.shown(),
            )));
        }
        ctx.key_guesses().forgive(id, self.origin.address);
        self.caller(parts)
    }

    fn caller(self, parts: &Parts) -> Result<Caller, ApiError> {
        let Self { key, origin, .. } = self;
        let other = |asked: &HeaderValue| asked.as_bytes() != key.project.as_str().as_bytes();
        if parts.headers.get_all(X_PROJECT_ID).iter().any(other) {
            return Err(because("the access key is not for the project in X-Project-Id"));
        }
        let Origin { address, request_id } = origin;
        let actor = Actor { user: key.user, project: key.project, address, request_id };
        Ok(Caller { actor, domain: key.domain, role: Some(key.role) })
    }
}

/// What stands for the body in what was signed: always its real hash where the row takes a body.
fn payload<O: Operation>(parts: &Parts, body: &[u8]) -> Result<Payload, ApiError> {
    let real = Sha256::of(body);
    match ContentClaim::of(&parts.headers, &real) {
        ContentClaim::Absent | ContentClaim::True => Ok(Payload::Hashed(real)),
        ContentClaim::Unsigned if !O::Body::IS_JSON && body.is_empty() => Ok(Payload::Unsigned),
        ContentClaim::Unsigned => Err(because("UNSIGNED-PAYLOAD is not accepted here")),
        ContentClaim::False => Err(because("X-Sdk-Content-Sha256 is not the hash of the body")),
    }
}

fn said(error: &dyn std::error::Error) -> ApiError {
    because(error.to_string())
}

fn because(detail: impl Into<String>) -> ApiError {
    ApiError::refused_because(Condition::SignatureInvalid, detail)
}
