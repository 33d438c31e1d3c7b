//! Signed requests: `Authorization: SDK-HMAC-SHA256`, as the clients of the cloud send it.
//!
//! A signature covers the hash of the body, so the caller is known only after the body was read. A
//! recorded request can be sent again until its date is out of the window, as in the cloud.

use std::sync::Arc;

use http::{HeaderValue, header::AUTHORIZATION, request::Parts};
use scm_model::{Body as _, Condition, Operation};
use scm_seal::Keyring;
use scm_sign::{
    Authorization, CanonicalRequest, ContentClaim, Payload, RequestHead, SdkDate, Sha256,
    SigningSecret, header::X_PROJECT_ID, verify,
};
use scm_store::{AccessKeyId, AccessKeyRecord, Actor, StoreError};

use super::{Caller, LocalAuthenticator, access_key::ACCESS_KEY};
use crate::{error::ApiError, origin::Origin};

/// A signed request with a known access key. Its signature is not verified yet.
pub struct SignedRequest {
    authorization: Authorization,
    date: SdkDate,
    key: AccessKeyRecord,
    /// From before the key was read, so that it opens its secret.
    keyring: Arc<Keyring>,
    origin: Origin,
}

impl SignedRequest {
    /// Reads the signature and finds its access key.
    ///
    /// # Errors
    /// [`Condition::SignatureInvalid`]: the header is malformed, the date is out of the window, the
    /// access key is unknown, disabled, or locked for the address of the client.
    pub async fn read(
        authenticator: &LocalAuthenticator,
        parts: &Parts,
        origin: &Origin,
    ) -> Result<Self, ApiError> {
        let mut headers = parts.headers.get_all(AUTHORIZATION).iter();
        let (Some(header), None) = (headers.next(), headers.next()) else {
            return Err(because("there is not just one Authorization header"));
        };
        let authorization =
            Authorization::parse(header).map_err(|error| because(error.to_string()))?;
        let date = SdkDate::of(&parts.headers).map_err(|error| because(error.to_string()))?;
        let now = authenticator.now();
        date.check(now).map_err(|error| because(error.to_string()))?;
        let id = authorization.access_key();
        if authenticator.key_lockout.holds(id, origin.address, now) {
            return Err(because("AK access failed to reach the limit, forbidden"));
        }
        let keyring = authenticator.keyring.current().await;
        let key = match authenticator.store.access_key(&AccessKeyId::new(id)).await {
            // Not counted: there is no secret to guess, and made-up ids would fill the memory.
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

    /// Verifies the signature. Returns the caller.
    ///
    /// # Errors
    /// [`Condition::SignatureInvalid`]: the signature is not that of this request, the hash of the
    /// body is missing or wrong, or the access key is for another project.
    pub async fn verify<O: Operation>(
        self,
        authenticator: &LocalAuthenticator,
        parts: &Parts,
        body: &[u8],
    ) -> Result<Caller, ApiError> {
        let payload = payload::<O>(parts, body)?;
        let head = RequestHead::new(&parts.method, &parts.uri, &parts.headers);
        let canonical = CanonicalRequest::new(&head, self.authorization.signed_headers(), payload);
        let id = self.authorization.access_key();
        let secret = self.secret(authenticator).await?;
        if verify(&secret, &self.authorization, &canonical, &self.date).is_err() {
            authenticator.count_wrong_signature(id, &self.origin).await;
            return Err(because(format!(
                "verify aksk signature fail, canonicalRequestHash:{}, canonicalRequest:{}",
                canonical.hash(),
                canonical.shown(),
            )));
        }
        authenticator.key_lockout.forgive(id, self.origin.address);
        self.caller(parts)
    }

    async fn secret(&self, authenticator: &LocalAuthenticator) -> Result<SigningSecret, ApiError> {
        let (id, sealed) = (self.authorization.access_key(), &self.key.sealed_secret);
        let secret = authenticator
            .keyring
            .opened(&self.keyring, |keyring| keyring.unseal_secret(ACCESS_KEY, id, sealed))
            .await
            .map_err(ApiError::internal)?;
        let secret = String::from_utf8(secret.to_vec()).map_err(ApiError::internal)?;
        SigningSecret::new(secret).map_err(ApiError::internal)
    }

    fn caller(self, parts: &Parts) -> Result<Caller, ApiError> {
        let Self { key, origin, .. } = self;
        let other = |named: &HeaderValue| named.as_bytes() != key.project.as_str().as_bytes();
        if parts.headers.get_all(X_PROJECT_ID).iter().any(other) {
            return Err(because("the access key is not for the project in X-Project-Id"));
        }
        let Origin { address, request_id } = origin;
        let actor = Actor { user: key.user, project: key.project, address, request_id };
        Ok(Caller { actor, domain: key.domain, role: Some(key.role) })
    }
}

/// The hash of the body in the canonical request. If the operation has a body, it must be signed.
fn payload<O: Operation>(parts: &Parts, body: &[u8]) -> Result<Payload, ApiError> {
    let real = Sha256::of(body);
    match ContentClaim::of(&parts.headers, &real) {
        ContentClaim::Absent | ContentClaim::True => Ok(Payload::Hashed(real)),
        ContentClaim::Unsigned if !O::Body::IS_JSON && body.is_empty() => Ok(Payload::Unsigned),
        ContentClaim::Unsigned => Err(because("UNSIGNED-PAYLOAD is not accepted here")),
        ContentClaim::False => Err(because("X-Sdk-Content-Sha256 is not the hash of the body")),
    }
}

/// The signature is refused for this reason.
pub(super) fn because(detail: impl Into<String>) -> ApiError {
    ApiError::refused_because(Condition::SignatureInvalid, detail)
}
