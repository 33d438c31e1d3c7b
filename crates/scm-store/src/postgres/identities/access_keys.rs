//! Access keys.

use scm_seal::SealedSecret;
use tokio_postgres::Row;

use super::{
    super::{
        connection::Connection,
        failure::{Failure, conflict},
        values::{column, role, text, time, truth, written},
    },
    people,
};
use crate::{
    identities::{AccessKeyEntry, AccessKeyRecord, NewAccessKey},
    millis::millis,
    names::{AccessKeyId, ProjectId, UserId},
    subject::Resource,
};

pub(super) async fn keep(on: &Connection, key: &NewAccessKey) -> Result<(), Failure> {
    people::require_role(on, &key.user, &key.project).await?;
    insert(on, key).await
}

pub(super) async fn insert(on: &Connection, key: &NewAccessKey) -> Result<(), Failure> {
    let sql = "INSERT INTO access_key (id, account, project, sealed_secret, created, enabled)
               VALUES ($1, $2, $3, $4, $5, 1)";
    let (id, user) = (written(key.id.as_str()), written(key.user.as_str()));
    let (project, secret) = (written(key.project.as_str()), key.sealed_secret.as_bytes());
    on.change(sql, &[&id, &user, &project, &secret, &millis(key.created)])
        .await
        .map_err(conflict("access key with this id"))?;
    Ok(())
}

/// Only as long as its owner is enabled and has a role.
pub(super) async fn access_key(
    on: &Connection,
    id: &AccessKeyId,
) -> Result<AccessKeyRecord, Failure> {
    let sql = "SELECT k.id, k.account, a.domain, k.project, g.role, k.sealed_secret, k.enabled,
                   k.created
               FROM access_key k JOIN account a ON a.id = k.account AND a.enabled = 1
                   JOIN role_grant g ON g.account = k.account AND g.project = k.project
               WHERE k.id = $1";
    let row = on.found(Resource::AccessKey, sql, &[&written(id.as_str())]).await?;
    Ok(AccessKeyRecord {
        id: text(&row, 0)?,
        user: text(&row, 1)?,
        domain: text(&row, 2)?,
        project: text(&row, 3)?,
        role: role(&row, 4)?,
        sealed_secret: SealedSecret::from_kept(column(&row, 5)?),
        enabled: truth(&row, 6)?,
        created: time(&row, 7)?,
    })
}

/// The oldest first.
pub(super) async fn of_user(
    on: &Connection,
    user: &UserId,
) -> Result<Vec<AccessKeyEntry>, Failure> {
    let sql = "SELECT id, project, enabled, created FROM access_key WHERE account = $1";
    let rows = on.rows(sql, &[&written(user.as_str())]).await?;
    let mut keys = rows.iter().map(read_entry).collect::<Result<Vec<_>, _>>()?;
    keys.sort_unstable_by(|one, other| (one.created, &one.id).cmp(&(other.created, &other.id)));
    Ok(keys)
}

fn read_entry(row: &Row) -> Result<AccessKeyEntry, Failure> {
    Ok(AccessKeyEntry {
        id: text(row, 0)?,
        project: text(row, 1)?,
        enabled: truth(row, 2)?,
        created: time(row, 3)?,
    })
}

/// Says where it is good.
pub(super) async fn set_enabled(
    on: &Connection,
    id: &AccessKeyId,
    enabled: bool,
) -> Result<ProjectId, Failure> {
    let sql = "UPDATE access_key SET enabled = $2 WHERE id = $1 RETURNING project";
    text(
        &on.found(Resource::AccessKey, sql, &[&written(id.as_str()), &i64::from(enabled)]).await?,
        0,
    )
}

/// Says where it was good.
pub(super) async fn remove(on: &Connection, id: &AccessKeyId) -> Result<ProjectId, Failure> {
    let sql = "DELETE FROM access_key WHERE id = $1 RETURNING project";
    text(&on.found(Resource::AccessKey, sql, &[&written(id.as_str())]).await?, 0)
}
