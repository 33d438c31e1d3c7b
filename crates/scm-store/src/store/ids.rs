//! Ids for new certificates, from blocks that are leased from a store.

use std::{
    fmt,
    sync::{Mutex, PoisonError},
};

use super::Store;
use crate::{
    error::StoreError,
    ids::{CertificateId, IdBlock},
};

/// Hands out ids, one lease of the store for every 4096 of them.
pub struct Ids {
    store: Store,
    block: Mutex<IdBlock>,
    /// Held while leasing, so that those who find the block empty together lease one block.
    leasing: tokio::sync::Mutex<()>,
}

impl Ids {
    /// Leases nothing until the first id is taken.
    pub fn new(store: Store) -> Self {
        Self { store, block: Mutex::new(IdBlock::none()), leasing: tokio::sync::Mutex::new(()) }
    }

    /// An id that was never given before and never will be again.
    ///
    /// # Errors
    /// Those of [`Upkeep::lease_block`](crate::Upkeep::lease_block).
    pub async fn next(&self) -> Result<CertificateId, StoreError> {
        if let Some(id) = self.take() {
            return Ok(id);
        }
        let _turn = self.leasing.lock().await;
        if let Some(id) = self.take() {
            return Ok(id);
        }
        let mut block = self.store.lease_block().await?;
        let id = block.next().expect("a fresh block has 4096 ids");
        *self.block.lock().unwrap_or_else(PoisonError::into_inner) = block;
        Ok(id)
    }

    fn take(&self) -> Option<CertificateId> {
        self.block.lock().unwrap_or_else(PoisonError::into_inner).next()
    }
}

impl fmt::Debug for Ids {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ids").field("block", &self.block).finish_non_exhaustive()
    }
}
