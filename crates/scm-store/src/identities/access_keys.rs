//! Access keys.

use crate::{
    error::StoreError,
    identities::{AccessKeyEntry, AccessKeyRecord, NewAccessKey},
    names::{AccessKeyId, ProjectId, UserId},
    session::{Row, Session},
    subject::Resource,
};

pub(crate) async fn insert<S: Session>(on: &S, key: &NewAccessKey) -> Result<(), S::Failure> {
    let sql = "INSERT INTO access_key (id, account, project, sealed_secret, created, enabled)
               VALUES (?1, ?2, ?3, ?4, ?5, 1)";
    let NewAccessKey { id, user, project, sealed_secret, created } = key;
    let secret = sealed_secret.as_bytes();
    let values = [id.into(), user.into(), project.into(), secret.into(), (*created).into()];
    on.insert("access key with this id", sql, &values).await
}

/// An access key is found only while its user is enabled and has a role in its project.
pub(crate) async fn access_key<S: Session>(
    on: &S,
    id: &AccessKeyId,
) -> Result<AccessKeyRecord, S::Failure> {
    let sql = "SELECT k.id, k.account, a.domain, k.project, g.role, k.sealed_secret, k.enabled,
                   k.created
               FROM access_key k JOIN account a ON a.id = k.account AND a.enabled = 1
                   JOIN role_grant g ON g.account = k.account AND g.project = k.project
               WHERE k.id = ?1";
    on.find(Resource::AccessKey, sql, &[id.into()], read).await
}

/// The oldest first.
pub(crate) async fn all_of<S: Session>(
    on: &S,
    user: &UserId,
) -> Result<Vec<AccessKeyEntry>, S::Failure> {
    let sql = "SELECT id, project, enabled, created FROM access_key WHERE account = ?1";
    let mut keys = on.all(sql, &[user.into()], read_entry).await?;
    keys.sort_unstable_by(|one, other| (one.created, &one.id).cmp(&(other.created, &other.id)));
    Ok(keys)
}

/// Returns the project of the key.
pub(crate) async fn set_enabled<S: Session>(
    on: &S,
    id: &AccessKeyId,
    enabled: bool,
) -> Result<ProjectId, S::Failure> {
    let sql = "UPDATE access_key SET enabled = ?2 WHERE id = ?1 RETURNING project";
    on.find(Resource::AccessKey, sql, &[id.into(), enabled.into()], |row| row.get(0)).await
}

/// Returns the project of the key.
pub(crate) async fn remove<S: Session>(on: &S, id: &AccessKeyId) -> Result<ProjectId, S::Failure> {
    let sql = "DELETE FROM access_key WHERE id = ?1 RETURNING project";
    on.find(Resource::AccessKey, sql, &[id.into()], |row| row.get(0)).await
}

fn read(row: &Row<'_>) -> Result<AccessKeyRecord, StoreError> {
    Ok(AccessKeyRecord {
        id: row.get(0)?,
        user: row.get(1)?,
        domain: row.get(2)?,
        project: row.get(3)?,
        role: row.get(4)?,
        sealed_secret: row.get(5)?,
        enabled: row.get(6)?,
        created: row.get(7)?,
    })
}

fn read_entry(row: &Row<'_>) -> Result<AccessKeyEntry, StoreError> {
    Ok(AccessKeyEntry {
        id: row.get(0)?,
        project: row.get(1)?,
        enabled: row.get(2)?,
        created: row.get(3)?,
    })
}
