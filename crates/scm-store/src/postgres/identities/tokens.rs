//! Tokens.

use time::OffsetDateTime;

use super::{
    super::{
        connection::Connection,
        failure::{Failure, conflict},
        values::{role, text, time, written},
    },
    people,
};
use crate::{
    identities::{NewToken, TokenHash, TokenRecord},
    millis::{first_millis_from, millis},
    names::{ProjectId, UserId},
    subject::Resource,
};

/// How many are swept with one statement.
pub(super) const SWEEP_LIMIT: u64 = 500;

pub(super) async fn keep(on: &Connection, token: &NewToken) -> Result<(), Failure> {
    people::require_role(on, &token.user, &token.project).await?;
    insert(on, token).await
}

pub(super) async fn insert(on: &Connection, token: &NewToken) -> Result<(), Failure> {
    let sql = "INSERT INTO token (hash, account, project, issued, expires)
               VALUES ($1, $2, $3, $4, $5)";
    let (user, project) = (written(token.user.as_str()), written(token.project.as_str()));
    let (issued, expires) = (millis(token.issued), millis(token.expires));
    on.change(sql, &[&&token.hash.0[..], &user, &project, &issued, &expires])
        .await
        .map_err(conflict("token with this hash"))?;
    Ok(())
}

/// Only as long as its owner is enabled and has a role.
pub(super) async fn token(on: &Connection, hash: &TokenHash) -> Result<TokenRecord, Failure> {
    let sql = "SELECT t.account, a.domain, t.project, g.role, t.issued, t.expires
               FROM token t JOIN account a ON a.id = t.account AND a.enabled = 1
                   JOIN role_grant g ON g.account = t.account AND g.project = t.project
               WHERE t.hash = $1";
    let row = on.found(Resource::Token, sql, &[&&hash.0[..]]).await?;
    Ok(TokenRecord {
        user: text(&row, 0)?,
        domain: text(&row, 1)?,
        project: text(&row, 2)?,
        role: role(&row, 3)?,
        issued: time(&row, 4)?,
        expires: time(&row, 5)?,
    })
}

/// Deletes it, and says whose it was and where it was good.
pub(super) async fn revoke(
    on: &Connection,
    hash: &TokenHash,
) -> Result<(UserId, ProjectId), Failure> {
    let sql = "DELETE FROM token WHERE hash = $1 RETURNING account, project";
    let row = on.found(Resource::Token, sql, &[&&hash.0[..]]).await?;
    Ok((text(&row, 0)?, text(&row, 1)?))
}

pub(super) async fn revoke_of(on: &Connection, user: &UserId) -> Result<u64, Failure> {
    people::require_user(on, user).await?;
    let sql = "DELETE FROM token WHERE account = $1";
    Ok(on.change(sql, &[&written(user.as_str())]).await?)
}

pub(super) async fn sweep_some(on: &Connection, now: OffsetDateTime) -> Result<u64, Failure> {
    let sql = "DELETE FROM token WHERE hash IN
                   (SELECT hash FROM token WHERE expires < $1 ORDER BY expires LIMIT $2)";
    Ok(on.change(sql, &[&first_millis_from(now), &SWEEP_LIMIT.cast_signed()]).await?)
}
