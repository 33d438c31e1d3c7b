//! Access keys.

use rusqlite::{Connection, Row, params};
use scm_seal::SealedSecret;

use super::{
    super::{
        failure::{Failure, conflict, missing},
        values::Millis,
    },
    people,
};
use crate::{
    identities::{AccessKeyEntry, AccessKeyRecord, NewAccessKey},
    names::{AccessKeyId, ProjectId, UserId},
    subject::Resource,
};

pub(super) fn keep(connection: &Connection, key: &NewAccessKey) -> Result<(), Failure> {
    people::require_role(connection, &key.user, &key.project)?;
    insert(connection, key)
}

pub(super) fn insert(connection: &Connection, key: &NewAccessKey) -> Result<(), Failure> {
    connection
        .prepare_cached(
            "INSERT INTO access_key (id, user, project, sealed_secret, created, enabled)
             VALUES (?1, ?2, ?3, ?4, ?5, 1)",
        )?
        .execute(params![
            key.id,
            key.user,
            key.project,
            key.sealed_secret.as_bytes(),
            Millis(key.created)
        ])
        .map_err(conflict("access key with this id"))?;
    Ok(())
}

/// Only as long as its owner is enabled and has a role.
pub(super) fn access_key(
    connection: &Connection,
    id: &AccessKeyId,
) -> Result<AccessKeyRecord, Failure> {
    let mut statement = connection.prepare_cached(
        "SELECT access_key.id, access_key.user, user.domain, access_key.project, role,
             sealed_secret, access_key.enabled, created
         FROM access_key JOIN user ON user.id = access_key.user AND user.enabled
             JOIN role_grant ON role_grant.user = access_key.user
                 AND role_grant.project = access_key.project
         WHERE access_key.id = ?1",
    )?;
    let found = statement.query_row([id], |row| {
        Ok(AccessKeyRecord {
            id: row.get(0)?,
            user: row.get(1)?,
            domain: row.get(2)?,
            project: row.get(3)?,
            role: row.get(4)?,
            sealed_secret: SealedSecret::from_kept(row.get(5)?),
            enabled: row.get(6)?,
            created: row.get::<_, Millis>(7)?.0,
        })
    });
    found.map_err(missing(Resource::AccessKey))
}

pub(super) fn of_user(
    connection: &Connection,
    user: &UserId,
) -> Result<Vec<AccessKeyEntry>, Failure> {
    let mut statement = connection.prepare_cached(
        "SELECT id, project, enabled, created FROM access_key WHERE user = ?1 ORDER BY created, id",
    )?;
    let keys = statement.query_map([user], |row| {
        Ok(AccessKeyEntry {
            id: row.get(0)?,
            project: row.get(1)?,
            enabled: row.get(2)?,
            created: row.get::<_, Millis>(3)?.0,
        })
    })?;
    Ok(keys.collect::<rusqlite::Result<_>>()?)
}

/// Says where it is good.
pub(super) fn set_enabled(
    connection: &Connection,
    id: &AccessKeyId,
    enabled: bool,
) -> Result<ProjectId, Failure> {
    let sql = "UPDATE access_key SET enabled = ?2 WHERE id = ?1 RETURNING project";
    let read = |row: &Row<'_>| row.get(0);
    let changed = connection.prepare_cached(sql)?.query_row(params![id, enabled], read);
    changed.map_err(missing(Resource::AccessKey))
}

/// Says where it was good.
pub(super) fn remove(connection: &Connection, id: &AccessKeyId) -> Result<ProjectId, Failure> {
    let sql = "DELETE FROM access_key WHERE id = ?1 RETURNING project";
    let removed = connection.prepare_cached(sql)?.query_row([id], |row| row.get(0));
    removed.map_err(missing(Resource::AccessKey))
}
