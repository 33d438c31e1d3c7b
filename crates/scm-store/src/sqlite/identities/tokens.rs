//! Tokens.

use rusqlite::{Connection, Row, params};
use time::OffsetDateTime;

use super::{
    super::{
        failure::{Failure, conflict, missing},
        upkeep::SWEEP_LIMIT,
        values::Millis,
    },
    people,
};
use crate::{
    identities::{NewToken, TokenHash, TokenRecord},
    millis::first_millis_from,
    names::{ProjectId, UserId},
    subject::Resource,
};

pub(super) fn keep(connection: &Connection, token: &NewToken) -> Result<(), Failure> {
    people::require_role(connection, &token.user, &token.project)?;
    insert(connection, token)
}

pub(super) fn insert(connection: &Connection, token: &NewToken) -> Result<(), Failure> {
    connection
        .prepare_cached(
            "INSERT INTO token (hash, user, project, issued, expires) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![
            token.hash,
            token.user,
            token.project,
            Millis(token.issued),
            Millis(token.expires)
        ])
        .map_err(conflict("token with this hash"))?;
    Ok(())
}

/// Only as long as its owner is enabled and has a role.
pub(super) fn token(connection: &Connection, hash: &TokenHash) -> Result<TokenRecord, Failure> {
    let mut statement = connection.prepare_cached(
        "SELECT token.user, user.domain, token.project, role, issued, expires
         FROM token JOIN user ON user.id = token.user AND user.enabled
             JOIN role_grant ON role_grant.user = token.user AND role_grant.project = token.project
         WHERE hash = ?1",
    )?;
    let found = statement.query_row([hash], |row| {
        Ok(TokenRecord {
            user: row.get(0)?,
            domain: row.get(1)?,
            project: row.get(2)?,
            role: row.get(3)?,
            issued: row.get::<_, Millis>(4)?.0,
            expires: row.get::<_, Millis>(5)?.0,
        })
    });
    found.map_err(missing(Resource::Token))
}

/// Deletes it, and says whose it was and where it was good.
pub(super) fn revoke(
    connection: &Connection,
    hash: &TokenHash,
) -> Result<(UserId, ProjectId), Failure> {
    let sql = "DELETE FROM token WHERE hash = ?1 RETURNING user, project";
    let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
    let revoked = connection.prepare_cached(sql)?.query_row([hash], read);
    revoked.map_err(missing(Resource::Token))
}

pub(super) fn revoke_of(connection: &Connection, user: &UserId) -> Result<u64, Failure> {
    people::require_user(connection, user)?;
    let revoked =
        connection.prepare_cached("DELETE FROM token WHERE user = ?1")?.execute([user])?;
    Ok(revoked as u64)
}

pub(super) fn sweep_some(connection: &Connection, now: OffsetDateTime) -> Result<u64, Failure> {
    let swept = connection
        .prepare_cached(
            "DELETE FROM token
             WHERE hash IN (SELECT hash FROM token WHERE expires < ?1 LIMIT ?2)",
        )?
        .execute(params![first_millis_from(now), SWEEP_LIMIT])?;
    Ok(swept as u64)
}
