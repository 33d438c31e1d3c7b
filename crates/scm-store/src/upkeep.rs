//! What keeps a store in order, and is nobody's act in particular.

use async_trait::async_trait;
use time::OffsetDateTime;

use crate::{error::StoreError, ids::IdBlock};

/// Keeping a store in order.
#[async_trait]
pub trait Upkeep: Send + Sync {
    /// Takes a block of ids that nobody was given before; on disk when this returns.
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

    /// Brings the index of names up to date and returns how many certificates it lacked. A store
    /// does so by itself, soon after what was kept, changed or left over from before; until then
    /// searches look through what the index lacks, and find the same.
    ///
    /// # Errors
    /// [`StoreError::Busy`], [`StoreError::Unavailable`] or [`StoreError::Closed`].
    async fn index_pending(&self) -> Result<u64, StoreError>;

    /// Whether acts and reads get through right now.
    ///
    /// # Errors
    /// Whatever stands in the way.
    async fn ready(&self) -> Result<(), StoreError>;

    /// Takes on nothing more, finishes what was handed over, and lets go of the files. Every later
    /// act is [`StoreError::Closed`]; a second call does nothing.
    async fn close(&self);
}
