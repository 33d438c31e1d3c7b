//! Upkeep in PostgreSQL: blocks of ids, the sweep of what expired, coming and going.

use std::collections::BTreeMap;

use async_trait::async_trait;
use time::OffsetDateTime;

use super::{
    Postgres,
    certificates::import_keys,
    connection::Connection,
    failure::Failure,
    lease::Lease,
    project_rows::{self, any_shard},
    transaction::Isolation,
    values::column,
};
use crate::{error::StoreError, ids::IdBlock, millis::first_millis_from, upkeep::Upkeep};

/// How many certificates or keys of imports one transaction sweeps, so that imports need not wait for long.
pub(super) const SWEEP_LIMIT: i64 = 500;
/// Only where nearly every block was taken would so many draws in a row find none.
const DRAWS: usize = 100;

#[async_trait]
impl Upkeep for Postgres {
    async fn lease_block(&self) -> Result<IdBlock, StoreError> {
        self.transact(Isolation::SingleStatement, (), |on, ()| Box::pin(lease(on))).await
    }

    /// Nothing, if another server is at it.
    async fn sweep_expired(&self, now: OffsetDateTime) -> Result<u64, StoreError> {
        let until = first_millis_from(now);
        // Mostly there is none, and then nothing need be written.
        let look = self.transact(Isolation::SingleStatement, until, |on, until| {
            Box::pin(is_any_to_mark(on, *until))
        });
        if !look.await? {
            return Ok(0);
        }
        let lease = Lease { name: "sweep", holder: self.events.next() };
        let mut swept = 0;
        while lease.take(&self.pool).await? {
            let sweep = self.transact(Isolation::ReadCommitted, until, |on, until| {
                Box::pin(sweep_some(on, *until))
            });
            let some = sweep.await?;
            swept += some;
            if some < SWEEP_LIMIT.unsigned_abs() {
                lease.give_up(&self.pool).await?;
                break;
            }
        }
        Ok(swept)
    }

    async fn sweep_import_keys(&self, now: OffsetDateTime) -> Result<u64, StoreError> {
        let mut swept = 0;
        loop {
            let sweep = self.transact(Isolation::SingleStatement, now, |on, now| {
                Box::pin(import_keys::sweep_some(on, *now))
            });
            let some = sweep.await?;
            swept += some;
            if some < SWEEP_LIMIT.unsigned_abs() {
                return Ok(swept);
            }
        }
    }

    async fn index_pending(&self) -> Result<u64, StoreError> {
        self.indexer.catch_up(&self.pool).await
    }

    async fn ready(&self) -> Result<(), StoreError> {
        self.transact(Isolation::SingleStatement, (), |on, ()| {
            Box::pin(async move {
                on.one("SELECT 1 FROM store", &[]).await?;
                let row = on.one("SHOW transaction_read_only", &[]).await?;
                match column(&row, 0)? {
                    "off" => Ok(()),
                    // Another one may be the primary by now: the next connection finds it.
                    _ => Err(Failure::read_only()),
                }
            })
        })
        .await
    }

    async fn close(&self) {
        self.importer.close().await;
        self.pool.close().await;
    }
}

async fn lease(on: &Connection) -> Result<IdBlock, Failure> {
    for _ in 0..DRAWS {
        let number = IdBlock::draw();
        let column = i64::try_from(number).expect("there are far fewer blocks");
        let sql = "INSERT INTO id_block (number) VALUES ($1) ON CONFLICT DO NOTHING";
        if on.change(sql, &[&column]).await? == 1 {
            return Ok(IdBlock::numbered(number).expect("only numbers of blocks are drawn"));
        }
    }
    Err(StoreError::Conflict { what: "block of ids" }.into())
}

/// Whether some that are not marked end before. The query selects the least end, which stands at the very
/// beginning of the index; with a bound, a plan may read the whole table to find that there is none.
async fn is_any_to_mark(on: &Connection, until: i64) -> Result<bool, Failure> {
    let sql = "SELECT min(not_after) FROM certificate WHERE expired = 0";
    let first: Option<i64> = column(&on.one(sql, &[]).await?, 0)?;
    Ok(first.is_some_and(|end| end < until))
}

/// Marks the next ones in the order of their ends.
async fn sweep_some(on: &Connection, until: i64) -> Result<u64, Failure> {
    let sql = "UPDATE certificate SET expired = 1
               WHERE expired = 0 AND id IN
                   (SELECT id FROM certificate WHERE expired = 0 AND not_after < $1
                    ORDER BY not_after LIMIT $2)
               RETURNING shelf";
    let rows = on.rows(sql, &[&until, &SWEEP_LIMIT]).await?;
    let mut by_enterprise_row = BTreeMap::<i64, i64>::new();
    for row in &rows {
        *by_enterprise_row.entry(column(row, 0)?).or_default() += 1;
    }
    let moves = by_enterprise_row
        .into_iter()
        .map(|(enterprise_row, count)| (enterprise_row, -count, count));
    project_rows::count(on, any_shard(), &mut moves.collect::<Vec<_>>()).await?;
    Ok(rows.len() as u64)
}
