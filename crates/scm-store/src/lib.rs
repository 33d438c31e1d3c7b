//! Storage: certificates, who may use them, and what happened to them.
//!
//! Each function of a [`Store`] is a whole operation, never a row and never a bare transaction: what
//! belongs together is committed together, and an operation that returned `Ok` is on disk. It works
//! within the project of its [`Actor`] and leaves its audit event in the same transaction.
//!
//! This crate deliberately can't open the sealed keys that it stores, does not know the wire, makes
//! no access decisions and never reads the clock. Times come from the caller and are stored to the
//! millisecond.

mod actor;
mod audit;
mod certificates;
mod chain;
mod copy;
mod error;
mod identities;
mod ids;
mod import_key;
mod master_keys;
mod millis;
mod names;
mod postgres;
mod random;
mod resealing;
mod session;
mod sqlite;
mod store;
mod subject;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod text;
mod upkeep;

use std::{fmt, path::PathBuf};

use scm_seal::KeyringId;

use self::copy::{Endpoint, Source};

pub use crate::{
    actor::Actor,
    audit::{AuditEvent, AuditQuery, Outcome, action},
    certificates::{
        CertificateCount, CertificateListing, CertificateQuery, CertificateRecord, Certificates,
        Change, Marker, NewCertificate, NotAMarker, Replacement, Sort, Start, State, StoredBundle,
    },
    copy::{Copied, CopyError, Difference, Stage},
    error::StoreError,
    identities::{
        AccessKeyEntry, AccessKeyRecord, DomainRecord, FirstStart, Grant, NewAccessKey, NewToken,
        NewUser, PasswordHash, ProjectRecord, Role, TokenHash, TokenRecord, UserRecord,
    },
    ids::{CertificateId, IdBlock, NotACertificateId},
    import_key::IMPORT_KEY_LIFE,
    master_keys::{KeyringRecord, MasterKeys},
    names::{AccessKeyId, DomainId, EnterpriseProject, ProjectId, UserId},
    postgres::{NotAPostgresUrl, PostgresUrl},
    resealing::{Resealed, Resealing, SealedBatch, SealedId, SealedKind, SealedRecord},
    store::{Backend, Ids, Store},
    subject::{Resource, Subject},
    upkeep::Upkeep,
};

/// Where a store is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Location {
    /// A SQLite file, made on first use with mode 0600. Its folder must exist, on a local disk.
    Sqlite(PathBuf),
    /// A database in a PostgreSQL, which several servers may share. It must exist; what it needs is
    /// made in it on first use.
    Postgres(PostgresUrl),
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(file) => write!(f, "{}", file.display()),
            Self::Postgres(url) => write!(f, "{url}"),
        }
    }
}

/// Opens the store at `location`, or creates it there, for use with the keyring named `keyring`.
///
/// Brings an older schema up to date first.
///
/// # Errors
/// [`StoreError::ForeignKeyring`], [`StoreError::NewerSchema`], [`StoreError::NotOurs`],
/// [`StoreError::Unavailable`], [`StoreError::Corrupt`] or [`StoreError::Busy`].
pub async fn open(location: Location, keyring: KeyringId) -> Result<Store, StoreError> {
    Store::open(location, keyring).await
}

/// Brings the schema of the store at `location` up to date, as opening it does, and returns the schema.
/// Of a store that is not there, a database is made ready, and a file is not made.
///
/// # Errors
/// As for [`open`], except those about the keyring; [`StoreError::Missing`] if there is no such file.
pub async fn migrate(location: Location) -> Result<i64, StoreError> {
    match location {
        Location::Sqlite(file) => sqlite::migrate(file).await,
        Location::Postgres(url) => postgres::migrate(url).await,
    }
}

/// Copies the embedded store in `file`, as it is now and whether or not servers use it, to the file
/// `to`, which must not be there and gets mode 0600. Checks the copy, and returns what it records about its
/// keyring. Calls `report` with the number of copied pages and the number of all pages.
///
/// # Errors
/// [`StoreError::NotOurs`], [`StoreError::NewerSchema`], [`StoreError::Outdated`],
/// [`StoreError::HalfCopied`], [`StoreError::Corrupt`] or [`StoreError::Unavailable`].
pub async fn snapshot(
    file: PathBuf,
    to: PathBuf,
    mut report: impl FnMut(u64, u64) + Send + 'static,
) -> Result<KeyringRecord, StoreError> {
    let taken = tokio::task::spawn_blocking(move || sqlite::snapshot(&file, &to, &mut report));
    taken.await.map_err(StoreError::unavailable)?
}

/// Whether the embedded store in `file` was set up. Changes nothing in the file; false if there is none,
/// or nothing in it.
///
/// # Errors
/// [`StoreError::NewerSchema`], [`StoreError::NotOurs`], [`StoreError::Corrupt`] or
/// [`StoreError::Unavailable`].
pub async fn is_set_up(file: PathBuf) -> Result<bool, StoreError> {
    let found = tokio::task::spawn_blocking(move || sqlite::is_set_up(&file));
    found.await.map_err(StoreError::unavailable)?
}

/// Moves everything that was committed to the embedded store in `file` from the write-ahead log into the
/// file. It is on disk when this returns.
///
/// # Errors
/// [`StoreError::Busy`] or [`StoreError::Unavailable`].
pub async fn checkpoint(file: PathBuf) -> Result<(), StoreError> {
    let done = tokio::task::spawn_blocking(move || sqlite::checkpoint(&file));
    done.await.map_err(StoreError::unavailable)?
}

/// Whether there is a store at `location`: a file, or a database that belongs to a keyring.
///
/// # Errors
/// [`StoreError::NewerSchema`], [`StoreError::NotOurs`] or [`StoreError::Unavailable`].
pub async fn is_there(location: &Location) -> Result<bool, StoreError> {
    match location {
        Location::Sqlite(file) => Ok(file.exists()),
        Location::Postgres(url) => Ok(postgres::keyring(url.clone()).await?.is_some()),
    }
}

/// The name of the keyring that the store at `location` belongs to, if there is a store.
///
/// # Errors
/// As for [`is_there`].
pub async fn keyring_of(location: &Location) -> Result<Option<String>, StoreError> {
    match location {
        Location::Sqlite(file) if !file.exists() => Ok(None),
        Location::Sqlite(_) => endpoint(location, false).await?.keyring().await,
        Location::Postgres(url) => postgres::keyring(url.clone()).await,
    }
}

/// Copies the store at `from` into the empty store at `to`, or continues an interrupted copy, and
/// reports its progress. Both get the schema of this release.
///
/// # Errors
/// Every [`CopyError`]. The copy can be continued after all but [`CopyError::Differs`].
pub async fn copy(
    from: &Location,
    to: &Location,
    report: &mut (dyn FnMut(Stage) + Send),
) -> Result<Copied, CopyError> {
    let source = Source::new(from, endpoint(from, false).await).await?;
    source.copy_to(to, endpoint(to, true).await, report).await
}

/// Opens one end of a copy. A file is created only if `create` is set.
async fn endpoint(location: &Location, create: bool) -> Result<Box<dyn Endpoint>, StoreError> {
    Ok(match location {
        Location::Sqlite(file) => {
            Box::new(sqlite::SqliteEndpoint::open(file.clone(), create).await?)
        }
        Location::Postgres(url) => Box::new(postgres::PostgresEndpoint::open(url.clone()).await?),
    })
}
