//! Maintenance of a store, which belongs to no user's operation.

use async_trait::async_trait;
use time::OffsetDateTime;

use crate::{error::StoreError, ids::IdBlock};

/// Maintenance of a store.
#[async_trait]
pub trait Upkeep: Send + Sync {
    /// Leases a block of ids that were never given before; the lease is on disk when this returns.
    /// [`Ids`](crate::Ids) hands them out. Two leases never give the same block, whether or not
    /// they come from one server; for restored backups see [`IdBlock`].
    ///
    /// # Errors
    /// [`StoreError::Busy`], [`StoreError::Unavailable`], [`StoreError::Closed`], or
    /// [`StoreError::Conflict`] when almost no block is left.
    async fn lease_block(&self) -> Result<IdBlock, StoreError>;

    /// Marks every certificate whose end lies before `now` as expired and moves the counters along
    /// in the same transaction. Returns how many it marked. Works in small transactions, so that
    /// imports go on meanwhile.
    ///
    /// What is listed and counted is right whether or not this was done: a read corrects for what
    /// has ended since the last time, and so takes the longer, the longer ago that is.
    ///
    /// # Errors
    /// [`StoreError::Busy`], [`StoreError::Unavailable`] or [`StoreError::Closed`].
    async fn sweep_expired(&self, now: OffsetDateTime) -> Result<u64, StoreError>;

    /// Forgets the keys of imports that came more than [`IMPORT_KEY_LIFE`](crate::IMPORT_KEY_LIFE)
    /// before `now`, in small transactions, and returns how many.
    ///
    /// # Errors
    /// [`StoreError::Busy`], [`StoreError::Unavailable`] or [`StoreError::Closed`].
    async fn sweep_import_keys(&self, now: OffsetDateTime) -> Result<u64, StoreError>;

    /// Brings the index of names up to date and returns how many certificates it lacked. A store does so by
    /// itself, soon after certificates were stored or changed, and after it is opened; until then searches
    /// also look through what the index lacks, and find the same.
    ///
    /// # Errors
    /// [`StoreError::Busy`], [`StoreError::Unavailable`] or [`StoreError::Closed`].
    async fn index_pending(&self) -> Result<u64, StoreError>;

    /// Whether operations and reads succeed at present.
    ///
    /// # Errors
    /// Whatever stands in the way.
    async fn ready(&self) -> Result<(), StoreError>;

    /// Accepts no more operations, finishes those that were queued, and closes the files. Every later
    /// operation is [`StoreError::Closed`]; a second call does nothing.
    async fn close(&self);
}
