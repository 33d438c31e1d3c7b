//! A pool of a few connections, each opened when first needed.

use std::{
    ops::Deref,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::{connection::Connection, failure::Failure, tls::verifying, url::PostgresUrl};
use crate::error::StoreError;

/// The limit of connections: enough for the cores of a database, and few enough for ten servers to fit
/// into the hundred connections that PostgreSQL allows by default.
pub(super) const CONNECTIONS: u32 = 8;
/// How long to wait for a connection that is in use.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long connecting may take, for all hosts together.
const CONNECTING: Duration = Duration::from_secs(10);

/// The pool.
pub(super) struct Pool {
    url: PostgresUrl,
    tls: Option<MakeRustlsConnect>,
    permits: Arc<Semaphore>,
    idle: Mutex<Vec<Connection>>,
}

impl Pool {
    /// Connects to nothing yet.
    pub(super) fn new(url: PostgresUrl) -> Result<Self, StoreError> {
        let authorities = url.authorities().map(|file| file.as_path());
        let tls = url.is_tls().then(|| verifying(authorities)).transpose()?;
        let permits = Arc::new(Semaphore::new(CONNECTIONS as usize));
        Ok(Self { url, tls, permits, idle: Mutex::default() })
    }

    /// A connection for exclusive use, until it is given back.
    pub(super) async fn take(self: &Arc<Self>) -> Result<Lent, Failure> {
        let permit = timeout(PATIENCE, Arc::clone(&self.permits).acquire_owned()).await;
        let permit = permit.map_err(|_| Failure::Away(StoreError::Busy))?;
        let permit = permit.map_err(|_| Failure::Away(StoreError::Closed))?;
        let connection = match self.idle_one() {
            Some(connection) => connection,
            None => self.connect().await?,
        };
        Ok(Lent { connection, pool: Arc::clone(self), _permit: permit })
    }

    /// Closes idle connections. After one was found broken, the others are not trusted either.
    pub(super) fn forget_idle(&self) {
        self.idle().clear();
    }

    /// Waits for the connections in use, then closes all.
    pub(super) async fn close(&self) {
        let Ok(all) = self.permits.acquire_many(CONNECTIONS).await else { return };
        self.permits.close();
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

/// A connection in use. It is closed if it is dropped without being given back, since a transaction may
/// be open on it.
pub(super) struct Lent {
    connection: Connection,
    pool: Arc<Pool>,
    _permit: OwnedSemaphorePermit,
}

impl Lent {
    /// Returns it to the pool. No transaction may be open on it.
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
