//! What one server at a time does, for a limited time.
//!
//! Time is the database's, since servers need not agree on theirs.

use std::{sync::Arc, time::Duration};

use super::{
    pool::Pool,
    transaction::{Isolation, perform},
};
use crate::error::StoreError;

/// How long a lease lasts when its holder dies.
pub(super) const LASTS: Duration = Duration::from_secs(30);

/// The clock of the database, in milliseconds since 1970-01-01 UTC.
pub(super) const CLOCK: &str = "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)";

/// A piece of work that one server at a time does, for all servers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lease {
    pub(super) name: &'static str,
    /// Who wants it: differs between open stores.
    pub(super) holder: i64,
}

impl Lease {
    /// Takes it, or prolongs it. False if another one has it.
    pub(super) async fn take(self, pool: &Arc<Pool>) -> Result<bool, StoreError> {
        perform(pool, Isolation::SingleStatement, self, |on, lease| {
            Box::pin(async move {
                let sql = format!(
                    "INSERT INTO lease (name, holder, until) VALUES ($1, $2, {CLOCK} + $3)
                     ON CONFLICT (name) DO UPDATE
                         SET holder = excluded.holder, until = excluded.until
                         WHERE lease.holder = excluded.holder OR lease.until < {CLOCK}
                     RETURNING holder"
                );
                let lasts = LASTS.as_millis() as i64;
                Ok(on.row(&sql, &[&lease.name, &lease.holder, &lasts]).await?.is_some())
            })
        })
        .await
    }

    /// Lets others take it.
    pub(super) async fn give_up(self, pool: &Arc<Pool>) -> Result<(), StoreError> {
        perform(pool, Isolation::SingleStatement, self, |on, lease| {
            Box::pin(async move {
                let sql = "DELETE FROM lease WHERE name = $1 AND holder = $2";
                on.change(sql, &[&lease.name, &lease.holder]).await?;
                Ok(())
            })
        })
        .await
    }
}
