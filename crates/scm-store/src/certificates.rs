//! Certificates: new ones, and the records of those that are stored.
//!
//! A [`NewCertificate`] is made of a bundle that was proved and a key that was sealed. Its type makes it
//! impossible to store a plain key.

mod listing;

use async_trait::async_trait;
use scm_pki::{Certificate, VerifiedBundle};
use scm_seal::SealedKey;
use time::OffsetDateTime;

use crate::{
    actor::Actor,
    chain::Chain,
    error::StoreError,
    ids::CertificateId,
    names::{EnterpriseProject, ProjectId},
};

pub use self::listing::{
    CertificateListing, CertificateQuery, Marker, NotAMarker, Sort, Start, State,
};

/// A certificate to be stored.
#[derive(Debug)]
pub struct NewCertificate {
    pub(crate) id: CertificateId,
    pub(crate) name: String,
    pub(crate) enterprise_project: EnterpriseProject,
    pub(crate) now: OffsetDateTime,
    pub(crate) content: Content,
    pub(crate) refuse_duplicate: bool,
    pub(crate) key: Option<String>,
}

impl NewCertificate {
    /// A certificate in the enterprise project `0`, whether or not its leaf is already stored.
    /// The bundle is used up, and its plain key wiped.
    pub fn new(
        id: CertificateId,
        name: impl Into<String>,
        bundle: VerifiedBundle,
        sealed_key: SealedKey,
        now: OffsetDateTime,
    ) -> Self {
        Self {
            id,
            name: name.into(),
            enterprise_project: EnterpriseProject::default(),
            now,
            content: Content::new(&bundle, sealed_key),
            refuse_duplicate: false,
            key: None,
        }
    }

    /// The id under which it is to be stored.
    pub fn id(&self) -> CertificateId {
        self.id
    }

    /// Places it in another enterprise project.
    #[must_use]
    pub fn in_enterprise_project(mut self, enterprise_project: EnterpriseProject) -> Self {
        self.enterprise_project = enterprise_project;
        self
    }

    /// Refuses it if the project already has a certificate with this leaf.
    #[must_use]
    pub fn refuse_duplicate(mut self) -> Self {
        self.refuse_duplicate = true;
        self
    }

    /// Stores it once, however often the actor imports it with this key within
    /// [`IMPORT_KEY_LIFE`](crate::IMPORT_KEY_LIFE).
    #[must_use]
    pub fn once_by(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }
}

/// A renewed leaf with its chain and key, which replaces the one that is stored under an id.
#[derive(Debug)]
pub struct Replacement(pub(crate) Content);

impl Replacement {
    /// The key must be sealed for the id and the project that are to be replaced. The bundle is
    /// used up, and its plain key wiped.
    pub fn new(bundle: VerifiedBundle, sealed_key: SealedKey) -> Self {
        Self(Content::new(&bundle, sealed_key))
    }
}

/// A change of the name and the description that users give a certificate. A field that is `None` is
/// not changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// Another name.
    pub name: Option<String>,
    /// Another description, or none any more.
    pub description: Option<Option<String>>,
}

/// What follows from a bundle that was proved, and the bundle itself.
#[derive(Debug)]
pub(crate) struct Content {
    pub(crate) domain: String,
    pub(crate) sans: Vec<String>,
    pub(crate) domain_count: usize,
    pub(crate) wildcard_count: usize,
    pub(crate) signature_algorithm: String,
    pub(crate) key_algorithm: String,
    pub(crate) sha1: [u8; 20],
    pub(crate) sha256: [u8; 32],
    pub(crate) not_before: OffsetDateTime,
    pub(crate) not_after: OffsetDateTime,
    pub(crate) leaf: Vec<u8>,
    pub(crate) chain: Option<Chain>,
    pub(crate) sealed_key: SealedKey,
}

impl Content {
    fn new(bundle: &VerifiedBundle, sealed_key: SealedKey) -> Self {
        let (leaf, names) = (bundle.leaf(), bundle.names());
        Self {
            domain: names.domain().to_owned(),
            sans: names.sans().to_vec(),
            domain_count: names.count(),
            wildcard_count: names.wildcard_count(),
            signature_algorithm: leaf.signature_algorithm().to_string(),
            key_algorithm: bundle.key().algorithm().to_string(),
            sha1: leaf.sha1(),
            sha256: leaf.sha256(),
            not_before: leaf.not_before(),
            not_after: leaf.not_after(),
            leaf: leaf.der().to_vec(),
            chain: Chain::of(bundle.chain().iter().map(Certificate::der)),
            sealed_key,
        }
    }
}

/// What is known about a certificate, without its bytes.
///
/// Whether it has expired follows from `not_after` and the caller's clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateRecord {
    /// Its id.
    pub id: CertificateId,
    /// The enterprise project that it is grouped under.
    pub enterprise_project: EnterpriseProject,
    /// The name that a user gave it.
    pub name: String,
    /// The description that a user gave it.
    pub description: Option<String>,
    /// The name that it is bound to: see [`scm_pki::Names`].
    pub domain: String,
    /// The further names, in the order of the certificate.
    pub sans: Vec<String>,
    /// How many names there are.
    pub domain_count: usize,
    /// How many of them are wildcards.
    pub wildcard_count: usize,
    /// The algorithm of the issuer's signature.
    pub signature_algorithm: String,
    /// The algorithm and size of the public key.
    pub key_algorithm: String,
    /// SHA-1 of the leaf's DER, which people know as its fingerprint.
    pub sha1: [u8; 20],
    /// From when it is valid.
    pub not_before: OffsetDateTime,
    /// Until when it is valid, that moment included.
    pub not_after: OffsetDateTime,
    /// When it was stored.
    pub created: OffsetDateTime,
    /// When anything about it was last changed.
    pub updated: OffsetDateTime,
}

/// The bytes of a certificate, as needed for giving it back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredBundle {
    /// The leaf, DER.
    pub leaf: Vec<u8>,
    /// Its issuers, DER, the leaf's own issuer first; may be empty.
    pub chain: Vec<Vec<u8>>,
    /// The private key, which the store can't open.
    pub sealed_key: SealedKey,
}

/// How many certificates of one kind a project has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateCount {
    /// Of this enterprise project.
    pub enterprise_project: EnterpriseProject,
    /// Those that have expired, or those that have not.
    pub expired: bool,
    /// How many; never zero.
    pub count: u64,
}

/// Certificates.
///
/// Besides what is named, every function may give [`StoreError::Unavailable`],
/// [`StoreError::Corrupt`] or [`StoreError::Closed`], and those that write [`StoreError::Busy`].
#[async_trait]
pub trait Certificates: Send + Sync {
    /// Stores a certificate in the actor's project, with counters and audit event, and returns its
    /// id. Once the operation is queued, it is done even if the caller stops waiting.
    ///
    /// If it has a [key](NewCertificate::once_by) and was stored with this key before, nothing is done,
    /// and the id of the first import is returned, even if that certificate was changed since.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] if it [refuses duplicates](NewCertificate::refuse_duplicate),
    /// [`StoreError::ReusedKey`] if the key belongs to another import, [`StoreError::Conflict`] if the
    /// id was given before.
    async fn insert(
        &self,
        actor: &Actor,
        certificate: NewCertificate,
    ) -> Result<CertificateId, StoreError>;

    /// What is known about a certificate of a project.
    ///
    /// # Errors
    /// [`StoreError::Missing`].
    async fn certificate(
        &self,
        project: &ProjectId,
        id: CertificateId,
    ) -> Result<CertificateRecord, StoreError>;

    /// The bytes of a certificate of a project. Leaves no audit event: the operation that opens the key
    /// leaves it.
    ///
    /// # Errors
    /// [`StoreError::Missing`].
    async fn bundle(
        &self,
        project: &ProjectId,
        id: CertificateId,
    ) -> Result<StoredBundle, StoreError>;

    /// How many certificates a project has, by enterprise project, and by whether they have expired at
    /// `now`.
    async fn counts(
        &self,
        project: &ProjectId,
        now: OffsetDateTime,
    ) -> Result<Vec<CertificateCount>, StoreError>;

    /// A page of the certificates of a project.
    ///
    /// A page costs the same however many certificates there are, except behind a large offset and
    /// except with `content` or `ended_since` where few of those first in order fit.
    ///
    /// # Errors
    /// [`StoreError::OtherOrder`] if the marker comes from a list in another order.
    async fn list(
        &self,
        project: &ProjectId,
        query: &CertificateQuery,
    ) -> Result<CertificateListing, StoreError>;

    /// The record of a certificate of the actor's project, and its bytes. They are returned only once the
    /// audit event is stored.
    ///
    /// # Errors
    /// [`StoreError::Missing`].
    async fn export(
        &self,
        actor: &Actor,
        id: CertificateId,
        now: OffsetDateTime,
    ) -> Result<(CertificateRecord, StoredBundle), StoreError>;

    /// Forgets a certificate of the actor's project, and its chain if no other certificate has it.
    ///
    /// # Errors
    /// [`StoreError::Missing`].
    async fn delete(
        &self,
        actor: &Actor,
        id: CertificateId,
        now: OffsetDateTime,
    ) -> Result<(), StoreError>;

    /// Puts another leaf, chain and key in the place of those of a certificate of the actor's
    /// project. Id, name, description and enterprise project stay. Returns what is known now.
    ///
    /// # Errors
    /// [`StoreError::Missing`].
    async fn replace(
        &self,
        actor: &Actor,
        id: CertificateId,
        replacement: Replacement,
        now: OffsetDateTime,
    ) -> Result<CertificateRecord, StoreError>;

    /// Changes name or description of a certificate of the actor's project. Returns the changed record.
    ///
    /// # Errors
    /// [`StoreError::Missing`].
    async fn update(
        &self,
        actor: &Actor,
        id: CertificateId,
        change: Change,
        now: OffsetDateTime,
    ) -> Result<CertificateRecord, StoreError>;
}
