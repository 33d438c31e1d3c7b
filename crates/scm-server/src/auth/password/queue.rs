//! Whose turn it is: a few at once, a few waiting, and of those only a few from one address.

use std::{net::IpAddr, sync::Arc};

use scm_model::Condition;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{
    error::ApiError,
    per_client_limit::{PerClientLimit, Permit},
};

/// How many passwords are worked on at once: each takes a processor and 19 MiB.
const AT_ONCE: usize = 2;

/// How many may be in the queue altogether; further ones are told to come back.
const PLACES: usize = 34;

/// How many of them may come from one address.
const PLACES_EACH: usize = 6;

/// The queue of those who want their password compared.
pub(super) struct Queue {
    turns: Arc<Semaphore>,
    waiting: Arc<PerClientLimit>,
}

/// A turn; the next one's comes when it is dropped.
pub(super) struct Turn {
    _turn: OwnedSemaphorePermit,
    _place: Permit,
}

impl Default for Queue {
    fn default() -> Self {
        let waiting = PerClientLimit::new(PLACES, PLACES_EACH);
        Self { turns: Arc::new(Semaphore::new(AT_ONCE)), waiting }
    }
}

impl Queue {
    /// Waits for a turn.
    ///
    /// # Errors
    /// [`Condition::TooMany`] if there is no place to wait.
    pub(super) async fn turn(&self, address: IpAddr) -> Result<Turn, ApiError> {
        let too_many = || ApiError::refused(Condition::TooMany);
        let place = self.waiting.enter(address).ok_or_else(too_many)?;
        let turns = Arc::clone(&self.turns);
        let turn = turns.acquire_owned().await.expect("the queue is never closed");
        Ok(Turn { _turn: turn, _place: place })
    }
}
