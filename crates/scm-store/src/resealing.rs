//! Sealing anew: what a store gives to be sealed under another master key, and takes back in its
//! place.
//!
//! The store can't open anything; it only tells by its first bytes under which key something is
//! sealed. It is no act on a certificate: nothing that anybody sees of one changes, so it leaves no
//! event. Whoever turns the ring records that.

use async_trait::async_trait;
use scm_seal::{KeyId, SealedKey, SealedSecret};

use crate::{
    error::StoreError,
    ids::CertificateId,
    names::{AccessKeyId, ProjectId},
};

/// How many certificates are looked at at once, so that nobody need wait for long.
pub(crate) const STRETCH: u64 = 512;

/// A certificate's key, and what it takes to open it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedCertificate {
    /// The certificate's id.
    pub id: CertificateId,
    /// The project that it belongs to.
    pub project: ProjectId,
    /// The leaf, DER.
    pub leaf: Vec<u8>,
    /// Its private key.
    pub sealed_key: SealedKey,
}

/// The secret of an access key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedAccessKey {
    /// The access key's id.
    pub id: AccessKeyId,
    /// Its secret.
    pub sealed_secret: SealedSecret,
}

/// What was found among some certificates, in the order of their ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// Those that are sealed under another key.
    pub found: Vec<SealedCertificate>,
    /// How many were looked at.
    pub looked_at: u64,
    /// The last one that was looked at, behind which to go on; none if there are no more.
    pub next: Option<CertificateId>,
}

/// The same thing, sealed anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange<I, S> {
    /// What is sealed.
    pub id: I,
    /// As it was read.
    pub old: S,
    /// As it is to be kept.
    pub new: S,
}

/// Sealing anew.
///
/// Every function may give [`StoreError::Unavailable`], [`StoreError::Corrupt`] or
/// [`StoreError::Closed`], and those that write [`StoreError::Busy`].
#[async_trait]
pub trait Resealing: Send + Sync {
    /// Says that this server seals under `key`, for the next three minutes, in place of what it said
    /// before; or that it seals no more.
    async fn announce_key(&self, key: Option<KeyId>) -> Result<(), StoreError>;

    /// What servers on this store said, each its key. A home for one server alone keeps none of it.
    async fn announced_keys(&self) -> Result<Vec<KeyId>, StoreError>;

    /// How many sealed things there are: certificates and access keys.
    async fn sealed_count(&self) -> Result<u64, StoreError>;

    /// Looks at the certificates behind one, or from the first on, for keys that are not sealed
    /// under `key`. One that is kept meanwhile may be looked at or not.
    async fn sealed_keys(
        &self,
        key: KeyId,
        after: Option<CertificateId>,
    ) -> Result<Stretch, StoreError>;

    /// All secrets of access keys that are not sealed under `key`.
    async fn sealed_secrets(&self, key: KeyId) -> Result<Vec<SealedAccessKey>, StoreError>;

    /// Puts what was sealed anew in the place of the old, where that is still there. Returns how
    /// many it exchanged.
    async fn exchange_keys(
        &self,
        exchanges: Vec<Exchange<CertificateId, SealedKey>>,
    ) -> Result<u64, StoreError>;

    /// The same for the secrets of access keys.
    async fn exchange_secrets(
        &self,
        exchanges: Vec<Exchange<AccessKeyId, SealedSecret>>,
    ) -> Result<u64, StoreError>;
}
