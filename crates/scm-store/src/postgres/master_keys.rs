//! The record of master keys, in PostgreSQL.

use async_trait::async_trait;
use scm_seal::KeyCheck;

use super::{
    Postgres, connection::Connection, failure::Failure, transaction::Isolation, values::column,
};
use crate::{
    error::StoreError,
    master_keys::{MasterKeys, read, unrecorded},
};

#[async_trait]
impl MasterKeys for Postgres {
    async fn record_master_keys(&self, keys: Vec<KeyCheck>) -> Result<(), StoreError> {
        self.transact(Isolation::ReadCommitted, keys, |on, keys| Box::pin(record(on, keys))).await
    }
}

async fn recorded(on: &Connection) -> Result<Vec<KeyCheck>, Failure> {
    let rows = on.rows("SELECT id, check_value FROM master_key", &[]).await?;
    rows.iter().map(|row| Ok(read(column(row, 0)?, column(row, 1)?)?)).collect()
}

/// Another server may record a key at the same time, so what stands there is compared once more.
async fn record(on: &Connection, keys: &[KeyCheck]) -> Result<(), Failure> {
    let new = unrecorded(keys, &recorded(on).await?)?;
    if new.is_empty() {
        return Ok(());
    }
    for key in new {
        let sql = "INSERT INTO master_key (id, check_value) VALUES ($1, $2) ON CONFLICT DO NOTHING";
        on.change(sql, &[&key.key_id.to_string(), &key.value.to_string()]).await?;
    }
    match unrecorded(keys, &recorded(on).await?)? {
        missing if missing.is_empty() => Ok(()),
        _ => Err(StoreError::corrupt("a master key was not recorded").into()),
    }
}
