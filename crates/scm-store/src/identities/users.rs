//! Users and their roles.

use std::collections::HashMap;

use crate::{
    error::StoreError,
    identities::{Grant, NewUser, PasswordHash, UserRecord},
    names::{DomainId, ProjectId, UserId},
    session::{Row, Session, Value},
    subject::Resource,
};

pub(crate) async fn user<S: Session>(
    on: &S,
    condition: &str,
    values: &[Value<'_>],
) -> Result<UserRecord, S::Failure> {
    let user = users(on, condition, values).await?.pop();
    user.ok_or_else(|| StoreError::missing(Resource::User).into())
}

/// In the order of the bytes of their names.
pub(crate) async fn users<S: Session>(
    on: &S,
    condition: &str,
    values: &[Value<'_>],
) -> Result<Vec<UserRecord>, S::Failure> {
    let sql =
        format!("SELECT id, domain, name, password_hash, enabled FROM account WHERE {condition}");
    let mut users = on.all(&sql, values, read).await?;
    let mut grants = grants(on, condition, values).await?;
    for user in &mut users {
        user.grants = grants.remove(&user.id).unwrap_or_default();
        user.grants.sort_unstable_by(|one, other| one.project.cmp(&other.project));
    }
    users.sort_unstable_by(|one, other| one.name.cmp(&other.name));
    Ok(users)
}

async fn grants<S: Session>(
    on: &S,
    condition: &str,
    values: &[Value<'_>],
) -> Result<HashMap<UserId, Vec<Grant>>, S::Failure> {
    let sql = format!(
        "SELECT account, project, role FROM role_grant
         WHERE account IN (SELECT id FROM account WHERE {condition})"
    );
    let mut grants = HashMap::<_, Vec<_>>::new();
    for (user, grant) in on.all(&sql, values, read_grant).await? {
        grants.entry(user).or_default().push(grant);
    }
    Ok(grants)
}

pub(crate) async fn require<S: Session>(on: &S, user: &UserId) -> Result<(), S::Failure> {
    on.require(Resource::User, "SELECT 1 FROM account WHERE id = ?1", &[user.into()]).await
}

/// Tokens and access keys are stored only for a user who is enabled and has a role in the project.
pub(crate) async fn require_role<S: Session>(
    on: &S,
    user: &UserId,
    project: &ProjectId,
) -> Result<(), S::Failure> {
    let sql = "SELECT 1 FROM role_grant g JOIN account a ON a.id = g.account
               WHERE g.account = ?1 AND g.project = ?2 AND a.enabled = 1";
    on.require(Resource::Role, sql, &[user.into(), project.into()]).await
}

pub(crate) async fn insert<S: Session>(
    on: &S,
    domain: &DomainId,
    NewUser { id, name, password }: &NewUser,
) -> Result<(), S::Failure> {
    let sql = "INSERT INTO account (id, domain, name, password_hash, enabled)
               VALUES (?1, ?2, ?3, ?4, 1)";
    let values = [id.into(), domain.into(), name.into(), password.secret_phc().into()];
    on.insert("user of this id or name", sql, &values).await
}

pub(crate) async fn insert_grant<S: Session>(
    on: &S,
    user: &UserId,
    Grant { project, role }: &Grant,
) -> Result<(), S::Failure> {
    let sql = "INSERT INTO role_grant (account, project, role) VALUES (?1, ?2, ?3)";
    on.insert("role in this project", sql, &[user.into(), project.into(), (*role).into()]).await
}

pub(crate) async fn replace_grant<S: Session>(
    on: &S,
    user: &UserId,
    Grant { project, role }: &Grant,
) -> Result<(), S::Failure> {
    let sql = "INSERT INTO role_grant (account, project, role) VALUES (?1, ?2, ?3)
               ON CONFLICT (account, project) DO UPDATE SET role = excluded.role";
    on.execute(sql, &[user.into(), project.into(), (*role).into()]).await?;
    Ok(())
}

pub(crate) async fn revoke_grant<S: Session>(
    on: &S,
    user: &UserId,
    project: &ProjectId,
) -> Result<(), S::Failure> {
    let sql = "DELETE FROM role_grant WHERE account = ?1 AND project = ?2";
    on.change(Resource::Role, sql, &[user.into(), project.into()]).await
}

pub(crate) async fn set_password<S: Session>(
    on: &S,
    user: &UserId,
    password: &PasswordHash,
) -> Result<(), S::Failure> {
    let sql = "UPDATE account SET password_hash = ?2 WHERE id = ?1";
    on.change(Resource::User, sql, &[user.into(), password.secret_phc().into()]).await
}

pub(crate) async fn set_enabled<S: Session>(
    on: &S,
    user: &UserId,
    enabled: bool,
) -> Result<(), S::Failure> {
    let sql = "UPDATE account SET enabled = ?2 WHERE id = ?1";
    on.change(Resource::User, sql, &[user.into(), enabled.into()]).await
}

pub(crate) async fn remove<S: Session>(on: &S, user: &UserId) -> Result<(), S::Failure> {
    on.change(Resource::User, "DELETE FROM account WHERE id = ?1", &[user.into()]).await
}

fn read(row: &Row<'_>) -> Result<UserRecord, StoreError> {
    Ok(UserRecord {
        id: row.get(0)?,
        domain: row.get(1)?,
        name: row.get(2)?,
        password: row.get(3)?,
        enabled: row.get(4)?,
        grants: Vec::new(),
    })
}

fn read_grant(row: &Row<'_>) -> Result<(UserId, Grant), StoreError> {
    Ok((row.get(0)?, Grant { project: row.get(1)?, role: row.get(2)? }))
}
