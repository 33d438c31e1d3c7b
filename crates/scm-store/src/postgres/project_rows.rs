//! Projects, and enterprise projects within them, as numbers: their ids would stand in every row of
//! every index. A number is drawn once and never taken back, so it may be remembered.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use super::{
    connection::Connection,
    failure::Failure,
    pool::Pool,
    transaction::{Isolation, perform},
    values::{column, written},
};
use crate::{
    error::StoreError,
    names::{EnterpriseProject, ProjectId},
    random::random,
    subject::Resource,
};

/// How many are remembered.
const REMEMBERED: usize = 10_000;
/// How many rows of counters an enterprise project has at most.
pub(super) const SHARDS: i64 = 64;

/// The numbers that were met before.
#[derive(Default)]
pub(super) struct Known(Mutex<HashMap<(ProjectId, EnterpriseProject), (i64, i64)>>);

impl Known {
    /// The numbers of a project and of an enterprise project in it, given now if they have none.
    pub(super) async fn enterprise_row(
        &self,
        pool: &Arc<Pool>,
        project: &ProjectId,
        name: &EnterpriseProject,
    ) -> Result<(i64, i64), StoreError> {
        let key = (project.clone(), name.clone());
        if let Some(numbers) = self.all().get(&key) {
            return Ok(*numbers);
        }
        let numbers =
            perform(pool, Isolation::SingleStatement, key.clone(), |on, (project, name)| {
                Box::pin(async move {
                    let project_row = of(on, project).await?;
                    let enterprise_row = enterprise_row_of(on, project_row, name).await?;
                    // It may have been found on a primary whose standby does not have it. To be remembered
                    // it must outlive the primary, as a commit that comes after it shows.
                    on.change("UPDATE shelf SET scope = scope WHERE id = $1", &[&enterprise_row])
                        .await?;
                    Ok((project_row, enterprise_row))
                })
            })
            .await?;
        let mut all = self.all();
        if all.len() >= REMEMBERED {
            all.clear();
        }
        all.insert(key, numbers);
        Ok(numbers)
    }

    fn all(
        &self,
    ) -> std::sync::MutexGuard<'_, HashMap<(ProjectId, EnterpriseProject), (i64, i64)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The number of a project, given now if it has none.
pub(super) async fn of(on: &Connection, project: &ProjectId) -> Result<i64, Failure> {
    loop {
        if let Some(project_row) = known(on, project).await? {
            return Ok(project_row);
        }
        let sql = "INSERT INTO scope (id, project) VALUES ($1, $2) ON CONFLICT DO NOTHING";
        on.change(sql, &[&draw(), &written(project.as_str())]).await?;
    }
}

/// The number of a project; without one it has nothing in here.
pub(super) async fn known(on: &Connection, project: &ProjectId) -> Result<Option<i64>, Failure> {
    let sql = "SELECT id FROM scope WHERE project = $1";
    let row = on.row(sql, &[&written(project.as_str())]).await?;
    row.map(|row| column(&row, 0)).transpose()
}

/// The number of a project; a certificate of a project without one is missing.
pub(super) async fn must_be_known(on: &Connection, project: &ProjectId) -> Result<i64, Failure> {
    Ok(known(on, project).await?.ok_or(StoreError::missing(Resource::Certificate))?)
}

async fn enterprise_row_of(
    on: &Connection,
    project_row: i64,
    name: &EnterpriseProject,
) -> Result<i64, Failure> {
    loop {
        if let Some(enterprise_row) = enterprise_row_known(on, project_row, name).await? {
            return Ok(enterprise_row);
        }
        let sql = "INSERT INTO shelf (id, scope, enterprise_project) VALUES ($1, $2, $3)
                   ON CONFLICT DO NOTHING";
        on.change(sql, &[&draw(), &project_row, &written(name.as_str())]).await?;
    }
}

/// The number of an enterprise project; without one there is nothing in it.
pub(super) async fn enterprise_row_known(
    on: &Connection,
    project_row: i64,
    name: &EnterpriseProject,
) -> Result<Option<i64>, Failure> {
    let sql = "SELECT id FROM shelf WHERE scope = $1 AND enterprise_project = $2";
    let row = on.row(sql, &[&project_row, &written(name.as_str())]).await?;
    row.map(|row| column(&row, 0)).transpose()
}

/// Changes the counters of enterprise projects, in the order of their numbers: transactions that do so
/// at the same time wait for each other in one direction only.
pub(super) async fn count(
    on: &Connection,
    shard: i64,
    moves: &mut [(i64, i64, i64)],
) -> Result<(), Failure> {
    moves.sort_unstable();
    for (enterprise_row, valid, expired) in moves.iter() {
        on.change(
            "INSERT INTO shelf_count (shelf, shard, valid, expired) VALUES ($1, $2, $3, $4)
             ON CONFLICT (shelf, shard) DO UPDATE SET valid = shelf_count.valid + excluded.valid,
                 expired = shelf_count.expired + excluded.expired",
            &[enterprise_row, &shard, valid, expired],
        )
        .await?;
    }
    Ok(())
}

/// By how much counters change if a certificate is added (`1`) or removed (`-1`), marked as expired or not.
pub(super) fn moved(enterprise_row: i64, by: i64, expired: bool) -> (i64, i64, i64) {
    if expired { (enterprise_row, 0, by) } else { (enterprise_row, by, 0) }
}

/// A random row of counters: for rare operations, which then seldom wait for another transaction.
pub(super) fn any_shard() -> i64 {
    (random() % SHARDS.unsigned_abs()).cast_signed()
}

fn draw() -> i64 {
    (random() >> 1).cast_signed()
}
