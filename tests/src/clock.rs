//! A clock for tests: it stands still until a test moves it.

use std::sync::{Mutex, PoisonError};

use scm_server::Clock;
use time::{Duration, OffsetDateTime, macros::datetime};

/// When tests begin.
pub const NOW: OffsetDateTime = datetime!(2026-06-01 12:00:00.25 UTC);

/// A clock that stands still.
#[derive(Debug)]
pub struct StillClock(Mutex<OffsetDateTime>);

impl StillClock {
    /// A clock that shows [`NOW`].
    pub fn new() -> Self {
        Self(Mutex::new(NOW))
    }

    /// Moves it on.
    pub fn advance(&self, by: Duration) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) += by;
    }
}

impl Default for StillClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for StillClock {
    fn now(&self) -> OffsetDateTime {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
