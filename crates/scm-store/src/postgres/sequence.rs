//! Numbers for events that grow with time, without reading a clock or the database.

use std::sync::atomic::{AtomicI64, Ordering};

/// How many numbers there are each time that a store is opened.
const BITS: u32 = 32;

/// Numbers of an open store. Those of one that was opened later are greater.
pub(super) struct Sequence(AtomicI64);

impl Sequence {
    /// The numbers of a store that was opened so often before.
    pub(super) fn of(opened: i64) -> Self {
        Self(AtomicI64::new(opened << BITS))
    }

    /// The next one.
    pub(super) fn next(&self) -> i64 {
        self.0.fetch_add(1, Ordering::Relaxed)
    }
}
