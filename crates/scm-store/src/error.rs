//! Every way in which a store says no. No home's own error types show here, except as sources.

use std::{error::Error, sync::Arc};

use scm_seal::KeyId;

use crate::{ids::CertificateId, subject::Resource};

/// Why an act was not done, or why a store was not opened. Whatever the variant, nothing is half
/// done; whether it is done is left open by [`Unsettled`](Self::Unsettled) alone.
///
/// Cheap to clone: acts that were committed together fail together.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// There is none, or it belongs to another project: a caller can't tell which.
    #[error("the {what} does not exist")]
    Missing {
        /// What does not exist.
        what: Resource,
    },
    /// The project keeps the same leaf already.
    #[error("the same certificate is kept already as {existing}")]
    Duplicate {
        /// The certificate that is kept.
        existing: CertificateId,
    },
    /// The key of the import stands for an import of something else.
    #[error("the key of the import stands for another one, kept as {existing}")]
    ReusedKey {
        /// What it stands for.
        existing: CertificateId,
    },
    /// Something else stands where this would go.
    #[error("there is another {what} already")]
    Conflict {
        /// What there is already.
        what: &'static str,
    },
    /// A marker was used with a list in another order than the one it comes from.
    #[error("the marker belongs to a list in another order")]
    OtherOrder,
    /// More waits than can be taken on. Nothing was done; try again later.
    #[error("the store has too much to do")]
    Busy,
    /// The store can't be reached, read or written: disk full, input and output errors. If this
    /// comes from an act, the act is not done.
    #[error("the store is not available")]
    Unavailable {
        /// What went wrong.
        #[source]
        source: Arc<dyn Error + Send + Sync>,
    },
    /// The disk or the connection failed while the act was committed: whether it is done is not known.
    #[error("whether it was done is not known")]
    Unsettled {
        /// What went wrong.
        #[source]
        source: Arc<dyn Error + Send + Sync>,
    },
    /// What is kept can't be what was once written.
    #[error("the store is damaged: {what}")]
    Corrupt {
        /// What can't be right.
        what: String,
    },
    /// The store has been closed.
    #[error("the store is closed")]
    Closed,
    /// A later release has been here.
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
    /// An earlier release has been here, and this is not the time to change anything.
    #[error(
        "the store has schema {version}, of an earlier release; run `scm-server migrate` first"
    )]
    Outdated {
        /// The schema of the store.
        version: i64,
    },
    /// The store was made with another keyring, so nothing in it could be opened.
    #[error(
        "the store belongs to keyring {kept}, but keyring {given} was given; \
         restore the keyring that was backed up with the store"
    )]
    ForeignKeyring {
        /// The ring that the store was made with.
        kept: String,
        /// The ring that was given.
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
    /// A copy that was not finished: what is missing in it would seem to be lost.
    #[error(
        "this is a copy of {of} that is not complete: run `scm-server copy` again until it is done, \
         and start the server then"
    )]
    HalfCopied {
        /// What it is a copy of.
        of: String,
    },
    /// The file or the database holds something else.
    #[error("{place} is not a store of this program")]
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
