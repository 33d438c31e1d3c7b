//! Opens a database: checks that it is a store, of a known schema and of this keyring, and then adds the
//! steps of the schema that it lacks.
//!
//! Any number of servers may start at once. One of them, by a lease in the row of the version, takes
//! the steps, and the others wait. There are neither advisory locks nor transactions around several
//! changes of the schema, since not every database of the family has them: instead each statement
//! can be run again, so that even a step that was cut short, or is taken twice, ends well.
//!
//! The SQL is in `migrations/postgres`; a step that was ever released is never changed.

use std::{sync::Arc, time::Duration};

use scm_seal::KeyringId;
use tokio::time::{Instant, sleep};
use tokio_postgres::error::SqlState;

use super::{
    connection::Connection,
    failure::Failure,
    lease::{CLOCK, LASTS},
    pool::{Lent, Pool},
    transaction::{Isolation, pause, perform},
    url::PostgresUrl,
    values::{column, text},
};
use crate::{error::StoreError, random::random};

/// Step n brings schema n to schema n + 1: what must be done, and what only makes it faster.
const STEPS: [(&str, &str); 5] = [
    (
        include_str!("../../migrations/postgres/0001_first.sql"),
        include_str!("../../migrations/postgres/0001_tuning.sql"),
    ),
    (include_str!("../../migrations/postgres/0002_import_key.sql"), ""),
    (include_str!("../../migrations/postgres/0003_moving.sql"), ""),
    ("", include_str!("../../migrations/postgres/0004_tuning.sql")),
    (include_str!("../../migrations/postgres/0005_master_key.sql"), ""),
];

/// One row, with the version. This table is created before all others: a database without it is no store.
const VERSION: &str = "CREATE TABLE IF NOT EXISTS scm_schema (
    one BIGINT PRIMARY KEY CHECK (one = 1), version BIGINT NOT NULL, holder BIGINT NOT NULL,
    until BIGINT NOT NULL)";

/// What the store is a copy of, if it is one that is not complete.
pub(super) const COPY_OF: &str = "SELECT reached FROM moving WHERE part = 'source'";

/// How often a statement is tried that meets another server's at the same table.
const TRIES: u32 = 20;
/// How long to wait for the server that takes the steps.
const PATIENCE: Duration = Duration::from_secs(300);
/// How often to look whether it has.
const LOOK: Duration = Duration::from_millis(50);

/// Brings the database up to date, or waits until another server has; returns the schema.
pub(super) async fn migrate(pool: &Arc<Pool>, url: &PostgresUrl) -> Result<i64, StoreError> {
    let (pool, url) = (Arc::clone(pool), url.clone());
    let task = tokio::spawn(async move {
        let on = pool.take().await?;
        let schema = bring_up_to_date(&on, &url).await?;
        // Its limits were lifted, so it is not lent again.
        drop::<Lent>(on);
        Ok(schema)
    });
    task.await.map_err(StoreError::unavailable)?.map_err(Failure::into_inner)
}

/// The keyring that the store belongs to; none if there is no store yet.
pub(super) async fn keyring(
    pool: &Arc<Pool>,
    url: &PostgresUrl,
) -> Result<Option<String>, StoreError> {
    perform(pool, Isolation::SingleStatement, url.clone(), |on, url| {
        Box::pin(async move {
            if version_of(on, url).await?.is_none_or(|version| version == 0) {
                return Ok(None);
            }
            let row = on.row("SELECT ring_id FROM store", &[]).await?;
            row.map(|row| column(&row, 0)).transpose()
        })
    })
    .await
}

/// A new store belongs to the keyring that it was made with, for ever. Returns how often it was opened.
pub(super) async fn belong_to(pool: &Arc<Pool>, keyring: KeyringId) -> Result<i64, StoreError> {
    let given = keyring.to_string();
    perform(pool, Isolation::ReadCommitted, given, |on, given| Box::pin(belong(on, given))).await
}

async fn belong(on: &Connection, given: &String) -> Result<i64, Failure> {
    if let Some(row) = on.row(COPY_OF, &[]).await? {
        return Err(StoreError::HalfCopied { of: text(&row, 0)? }.into());
    }
    let sql = "INSERT INTO store (one, ring_id, opened) VALUES (1, $1, 0) ON CONFLICT DO NOTHING";
    on.change(sql, &[given]).await?;
    let stored: String = column(&on.one("SELECT ring_id FROM store", &[]).await?, 0)?;
    if stored != *given {
        return Err(StoreError::ForeignKeyring { stored, given: given.clone() }.into());
    }
    let sql = "UPDATE store SET opened = opened + 1 WHERE one = 1 RETURNING opened";
    column(&on.one(sql, &[]).await?, 0)
}

async fn bring_up_to_date(on: &Connection, url: &PostgresUrl) -> Result<i64, Failure> {
    let known = STEPS.len() as i64;
    if version_of(on, url).await? == Some(known) {
        return Ok(known);
    }
    // Building an index takes as long as it takes.
    on.run("SET statement_timeout = 0").await?;
    on.run("SET lock_timeout = 0").await?;
    must(on, VERSION).await?;
    let first = "INSERT INTO scm_schema (one, version, holder, until) VALUES (1, 0, 0, 0)
                 ON CONFLICT DO NOTHING";
    must(on, first).await?;
    let (holder, started) = (random().cast_signed(), Instant::now());
    while version_of(on, url).await? != Some(known) {
        match turn(on, holder).await? {
            Some(version) => take_step(on, holder, version).await?,
            None if started.elapsed() < PATIENCE => sleep(LOOK).await,
            None => return Err(StoreError::Busy.into()),
        }
    }
    Ok(known)
}

/// The schema that the database has: nothing if it is empty.
async fn version_of(on: &Connection, url: &PostgresUrl) -> Result<Option<i64>, Failure> {
    let sql = "SELECT count(*), count(*) FILTER (WHERE table_name = 'scm_schema')
               FROM information_schema.tables
               WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'";
    let row = on.one(sql, &[]).await?;
    match (column::<i64>(&row, 0)?, column::<i64>(&row, 1)?) {
        (0, _) => return Ok(None),
        (_, 0) => return Err(StoreError::NotOurs { place: url.to_string() }.into()),
        _ => {}
    }
    let known = STEPS.len() as i64;
    let row = on.row("SELECT version FROM scm_schema", &[]).await?;
    match row.map(|row| column::<i64>(&row, 0)).transpose()?.unwrap_or(0) {
        found if found > known => Err(StoreError::NewerSchema { found, known }.into()),
        found => Ok(Some(found)),
    }
}

/// Whether it is our turn to take steps, and from which version on.
async fn turn(on: &Connection, holder: i64) -> Result<Option<i64>, Failure> {
    let sql = format!(
        "UPDATE scm_schema SET holder = $1, until = {CLOCK} + $2
         WHERE one = 1 AND (holder = $1 OR until < {CLOCK}) RETURNING version"
    );
    let row =
        match on.row(&sql, &[&holder, &(LASTS.as_millis() as i64)]).await.map_err(Failure::from) {
            Ok(row) => row,
            Err(Failure::Again(_)) => None,
            Err(failure) => return Err(failure),
        };
    row.map(|row| column(&row, 0)).transpose()
}

async fn take_step(on: &Connection, holder: i64, version: i64) -> Result<(), Failure> {
    let Some((needed, tuning)) = usize::try_from(version).ok().and_then(|at| STEPS.get(at)) else {
        return Ok(());
    };
    for statement in statements(needed) {
        must(on, statement).await?;
        turn(on, holder).await?;
    }
    for statement in statements(tuning) {
        may(on, statement).await?;
    }
    let sql =
        "UPDATE scm_schema SET version = $2 + 1, until = 0 WHERE version = $2 AND holder = $1";
    if on.change(sql, &[&holder, &version]).await? > 0 {
        tracing::info!(version = version + 1, "the store has a new schema");
    }
    Ok(())
}

/// Each ends with a semicolon and an empty line.
fn statements(sql: &str) -> impl Iterator<Item = &str> {
    sql.split(";\n").map(str::trim).filter(|statement| !statement.is_empty())
}

/// Two servers that make the same table at once hinder each other; a moment later it is there.
async fn must(on: &Connection, statement: &str) -> Result<(), Failure> {
    let mut tries = 0;
    loop {
        match on.run(statement).await {
            Ok(()) => return Ok(()),
            Err(error) if tries < TRIES && is_collision(error.code()) => {
                sleep(pause(tries)).await;
                tries += 1;
            }
            Err(error) => return Err(error.into()),
        }
    }
}

fn is_collision(code: Option<&SqlState>) -> bool {
    let Some(code) = code else { return false };
    [
        &SqlState::DUPLICATE_TABLE,
        &SqlState::DUPLICATE_OBJECT,
        &SqlState::UNIQUE_VIOLATION,
        &SqlState::T_R_SERIALIZATION_FAILURE,
        &SqlState::T_R_DEADLOCK_DETECTED,
        &SqlState::INTERNAL_ERROR,
    ]
    .contains(&code)
}

/// What only makes it faster, a database may not know.
async fn may(on: &Connection, statement: &str) -> Result<(), Failure> {
    match must(on, statement).await {
        Err(Failure::Final(StoreError::Unavailable { source })) => {
            tracing::debug!(error = &*source as &dyn std::error::Error, "left out");
            Ok(())
        }
        done => done,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the databases that speak PostgreSQL's language have in common; see the file itself.
    #[test]
    fn steps_use_common_sql_and_can_be_run_again() {
        let begins = ["CREATE TABLE IF NOT EXISTS ", "CREATE INDEX IF NOT EXISTS "];
        let absent = [
            " SERIAL",
            " TRIGGER",
            " INTEGER",
            " ENUM",
            " DEFERRABLE",
            " EXCLUDE",
            " GIST",
            "LISTEN",
            "ADVISORY",
            " VARCHAR",
            " TIMESTAMP",
            " DEFAULT ",
        ];
        for (needed, tuning) in STEPS {
            let all: Vec<_> = statements(needed).map(without_comments).collect();
            assert!(!all.is_empty() || !tuning.is_empty());
            for statement in all {
                let upper = statement.to_uppercase();
                assert!(
                    begins.iter().any(|begin| upper.starts_with(begin.trim_end())),
                    "{statement}"
                );
                assert!(absent.iter().all(|word| !upper.contains(word)), "{statement}");
                let is_table = upper.starts_with("CREATE TABLE");
                assert!(!is_table || upper.contains("PRIMARY KEY"), "{statement}");
            }
        }
    }

    fn without_comments(statement: &str) -> String {
        let lines = statement.lines().filter(|line| !line.starts_with("--"));
        lines.collect::<Vec<_>>().join("\n").trim().to_owned()
    }
}
