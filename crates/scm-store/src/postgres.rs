//! The backend for several servers: a PostgreSQL, which may have standbys.
//!
//! Servers share nothing but the database. Imports that arrive together are written together; every
//! other operation is a transaction, run again when it loses against another one. What one server
//! does for all (the sweep, the index of names) it does under a lease.

mod certificates;
mod connection;
mod copy;
mod failure;
mod importer;
mod indexer;
mod lease;
mod listing;
mod master_keys;
mod pool;
mod project_rows;
mod resealing;
mod schema;
mod search;
mod sequence;
mod session;
mod tls;
mod transaction;
mod upkeep;
mod url;
mod values;

use std::sync::Arc;

use scm_seal::KeyringId;

pub use self::url::{NotAPostgresUrl, PostgresUrl};
pub(crate) use self::{copy::PostgresEndpoint, transaction::Isolation};
use self::{
    importer::Importer,
    indexer::Indexer,
    pool::Pool,
    project_rows::Known,
    sequence::Sequence,
    transaction::{Statements, perform},
};
use crate::error::StoreError;

/// A store in a PostgreSQL.
pub(crate) struct Postgres {
    pool: Arc<Pool>,
    known: Arc<Known>,
    events: Arc<Sequence>,
    /// The number of this opening: no other has it.
    server: i64,
    importer: Importer,
    indexer: Indexer,
}

impl Postgres {
    /// Opens the database or makes it ready; see [`crate::open`].
    pub(crate) async fn open(url: PostgresUrl, keyring: KeyringId) -> Result<Self, StoreError> {
        let pool = Arc::new(Pool::new(url.clone())?);
        schema::migrate(&pool, &url).await?;
        let opened = schema::belong_to(&pool, keyring).await?;
        let events = Arc::new(Sequence::of(opened));
        let known = Arc::new(Known::default());
        let importer = Importer::start(&pool, &events, opened);
        let indexer = Indexer::start(&pool, opened);
        Ok(Self { pool, known, events, server: opened, importer, indexer })
    }

    /// The number of the next audit event.
    pub(crate) fn event_number(&self) -> i64 {
        self.events.next()
    }

    /// Runs statements as a transaction.
    pub(crate) async fn transact<A, T>(
        &self,
        isolation: Isolation,
        given: A,
        statements: Statements<A, T>,
    ) -> Result<T, StoreError>
    where
        A: Send + Sync + 'static,
        T: Send + 'static,
    {
        perform(&self.pool, isolation, given, statements).await
    }
}

/// Brings the database up to date; returns its schema.
pub(crate) async fn migrate(url: PostgresUrl) -> Result<i64, StoreError> {
    let pool = Arc::new(Pool::new(url.clone())?);
    schema::migrate(&pool, &url).await
}

/// The keyring that the store in the database belongs to, if there is a store.
pub(crate) async fn keyring(url: PostgresUrl) -> Result<Option<String>, StoreError> {
    let pool = Arc::new(Pool::new(url.clone())?);
    schema::keyring(&pool, &url).await
}
