//! Upkeep in SQLite: blocks of ids, the sweep of what expired, coming and going.

use std::collections::BTreeMap;

use async_trait::async_trait;
use rusqlite::{Connection, params};
use time::OffsetDateTime;

use super::{Sqlite, certificates, failure::Failure, values::Millis};
use crate::{error::StoreError, ids::IdBlock, upkeep::Upkeep};

/// How many certificates or tokens one transaction sweeps, so that imports need not wait for long.
pub(super) const SWEEP_LIMIT: u64 = 500;
/// Only where nearly every block was taken would so many draws in a row find none.
const DRAWS: usize = 100;

#[async_trait]
impl Upkeep for Sqlite {
    async fn lease_block(&self) -> Result<IdBlock, StoreError> {
        self.act(lease).await
    }

    async fn sweep_expired(&self, now: OffsetDateTime) -> Result<u64, StoreError> {
        let mut swept = 0;
        loop {
            let some = self.act(move |connection| sweep_some(connection, now)).await?;
            swept += some;
            if some < SWEEP_LIMIT {
                return Ok(swept);
            }
        }
    }

    async fn swept_until(&self) -> Result<Option<OffsetDateTime>, StoreError> {
        self.read(|connection| {
            let until: Option<Millis> =
                connection.query_row("SELECT swept_until FROM store", [], |row| row.get(0))?;
            Ok(until.map(|millis| millis.0))
        })
        .await
    }

    async fn ready(&self) -> Result<(), StoreError> {
        self.act(|_| Ok(())).await?;
        self.swept_until().await.map(drop)
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

fn sweep_some(connection: &Connection, now: OffsetDateTime) -> Result<u64, Failure> {
    let swept = mark_some(connection, now)?;
    let count = swept.values().sum();
    for ((project, enterprise_project), n) in swept {
        certificates::count(connection, &project, &enterprise_project, false, -(n as i64))?;
        certificates::count(connection, &project, &enterprise_project, true, n as i64)?;
    }
    if count < SWEEP_LIMIT {
        connection
            .prepare_cached("UPDATE store SET swept_until = max(ifnull(swept_until, ?1), ?1)")?
            .execute([Millis(now)])?;
    }
    Ok(count)
}

/// How many were marked, by project and enterprise project.
fn mark_some(
    connection: &Connection,
    now: OffsetDateTime,
) -> Result<BTreeMap<(String, String), u64>, Failure> {
    let mut statement = connection.prepare_cached(
        "UPDATE certificate SET expired = 1
         WHERE id IN (SELECT id FROM certificate WHERE expired = 0 AND not_after < ?1 LIMIT ?2)
         RETURNING project, enterprise_project",
    )?;
    let mut marked = statement.query(params![Millis(now), SWEEP_LIMIT])?;
    let mut swept = BTreeMap::new();
    while let Some(row) = marked.next()? {
        *swept.entry((row.get(0)?, row.get(1)?)).or_default() += 1;
    }
    Ok(swept)
}
