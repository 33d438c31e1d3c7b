//! The errors of a store. The error types of the backends appear here only as sources.

use std::{error::Error, sync::Arc};

use scm_seal::KeyId;

use crate::{ids::CertificateId, subject::Resource};

/// Why an operation failed, or why a store was not opened. Whatever the variant, nothing is half done.
/// Only after [`Unsettled`](Self::Unsettled) it is not known whether the operation was done.
///
/// Cheap to clone: operations that are committed together fail together.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// It does not exist, or it belongs to another project: a caller can't distinguish the two.
    #[error("the {what} does not exist")]
    Missing {
        /// What does not exist.
        what: Resource,
    },
    /// The project already has a certificate with this leaf.
    #[error("the project already has this certificate, as {existing}")]
    Duplicate {
        /// The certificate that is stored.
        existing: CertificateId,
    },
    /// The key of the import belongs to an import with other content.
    #[error(
        "the key of the import belongs to another import, stored as {existing}; \
         use a new key for each import"
    )]
    ReusedKey {
        /// The certificate of that import.
        existing: CertificateId,
    },
    /// The id or the name is taken.
    #[error("the {what} exists already")]
    Conflict {
        /// What there is already.
        what: &'static str,
    },
    /// A marker was used with a list in another order than the one it comes from.
    #[error(
        "the marker belongs to a list in another order; use it with the order that it comes from"
    )]
    OtherOrder,
    /// Too many operations are waiting. Nothing was done; try again later.
    #[error("too many operations are waiting for the store; try again later")]
    Busy,
    /// The store can't be reached, read or written: disk full, input and output errors. The operation
    /// is not done.
    #[error("the store is not available")]
    Unavailable {
        /// What went wrong.
        #[source]
        source: Arc<dyn Error + Send + Sync>,
    },
    /// The disk or the connection failed while the operation was committed. It is not known whether the
    /// operation is done.
    #[error(
        "the store failed during a commit; check whether the operation was done before you repeat it"
    )]
    Unsettled {
        /// What went wrong.
        #[source]
        source: Arc<dyn Error + Send + Sync>,
    },
    /// The stored data can't be what was once written.
    #[error("the store is damaged: {what}; restore a backup")]
    Corrupt {
        /// What can't be right.
        what: String,
    },
    /// The store has been closed.
    #[error("the store is closed")]
    Closed,
    /// A later release has changed the schema of the store.
    #[error(
        "the store has schema {found}, but this release knows only up to {known}; \
         start the release that wrote it, or a later one"
    )]
    NewerSchema {
        /// The schema of the store.
        found: i64,
        /// The newest schema known here.
        known: i64,
    },
    /// The store has the schema of an earlier release, and this operation migrates nothing.
    #[error(
        "the store has schema {version}, of an earlier release; run `scm-server migrate` first"
    )]
    Outdated {
        /// The schema of the store.
        version: i64,
    },
    /// The store was made with another keyring, so nothing in it could be opened.
    #[error(
        "the store belongs to keyring {stored}, but keyring {given} was given; \
         restore the keyring that was backed up with the store"
    )]
    ForeignKeyring {
        /// The keyring that the store was made with.
        stored: String,
        /// The keyring that was given.
        given: String,
    },
    /// A master key of the keyring is not the one that sealed what is stored: sealed under it, nothing
    /// could be opened again.
    #[error(
        "master key {key} of the keyring is not the key of this id that the store was sealed with (its \
         check value differs); restore the keyring that was backed up with the store"
    )]
    WrongMasterKey {
        /// The master key.
        key: KeyId,
    },
    /// The store is a copy that is not complete. Records that it lacks would seem to be lost.
    #[error(
        "this is a copy of {of} that is not complete: run `scm-server copy` again until it is done, \
         and start the server then"
    )]
    HalfCopied {
        /// What it is a copy of.
        of: String,
    },
    /// The file or the database is no store.
    #[error("{place} is not a store of this program; name another file or database")]
    NotOurs {
        /// The file, or where the database is.
        place: String,
    },
}

impl StoreError {
    pub(crate) fn missing(what: Resource) -> Self {
        Self::Missing { what }
    }

    pub(crate) fn unavailable(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Unavailable { source: Arc::from(source.into()) }
    }

    pub(crate) fn unsettled(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Unsettled { source: Arc::from(source.into()) }
    }

    pub(crate) fn corrupt(what: impl Into<String>) -> Self {
        Self::Corrupt { what: what.into() }
    }
}
