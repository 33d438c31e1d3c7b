//! Recording and reading the audit trail.

use super::{Store, run};
use crate::{
    audit::{AuditEvent, AuditQuery, trail},
    error::StoreError,
};

/// The audit trail.
impl Store {
    /// Records what was refused, or what no other operation records.
    ///
    /// # Errors
    /// [`StoreError::Busy`], [`StoreError::Unavailable`] or [`StoreError::Closed`].
    pub async fn record(&self, event: AuditEvent) -> Result<(), StoreError> {
        let given = (self.event_number(), event);
        run!(self, write / ReadCommitted, given, |on, (number, event)| {
            trail::insert(on, *number, event).await
        })
    }

    /// The newest events that fit, newest first. Looks through those of a project from the newest on,
    /// until there are enough: where few fit, through all.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Corrupt`] or [`StoreError::Closed`].
    pub async fn events(&self, query: &AuditQuery) -> Result<Vec<AuditEvent>, StoreError> {
        run!(self, read / Snapshot, query.clone(), |on, query| trail::newest(on, query).await)
    }
}
