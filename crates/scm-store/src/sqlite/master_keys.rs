//! The record of master keys, in SQLite.

use async_trait::async_trait;
use rusqlite::Connection;
use scm_seal::KeyCheck;

use super::{Sqlite, failure::Failure};
use crate::{
    error::StoreError,
    master_keys::{MasterKeys, read, unrecorded},
};

#[async_trait]
impl MasterKeys for Sqlite {
    async fn record_master_keys(&self, keys: Vec<KeyCheck>) -> Result<(), StoreError> {
        // A full disk is no reason to refuse a keyring that is recorded already.
        let recorded = self.read(recorded).await?;
        if unrecorded(&keys, &recorded)?.is_empty() {
            return Ok(());
        }
        self.write(move |connection| record(connection, &keys)).await
    }
}

/// All of the record.
pub(super) fn recorded(connection: &Connection) -> Result<Vec<KeyCheck>, Failure> {
    let mut statement = connection.prepare_cached("SELECT id, check_value FROM master_key")?;
    let mut rows = statement.query([])?;
    let mut recorded = Vec::new();
    while let Some(row) = rows.next()? {
        let (id, value): (String, String) = (row.get(0)?, row.get(1)?);
        recorded.push(read(&id, &value)?);
    }
    Ok(recorded)
}

fn record(connection: &Connection, keys: &[KeyCheck]) -> Result<(), Failure> {
    let recorded = recorded(connection)?;
    let mut insert =
        connection.prepare_cached("INSERT INTO master_key (id, check_value) VALUES (?1, ?2)")?;
    for key in unrecorded(keys, &recorded)? {
        insert.execute([key.key_id.to_string(), key.value.to_string()])?;
    }
    Ok(())
}
