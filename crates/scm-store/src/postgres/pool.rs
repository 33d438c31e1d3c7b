//! The connections to the database: few, lent one at a time, and opened when first needed.

use std::{
    ops::Deref,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use super::{connection::Connection, failure::Failure, tls::Verifying, url::PostgresUrl};
use crate::error::StoreError;

/// How many connections a server has at most: enough for the cores of a database, and few enough
/// that ten servers fit into the hundred that one takes by default.
pub(super) const CONNECTIONS: u32 = 8;
/// How long to wait for one that is lent.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long connecting may take, whatever the number of hosts.
const CONNECTING: Duration = Duration::from_secs(10);

/// A small pool of connections.
pub(super) struct Pool {
    url: PostgresUrl,
    tls: Option<Verifying>,
    slots: Arc<Semaphore>,
    idle: Mutex<Vec<Connection>>,
}

impl Pool {
    /// Connects to nothing yet.
    pub(super) fn new(url: PostgresUrl) -> Result<Self, StoreError> {
        let authorities = url.authorities().map(|file| file.as_path());
        let tls = url.is_tls().then(|| Verifying::with(authorities)).transpose()?;
        let slots = Arc::new(Semaphore::new(CONNECTIONS as usize));
        Ok(Self { url, tls, slots, idle: Mutex::default() })
    }

    /// A connection of one's own until it is given back.
    pub(super) async fn take(self: &Arc<Self>) -> Result<Lent, Failure> {
        let slot = timeout(PATIENCE, Arc::clone(&self.slots).acquire_owned()).await;
        let slot = slot.map_err(|_| Failure::Away(StoreError::Busy))?;
        let slot = slot.map_err(|_| Failure::Away(StoreError::Closed))?;
        let connection = match self.idle_one() {
            Some(connection) => connection,
            None => self.connect().await?,
        };
        Ok(Lent { connection, pool: Arc::clone(self), _slot: slot })
    }

    /// After one was found broken, the others are not trusted either.
    pub(super) fn forget_idle(&self) {
        self.idle().clear();
    }

    /// Waits for those that are lent, then closes all.
    pub(super) async fn close(&self) {
        let Ok(all) = self.slots.acquire_many(CONNECTIONS).await else { return };
        self.slots.close();
        drop(all);
        self.forget_idle();
    }

    async fn connect(&self) -> Result<Connection, Failure> {
        let opened = timeout(CONNECTING, Connection::open(&self.url, self.tls.as_ref())).await;
        opened.unwrap_or_else(|_| {
            Err(Failure::Away(StoreError::unavailable("the database did not answer in time")))
        })
    }

    fn idle_one(&self) -> Option<Connection> {
        let mut idle = self.idle();
        idle.retain(|connection| !connection.is_closed());
        idle.pop()
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection that is lent. Dropped without being given back, it is closed: whatever was under
/// way on it is nobody else's business.
pub(super) struct Lent {
    connection: Connection,
    pool: Arc<Pool>,
    _slot: OwnedSemaphorePermit,
}

impl Lent {
    /// To be lent again. Nothing may be under way on it.
    pub(super) fn give_back(self) {
        self.pool.idle().push(self.connection);
    }
}

impl Deref for Lent {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.connection
    }
}
