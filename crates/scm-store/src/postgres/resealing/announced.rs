//! The master keys that servers seal under: a lease for each server, with the key in its name.

use std::{sync::Arc, time::Duration};

use scm_seal::KeyId;

use super::super::{
    connection::Connection,
    failure::Failure,
    lease::CLOCK,
    pool::Pool,
    transaction::{Isolation, perform},
    values::column,
};
use crate::error::StoreError;

/// How long an announcement outlives its server.
const LASTS: Duration = Duration::from_secs(180);

/// Announces the key of a server, in place of its earlier announcement. Removes expired ones.
pub(super) async fn announce(
    pool: &Arc<Pool>,
    server: i64,
    key: Option<KeyId>,
) -> Result<(), StoreError> {
    perform(pool, Isolation::ReadCommitted, (server, key), |on, (server, key)| {
        Box::pin(announce_on(on, *server, *key))
    })
    .await
}

async fn announce_on(on: &Connection, server: i64, key: Option<KeyId>) -> Result<(), Failure> {
    let name = key.map(|key| format!("seals {key} {server}")).unwrap_or_default();
    let sql = format!(
        "DELETE FROM lease
         WHERE name LIKE 'seals %' AND name <> $1 AND (holder = $2 OR until < {CLOCK})"
    );
    on.change(&sql, &[&name, &server]).await?;
    if key.is_some() {
        let sql = format!(
            "INSERT INTO lease (name, holder, until) VALUES ($1, $2, {CLOCK} + $3)
             ON CONFLICT (name) DO UPDATE SET until = excluded.until"
        );
        on.change(&sql, &[&name, &server, &(LASTS.as_millis() as i64)]).await?;
    }
    Ok(())
}

/// The keys of all announcements that have not expired.
pub(super) async fn all(pool: &Arc<Pool>) -> Result<Vec<KeyId>, StoreError> {
    perform(pool, Isolation::SingleStatement, (), |on, ()| Box::pin(all_on(on))).await
}

async fn all_on(on: &Connection) -> Result<Vec<KeyId>, Failure> {
    let sql = format!("SELECT name FROM lease WHERE name LIKE 'seals %' AND until >= {CLOCK}");
    let rows = on.rows(&sql, &[]).await?;
    let names = rows.iter().map(|row| column::<&str>(row, 0));
    names
        .map(|name| {
            let name = name?;
            let key = name.split(' ').nth(1).and_then(|key| key.parse().ok());
            Ok(key.ok_or_else(|| StoreError::corrupt(format!("a lease is called {name:?}")))?)
        })
        .collect()
}
