//! Whose turn it is: a few at once, a few waiting, and of those only a few from one address.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use scm_model::Condition;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::ApiError;

/// How many passwords are worked on at once: each takes a processor and 19 MiB.
const AT_ONCE: usize = 2;

/// How many may be in the queue altogether; further ones are told to come back.
const PLACES: usize = 34;

/// How many of them may come from one address.
const PLACES_EACH: usize = 6;

/// The queue of those who want their password compared.
pub(super) struct Queue {
    turns: Arc<Semaphore>,
    here: Mutex<HashMap<IpAddr, usize>>,
}

/// A turn; the next one's comes when it is dropped.
pub(super) struct Turn {
    _turn: OwnedSemaphorePermit,
    _place: Place,
}

struct Place {
    queue: Arc<Queue>,
    address: IpAddr,
}

impl Default for Queue {
    fn default() -> Self {
        Self { turns: Arc::new(Semaphore::new(AT_ONCE)), here: Mutex::default() }
    }
}

impl Queue {
    /// Waits for a turn.
    ///
    /// # Errors
    /// [`Condition::TooMany`] if there is no place to wait.
    pub(super) async fn turn(self: &Arc<Self>, address: IpAddr) -> Result<Turn, ApiError> {
        let place = self.place(address).ok_or_else(|| ApiError::refused(Condition::TooMany))?;
        let turns = Arc::clone(&self.turns);
        let turn = turns.acquire_owned().await.expect("the queue is never closed");
        Ok(Turn { _turn: turn, _place: place })
    }

    fn place(self: &Arc<Self>, address: IpAddr) -> Option<Place> {
        let mut here = self.here();
        let own = here.get(&address).copied().unwrap_or_default();
        if own >= PLACES_EACH || here.values().sum::<usize>() >= PLACES {
            return None;
        }
        here.insert(address, own + 1);
        Some(Place { queue: Arc::clone(self), address })
    }

    fn here(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.here.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut here = self.queue.here();
        if let Some(own) = here.get_mut(&self.address) {
            *own -= 1;
            if *own == 0 {
                here.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(last: usize) -> IpAddr {
        [192, 0, 2, u8::try_from(last).unwrap()].into()
    }

    #[test]
    fn one_address_cannot_fill_the_queue_and_nobody_overfills_it() {
        let queue = Arc::new(Queue::default());
        let own: Vec<_> = (0..PLACES_EACH).map(|_| queue.place(address(1)).unwrap()).collect();
        assert!(queue.place(address(1)).is_none());
        let others: Vec<_> =
            (PLACES_EACH..PLACES).map(|n| queue.place(address(n)).unwrap()).collect();
        assert!(queue.place(address(200)).is_none());
        drop((own, others));
        assert!(queue.place(address(1)).is_some());
        assert!(queue.here().is_empty());
    }
}
