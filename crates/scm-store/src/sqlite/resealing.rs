//! Resealing in SQLite.

use async_trait::async_trait;
use rusqlite::{
    Connection, Row, ToSql, params,
    types::{ToSqlOutput, ValueRef},
};
use scm_seal::{KeyId, SealedKey, SealedSecret};

use super::{Sqlite, failure::Failure};
use crate::{
    error::StoreError,
    resealing::{
        BATCH, Resealed, Resealing, RowId, SealedBatch, SealedId, SealedKind, SealedRecord, Table,
    },
};

#[async_trait]
impl Resealing for Sqlite {
    /// The one server has the keyring's file in its own folder.
    async fn announce_key(&self, _: Option<KeyId>) -> Result<(), StoreError> {
        Ok(())
    }

    async fn announced_keys(&self) -> Result<Vec<KeyId>, StoreError> {
        Ok(Vec::new())
    }

    async fn sealed_count(&self) -> Result<u64, StoreError> {
        self.read(|connection| Ok(connection.query_row(&Table::count_all(), [], |row| row.get(0))?))
            .await
    }

    async fn sealed_records(
        &self,
        kind: SealedKind,
        key: KeyId,
        after: Option<SealedId>,
    ) -> Result<SealedBatch, StoreError> {
        self.read(move |connection| batch(connection, kind, key, after.as_ref())).await
    }

    async fn replace_sealed(&self, records: Vec<Resealed>) -> Result<u64, StoreError> {
        self.write(move |connection| replace(connection, &records)).await
    }
}

fn batch(
    connection: &Connection,
    kind: SealedKind,
    key: KeyId,
    after: Option<&SealedId>,
) -> Result<SealedBatch, Failure> {
    let table = kind.table();
    let after = after.map_or_else(|| kind.before_first(), SealedId::row_id);
    let last = |row: &Row<'_>| Ok((row.get(0)?, sealed_id(kind, row, 1)));
    let (examined, last) =
        connection.prepare_cached(&table.examine())?.query_row([&after], last)?;
    if examined == 0 {
        return Ok(SealedBatch { found: Vec::new(), examined, next: None });
    }
    let last = last?;
    let mut statement = connection.prepare_cached(&table.find())?;
    let values = params![after, last.row_id(), key.to_bytes()];
    let found = statement.query_map(values, |row| record(kind, row))?;
    let found = found.collect::<rusqlite::Result<_>>()?;
    Ok(SealedBatch { found, examined, next: (examined == BATCH).then_some(last) })
}

fn sealed_id(kind: SealedKind, row: &Row<'_>, at: usize) -> rusqlite::Result<SealedId> {
    Ok(match kind {
        SealedKind::AccessKeySecret => SealedId::AccessKey(row.get(at)?),
        SealedKind::CertificateKey => SealedId::Certificate(row.get(at)?),
    })
}

fn record(kind: SealedKind, row: &Row<'_>) -> rusqlite::Result<SealedRecord> {
    Ok(match kind {
        SealedKind::AccessKeySecret => SealedRecord::AccessKeySecret {
            id: row.get(0)?,
            sealed: SealedSecret::from_kept(row.get(1)?),
        },
        SealedKind::CertificateKey => SealedRecord::CertificateKey {
            id: row.get(0)?,
            sealed: SealedKey::from_kept(row.get(1)?),
            project: row.get(2)?,
            leaf: row.get(3)?,
        },
    })
}

fn replace(connection: &Connection, records: &[Resealed]) -> Result<u64, Failure> {
    let mut replaced = 0;
    for Resealed { id, old, new } in records {
        let Table { name, sealed, .. } = id.kind().table();
        let sql = format!("UPDATE {name} SET {sealed} = ?3 WHERE id = ?1 AND {sealed} = ?2");
        replaced += connection.prepare_cached(&sql)?.execute(params![id.row_id(), old, new])?;
    }
    Ok(replaced as u64)
}

impl ToSql for RowId {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Number(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
        }))
    }
}
