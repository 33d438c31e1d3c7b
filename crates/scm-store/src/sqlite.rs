//! The embedded backend: one SQLite file, one writer, a few readers.
//!
//! Operations queue for one thread, which commits those that wait in one transaction (group commit).
//! Reads run beside it on other connections. Two servers may share a file on a local disk, though
//! that is not what it is for.

mod certificates;
mod checkpoint;
mod copy;
mod failure;
mod indexer;
mod listing;
mod master_keys;
mod project_rows;
mod readers;
mod resealing;
mod schema;
mod search;
mod session;
mod snapshot;
mod upkeep;
mod values;
mod writer;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use rusqlite::{Connection, MAIN_DB, wal::CheckpointMode};
use scm_seal::KeyringId;

use self::{
    checkpoint::Checkpointer, failure::Failure, indexer::Indexer, readers::Readers, writer::Writer,
};
pub(crate) use self::{copy::SqliteEndpoint, session::ready, snapshot::snapshot};
use crate::{error::StoreError, subject::Resource};

/// A store in a SQLite file.
pub(crate) struct Sqlite {
    writer: Arc<Writer>,
    readers: Readers,
    indexer: Indexer,
}

impl Sqlite {
    /// Opens the file or makes it; see [`crate::open`].
    pub(crate) async fn open(file: PathBuf, keyring: KeyringId) -> Result<Self, StoreError> {
        let opened = tokio::task::spawn_blocking(move || Self::open_blocking(&file, keyring)).await;
        let (writer, readers) = opened.map_err(StoreError::unavailable)??;
        let writer = Arc::new(writer);
        let indexer = Indexer::start(&writer);
        Ok(Self { writer, readers, indexer })
    }

    fn open_blocking(file: &Path, keyring: KeyringId) -> Result<(Writer, Readers), StoreError> {
        let connection = schema::open(file, keyring)?;
        let second = schema::open_for_checkpoints(file).map_err(Failure::into_inner)?;
        let writer = Writer::start(connection, Checkpointer::start(second)?)?;
        Ok((writer, Readers::new(file.to_owned())))
    }

    /// Hands an operation to the writer and waits until it is committed.
    pub(crate) async fn write<T, F>(&self, operation: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: Fn(&Connection) -> Result<T, Failure> + Send + 'static,
    {
        self.writer.write(operation).await
    }

    /// Reads what is committed.
    pub(crate) async fn read<T, F>(&self, read: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, Failure> + Send + 'static,
    {
        self.readers.read(read).await
    }

    /// Reads a row or two by key, for nearly every request.
    pub(crate) async fn glance<T, F>(&self, read: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: Fn(&Connection) -> Result<T, Failure> + Send + 'static,
    {
        self.readers.glance(read).await
    }
}

/// Brings a file up to date; returns its schema.
pub(crate) async fn migrate(file: PathBuf) -> Result<i64, StoreError> {
    if !file.exists() {
        return Err(StoreError::missing(Resource::Store));
    }
    let migrated = tokio::task::spawn_blocking(move || schema::migrate_file(&file)).await;
    migrated.map_err(StoreError::unavailable)?
}

/// Whether a file holds a store that was set up.
pub(crate) fn is_set_up(file: &Path) -> Result<bool, StoreError> {
    let empty = std::fs::metadata(file).map_or(true, |found| found.is_file() && found.len() == 0);
    if empty { Ok(false) } else { schema::is_set_up(file).map_err(Failure::into_inner) }
}

/// Moves the log into the file.
pub(crate) fn checkpoint(file: &Path) -> Result<(), StoreError> {
    let moved = schema::open_for_checkpoints(file).and_then(|connection| {
        connection.busy_timeout(schema::BUSY_TIMEOUT)?;
        connection.wal_checkpoint_v2(Some(MAIN_DB), CheckpointMode::FULL)?;
        Ok(())
    });
    moved.map_err(Failure::into_inner)
}
