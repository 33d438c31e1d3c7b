//! Reading, beside the writer and off the async threads.
//!
//! Each read has a connection of its own for as long as it runs; they are opened when first needed
//! and lent again and again. Only what reads a row or two by key, for nearly every request, stays on
//! the caller's thread: to hop to another one takes several times as long.

use std::{
    num::NonZero,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    thread::available_parallelism,
    time::Duration,
};

use rusqlite::Connection;
use tokio::{sync::Semaphore, task};

use super::{failure::Failure, schema};
use crate::error::StoreError;

const FEWEST: usize = 2;
const MOST: usize = 8;

/// A small pool of connections that can't write.
pub(super) struct Readers {
    slots: Arc<Semaphore>,
    count: u32,
    pool: Arc<Pool>,
}

struct Pool {
    file: PathBuf,
    idle: Mutex<Vec<Connection>>,
}

impl Readers {
    pub(super) fn new(file: PathBuf) -> Self {
        let cores = available_parallelism().map_or(FEWEST, NonZero::get);
        let count = cores.clamp(FEWEST, MOST);
        let pool = Pool { file, idle: Mutex::new(Vec::with_capacity(count)) };
        let slots = Arc::new(Semaphore::new(count));
        Self { slots, count: count as u32, pool: Arc::new(pool) }
    }

    pub(super) async fn read<T, F>(&self, read: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, Failure> + Send + 'static,
    {
        let slots = Arc::clone(&self.slots);
        let slot = slots.acquire_owned().await.map_err(|_| StoreError::Closed)?;
        let pool = Arc::clone(&self.pool);
        let outcome = task::spawn_blocking(move || {
            let outcome = pool.lend(read);
            drop(slot);
            outcome.map_err(Failure::into_inner)
        });
        outcome.await.map_err(StoreError::unavailable)?
    }

    /// Reads a row or two by key, here and now; elsewhere if it would have to wait.
    pub(super) async fn glance<T, F>(&self, read: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: Fn(&Connection) -> Result<T, Failure> + Send + 'static,
    {
        match self.slots.try_acquire().ok().and_then(|_slot| self.pool.lend_now(&read)) {
            None | Some(Err(StoreError::Busy)) => self.read(read).await,
            Some(outcome) => outcome,
        }
    }

    /// Waits for the reads that run, then closes the file.
    pub(super) async fn close(&self) {
        let Ok(all) = self.slots.acquire_many(self.count).await else { return };
        self.slots.close();
        drop(all);
        let pool = Arc::clone(&self.pool);
        // The connections close on a thread that may block; that they could not would be no loss.
        let _ = task::spawn_blocking(move || pool.idle().clear()).await;
    }
}

impl Pool {
    /// A connection that saw a panic is not lent again.
    fn lend<T>(&self, read: impl FnOnce(&Connection) -> Result<T, Failure>) -> Result<T, Failure> {
        let idle = self.idle().pop();
        let connection = match idle {
            Some(connection) => connection,
            None => schema::open_for_reading(&self.file)?,
        };
        let outcome = read(&connection);
        self.idle().push(connection);
        outcome
    }

    /// Nothing if every connection is lent; busy at once if the file is.
    fn lend_now<T>(
        &self,
        read: impl Fn(&Connection) -> Result<T, Failure>,
    ) -> Option<Result<T, StoreError>> {
        let connection = self.idle().pop()?;
        let outcome = connection
            .busy_timeout(Duration::ZERO)
            .map_err(Failure::from)
            .and_then(|()| read(&connection));
        // Without its patience it is not lent again.
        if connection.busy_timeout(schema::BUSY_TIMEOUT).is_ok() {
            self.idle().push(connection);
        }
        Some(outcome.map_err(Failure::into_inner))
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
