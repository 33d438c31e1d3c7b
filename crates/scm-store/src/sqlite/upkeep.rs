//! Upkeep in SQLite: blocks of ids, the sweep of what expired, coming and going.

use std::collections::BTreeMap;

use async_trait::async_trait;
use rusqlite::{Connection, params};
use time::OffsetDateTime;

use super::{
    Sqlite,
    certificates::import_keys,
    failure::Failure,
    project_rows::{EnterpriseProjectRow, Moved},
    values::Millis,
};
use crate::{error::StoreError, ids::IdBlock, millis::first_millis_from, upkeep::Upkeep};

/// How many certificates, tokens or keys of imports one transaction sweeps, so that imports need not wait for long.
pub(super) const SWEEP_LIMIT: u64 = 500;
/// Only where nearly every block was taken would so many draws in a row find none.
const DRAWS: usize = 100;

#[async_trait]
impl Upkeep for Sqlite {
    async fn lease_block(&self) -> Result<IdBlock, StoreError> {
        self.write(lease).await
    }

    async fn sweep_expired(&self, now: OffsetDateTime) -> Result<u64, StoreError> {
        // Mostly there is none, and then neither imports nor the disk are bothered.
        let until = first_millis_from(now);
        if !self.read(move |connection| is_any_to_mark(connection, until)).await? {
            return Ok(0);
        }
        let mut swept = 0;
        loop {
            let some = self.write(move |connection| sweep_some(connection, now)).await?;
            swept += some;
            if some < SWEEP_LIMIT {
                return Ok(swept);
            }
        }
    }

    async fn sweep_import_keys(&self, now: OffsetDateTime) -> Result<u64, StoreError> {
        let mut swept = 0;
        loop {
            let some =
                self.write(move |connection| import_keys::sweep_some(connection, now)).await?;
            swept += some;
            if some < SWEEP_LIMIT {
                return Ok(swept);
            }
        }
    }

    async fn index_pending(&self) -> Result<u64, StoreError> {
        self.indexer.catch_up(&self.writer).await
    }

    async fn ready(&self) -> Result<(), StoreError> {
        self.write(|_| Ok(())).await?;
        self.read(|connection| swept_until(connection).map(drop)).await
    }

    async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

fn lease(connection: &Connection) -> Result<IdBlock, Failure> {
    let mut statement = connection
        .prepare_cached("INSERT INTO id_block (number) VALUES (?1) ON CONFLICT DO NOTHING")?;
    for _ in 0..DRAWS {
        let number = IdBlock::draw();
        let column = i64::try_from(number).expect("there are far fewer blocks");
        if statement.execute([column])? == 1 {
            return Ok(IdBlock::numbered(number).expect("only numbers of blocks are drawn"));
        }
    }
    Err(StoreError::Conflict { what: "block of ids" }.into())
}

/// Up to when certificates are marked.
pub(super) fn swept_until(connection: &Connection) -> Result<Option<i64>, Failure> {
    let mut statement = connection.prepare_cached("SELECT swept_until FROM store")?;
    Ok(statement.query_row([], |row| row.get(0))?)
}

/// Whether a certificate with this end is marked as expired.
pub(super) fn is_marked(
    connection: &Connection,
    not_after: OffsetDateTime,
) -> Result<bool, Failure> {
    let swept_until = swept_until(connection)?;
    Ok(swept_until.is_some_and(|until| Millis(not_after).number() < until))
}

/// Whether some that are not marked end before.
fn is_any_to_mark(connection: &Connection, until: i64) -> Result<bool, Failure> {
    let mut statement =
        connection.prepare_cached("SELECT min(not_after) FROM certificate WHERE expired = 0")?;
    let first: Option<i64> = statement.query_row([], |row| row.get(0))?;
    Ok(first.is_some_and(|end| end < until))
}

/// Marks the next ones in the order of their ends. After each step, those that ended before
/// `swept_until` are marked, those that end after it are not, and of those that end just then some
/// may be: which is what reads rely on.
fn sweep_some(connection: &Connection, now: OffsetDateTime) -> Result<u64, Failure> {
    let until = first_millis_from(now);
    let marked = mark_some(connection, until)?;
    for (enterprise_row, count) in &marked.by_enterprise_row {
        enterprise_row.count(connection, Moved { valid: -count, expired: *count })?;
    }
    let count = marked.by_enterprise_row.values().sum::<i64>() as u64;
    let reached = if count < SWEEP_LIMIT { until } else { marked.last_end };
    connection
        .prepare_cached(
            "UPDATE store SET swept_until = ?1 WHERE swept_until IS NULL OR swept_until < ?1",
        )?
        .execute([reached])?;
    Ok(count)
}

#[derive(Default)]
struct Marked {
    by_enterprise_row: BTreeMap<EnterpriseProjectRow, i64>,
    last_end: i64,
}

fn mark_some(connection: &Connection, until: i64) -> Result<Marked, Failure> {
    let mut statement = connection.prepare_cached(
        "UPDATE certificate SET expired = 1
         WHERE id IN (SELECT id FROM certificate WHERE expired = 0 AND not_after < ?1
             ORDER BY not_after LIMIT ?2)
         RETURNING shelf, not_after",
    )?;
    let mut rows = statement.query(params![until, SWEEP_LIMIT])?;
    let mut marked = Marked { last_end: i64::MIN, ..Marked::default() };
    while let Some(row) = rows.next()? {
        *marked.by_enterprise_row.entry(row.get(0)?).or_default() += 1;
        marked.last_end = marked.last_end.max(row.get(1)?);
    }
    Ok(marked)
}

#[cfg(test)]
mod tests;
