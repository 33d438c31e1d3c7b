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

    /// Marks every certificate whose end lies before `now` as expired, moves the counters along in
    /// the same transaction, and remembers up to when that has been done. Returns how many it
    /// marked. Works in small transactions, so that imports go on meanwhile.
    ///
    /// # Errors
    /// [`StoreError::Busy`], [`StoreError::Unavailable`] or [`StoreError::Closed`].
    async fn sweep_expired(&self, now: OffsetDateTime) -> Result<u64, StoreError>;

    /// Up to when [`Upkeep::sweep_expired`] has been done: whatever ended before is marked. A read
    /// that wants to be exact corrects for the interval since then. `None` before the first sweep.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Closed`].
    async fn swept_until(&self) -> Result<Option<OffsetDateTime>, StoreError>;

    /// Whether acts and reads get through right now.
    ///
    /// # Errors
    /// Whatever stands in the way.
    async fn ready(&self) -> Result<(), StoreError>;

    /// Takes on nothing more, finishes what was handed over, and lets go of the files. Every later
    /// act is [`StoreError::Closed`]; a second call does nothing.
    async fn close(&self);
}
