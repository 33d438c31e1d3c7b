//! Tokens.

use time::OffsetDateTime;

use crate::{
    error::StoreError,
    identities::{NewToken, TokenHash, TokenRecord},
    millis::first_millis_from,
    names::{ProjectId, UserId},
    session::{Row, Session},
    subject::Resource,
};

/// How many tokens one transaction sweeps, so that nothing waits long for it.
pub(crate) const SWEEP_LIMIT: u32 = 500;

pub(crate) async fn insert<S: Session>(on: &S, token: &NewToken) -> Result<(), S::Failure> {
    let sql = "INSERT INTO token (hash, account, project, issued, expires)
               VALUES (?1, ?2, ?3, ?4, ?5)";
    let NewToken { hash, user, project, issued, expires } = token;
    let hash = &hash.0[..];
    let values = [hash.into(), user.into(), project.into(), (*issued).into(), (*expires).into()];
    on.insert("token with this hash", sql, &values).await
}

/// A token is found only while its user is enabled and has a role in its project.
pub(crate) async fn token<S: Session>(on: &S, hash: &TokenHash) -> Result<TokenRecord, S::Failure> {
    let sql = "SELECT t.account, a.domain, t.project, g.role, t.issued, t.expires
               FROM token t JOIN account a ON a.id = t.account AND a.enabled = 1
                   JOIN role_grant g ON g.account = t.account AND g.project = t.project
               WHERE t.hash = ?1";
    on.find(Resource::Token, sql, &[hash.0[..].into()], read).await
}

/// Returns the user and the project of the token.
pub(crate) async fn revoke<S: Session>(
    on: &S,
    hash: &TokenHash,
) -> Result<(UserId, ProjectId), S::Failure> {
    let sql = "DELETE FROM token WHERE hash = ?1 RETURNING account, project";
    let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
    on.find(Resource::Token, sql, &[hash.0[..].into()], read).await
}

pub(crate) async fn revoke_all_of<S: Session>(on: &S, user: &UserId) -> Result<u64, S::Failure> {
    on.execute("DELETE FROM token WHERE account = ?1", &[user.into()]).await
}

/// Deletes the first tokens that expired, and returns how many: fewer than [`SWEEP_LIMIT`] if there
/// are no more.
pub(crate) async fn sweep<S: Session>(on: &S, now: OffsetDateTime) -> Result<u64, S::Failure> {
    let sql = "DELETE FROM token WHERE hash IN
                   (SELECT hash FROM token WHERE expires < ?1 ORDER BY expires LIMIT ?2)";
    on.execute(sql, &[first_millis_from(now).into(), SWEEP_LIMIT.into()]).await
}

fn read(row: &Row<'_>) -> Result<TokenRecord, StoreError> {
    Ok(TokenRecord {
        user: row.get(0)?,
        domain: row.get(1)?,
        project: row.get(2)?,
        role: row.get(3)?,
        issued: row.get(4)?,
        expires: row.get(5)?,
    })
}
