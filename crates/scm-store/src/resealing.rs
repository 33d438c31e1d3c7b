//! Resealing: reading records that are sealed under another master key, and replacing them.
//!
//! The store can't open sealed records; it only compares the key id in their first bytes. Resealing
//! changes nothing that users see of a record, so it leaves no audit event; the rotation of the keyring
//! does.
//!
//! [`SealedKind`] lists the kinds of sealed records. A new kind is a new variant, with its table.

use std::fmt;

use async_trait::async_trait;
use scm_seal::{KeyId, SealedKey, SealedSecret, UnsealError};

use crate::{
    error::StoreError,
    ids::CertificateId,
    names::{AccessKeyId, ProjectId},
};

/// The number of records that are examined in one transaction.
pub(crate) const BATCH: u64 = 512;

/// A kind of sealed records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SealedKind {
    /// The secrets of access keys.
    AccessKeySecret,
    /// The private keys of certificates.
    CertificateKey,
}

/// Where the records of a kind are, in both backends.
pub(crate) struct Table {
    pub(crate) name: &'static str,
    /// The column of the sealed bytes.
    pub(crate) sealed: &'static str,
    /// A table with as many rows, which are smaller.
    pub(crate) counted: &'static str,
    /// Id, sealed bytes, and then what is needed to open them.
    pub(crate) columns: &'static str,
    pub(crate) from: &'static str,
}

impl SealedKind {
    /// All kinds.
    pub const ALL: [Self; 2] = [Self::AccessKeySecret, Self::CertificateKey];

    pub(crate) const fn table(self) -> Table {
        match self {
            Self::AccessKeySecret => Table {
                name: "access_key",
                sealed: "sealed_secret",
                counted: "access_key",
                columns: "access_key.id, sealed_secret",
                from: "access_key",
            },
            Self::CertificateKey => Table {
                name: "certificate_bytes",
                sealed: "sealed_key",
                counted: "certificate",
                columns: "certificate_bytes.id, sealed_key, project, leaf",
                from: "certificate_bytes JOIN certificate ON certificate.id = certificate_bytes.id
                       JOIN scope ON scope.id = certificate.scope",
            },
        }
    }

    /// An id that precedes those of all records.
    pub(crate) fn before_first(self) -> RowId {
        match self {
            Self::AccessKeySecret => RowId::Text(String::new()),
            Self::CertificateKey => RowId::Number(-1),
        }
    }
}

impl Table {
    /// The query for the number and the last id of the next records behind `$1`.
    pub(crate) fn examine(&self) -> String {
        let Self { name, .. } = self;
        format!(
            "SELECT count(*), max(id)
             FROM (SELECT id FROM {name} WHERE id > $1 ORDER BY id LIMIT {BATCH}) AS batch"
        )
    }

    /// The query for the records behind `$1` up to `$2` that are not sealed under the key `$3`.
    pub(crate) fn find(&self) -> String {
        let Self { name, sealed, columns, from, .. } = self;
        format!(
            "SELECT {columns} FROM {from}
             WHERE {name}.id > $1 AND {name}.id <= $2 AND substr({sealed}, 2, 16) <> $3
             ORDER BY {name}.id"
        )
    }

    /// The query for the number of all sealed records.
    pub(crate) fn count_all() -> String {
        let count = |kind: SealedKind| format!("(SELECT count(*) FROM {})", kind.table().counted);
        format!("SELECT {}", SealedKind::ALL.map(count).join(" + "))
    }
}

/// The id of a sealed record.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum SealedId {
    /// Of the access key.
    AccessKey(AccessKeyId),
    /// Of the certificate.
    Certificate(CertificateId),
}

impl SealedId {
    /// The kind of the record.
    pub fn kind(&self) -> SealedKind {
        match self {
            Self::AccessKey(_) => SealedKind::AccessKeySecret,
            Self::Certificate(_) => SealedKind::CertificateKey,
        }
    }

    pub(crate) fn row_id(&self) -> RowId {
        match self {
            Self::AccessKey(id) => RowId::Text(id.as_str().to_owned()),
            Self::Certificate(id) => RowId::Number(id.number() as i64),
        }
    }
}

impl fmt::Display for SealedId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AccessKey(id) => write!(f, "access key {id}"),
            Self::Certificate(id) => write!(f, "{id}"),
        }
    }
}

/// An id as it is in the row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RowId {
    Number(i64),
    Text(String),
}

/// A sealed record, with what is needed to open it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SealedRecord {
    /// The secret of an access key.
    AccessKeySecret {
        /// The id of the access key.
        id: AccessKeyId,
        /// Its secret.
        sealed: SealedSecret,
    },
    /// The private key of a certificate.
    CertificateKey {
        /// The id of the certificate.
        id: CertificateId,
        /// The project of the certificate.
        project: ProjectId,
        /// The leaf, DER.
        leaf: Vec<u8>,
        /// Its private key.
        sealed: SealedKey,
    },
}

impl SealedRecord {
    /// The id of the record.
    pub fn id(&self) -> SealedId {
        match self {
            Self::AccessKeySecret { id, .. } => SealedId::AccessKey(id.clone()),
            Self::CertificateKey { id, .. } => SealedId::Certificate(*id),
        }
    }

    /// The sealed bytes.
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::AccessKeySecret { sealed, .. } => sealed.as_bytes(),
            Self::CertificateKey { sealed, .. } => sealed.as_bytes(),
        }
    }

    /// The master key that the record is sealed under.
    ///
    /// # Errors
    /// Those of [`SealedKey::key_id`].
    pub fn key_id(&self) -> Result<KeyId, UnsealError> {
        match self {
            Self::AccessKeySecret { sealed, .. } => sealed.key_id(),
            Self::CertificateKey { sealed, .. } => sealed.key_id(),
        }
    }
}

/// Consecutive records of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedBatch {
    /// Those that are sealed under another key, in the order of their ids.
    pub found: Vec<SealedRecord>,
    /// How many records were examined.
    pub examined: u64,
    /// The id of the last examined record; none if there are no more records.
    pub next: Option<SealedId>,
}

/// A record that is sealed again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resealed {
    /// The id of the record.
    pub id: SealedId,
    /// The sealed bytes that were read.
    pub old: Vec<u8>,
    /// The sealed bytes that take their place.
    pub new: Vec<u8>,
}

/// Resealing.
///
/// Every function may return [`StoreError::Unavailable`], [`StoreError::Corrupt`] or
/// [`StoreError::Closed`], and those that write [`StoreError::Busy`].
#[async_trait]
pub trait Resealing: Send + Sync {
    /// Announces for three minutes that this server seals under `key`, in place of its earlier
    /// announcement; or that it no longer seals.
    async fn announce_key(&self, key: Option<KeyId>) -> Result<(), StoreError>;

    /// The announced keys of all servers of this store. SQLite, which has one server, has none.
    async fn announced_keys(&self) -> Result<Vec<KeyId>, StoreError>;

    /// The number of sealed records of all kinds.
    async fn sealed_count(&self) -> Result<u64, StoreError>;

    /// Examines the next records of a kind behind `after`, or the first ones, for those that are not
    /// sealed under `key`. Records that are stored meanwhile may be missed.
    async fn sealed_records(
        &self,
        kind: SealedKind,
        key: KeyId,
        after: Option<SealedId>,
    ) -> Result<SealedBatch, StoreError>;

    /// Replaces the sealed bytes of records where the old ones are still there. Returns how many it
    /// replaced.
    async fn replace_sealed(&self, records: Vec<Resealed>) -> Result<u64, StoreError>;
}
