//! Domains, projects, users and their roles. What is listed is in the order of its bytes, whatever
//! the database takes for the order of letters.

use std::collections::HashMap;

use tokio_postgres::{Row, types::ToSql};

use super::{
    super::{
        connection::{Connection, Values},
        failure::{Failure, conflict},
        values::{column, role, text, truth, written},
    },
    access_keys, tokens,
};
use crate::{
    error::StoreError,
    identities::{
        DomainRecord, FirstStart, Grant, NewUser, PasswordHash, ProjectRecord, Role, UserRecord,
    },
    names::{DomainId, ProjectId, UserId},
    subject::Resource,
};

pub(super) async fn is_set_up(on: &Connection) -> Result<bool, Failure> {
    column(&on.one("SELECT EXISTS (SELECT 1 FROM domain)", &[]).await?, 0)
}

pub(super) async fn set_up(on: &Connection, first: &FirstStart) -> Result<(), Failure> {
    if is_set_up(on).await? {
        return Err(StoreError::Conflict { what: "domain" }.into());
    }
    let FirstStart { domain, project, user, role, token, access_key } = first;
    let sql = "INSERT INTO domain (id, name) VALUES ($1, $2)";
    insert(on, sql, &[&written(domain.id.as_str()), &written(&domain.name)]).await?;
    insert_project(on, project).await?;
    insert_user(on, &domain.id, user).await?;
    insert_grant(on, &user.id, &project.id, *role).await?;
    tokens::insert(on, token).await?;
    match access_key {
        Some(key) => access_keys::insert(on, key).await,
        None => Ok(()),
    }
}

pub(super) async fn add_project(on: &Connection, project: &ProjectRecord) -> Result<(), Failure> {
    require(on, Resource::Domain, "SELECT 1 FROM domain WHERE id = $1", project.domain.as_str())
        .await?;
    insert_project(on, project).await
}

pub(super) async fn add_user(
    on: &Connection,
    domain: &DomainId,
    user: &NewUser,
    grants: &[Grant],
) -> Result<(), Failure> {
    require(on, Resource::Domain, "SELECT 1 FROM domain WHERE id = $1", domain.as_str()).await?;
    for grant in grants {
        require_project(on, &grant.project).await?;
    }
    insert_user(on, domain, user).await?;
    for grant in grants {
        insert_grant(on, &user.id, &grant.project, grant.role).await?;
    }
    Ok(())
}

pub(super) async fn grant(on: &Connection, user: &UserId, grant: &Grant) -> Result<(), Failure> {
    require_user(on, user).await?;
    require_project(on, &grant.project).await?;
    let sql = "INSERT INTO role_grant (account, project, role) VALUES ($1, $2, $3)
               ON CONFLICT (account, project) DO UPDATE SET role = excluded.role";
    let (user, project) = (written(user.as_str()), written(grant.project.as_str()));
    on.change(sql, &[&user, &project, &grant.role.as_str()]).await?;
    Ok(())
}

pub(super) async fn revoke_grant(
    on: &Connection,
    user: &UserId,
    project: &ProjectId,
) -> Result<(), Failure> {
    let sql = "DELETE FROM role_grant WHERE account = $1 AND project = $2";
    change(on, Resource::Role, sql, &[&written(user.as_str()), &written(project.as_str())]).await
}

pub(super) async fn set_password(
    on: &Connection,
    user: &UserId,
    password: &PasswordHash,
) -> Result<(), Failure> {
    let sql = "UPDATE account SET password_hash = $2 WHERE id = $1";
    change(on, Resource::User, sql, &[&written(user.as_str()), &written(password.secret_phc())])
        .await
}

pub(super) async fn set_enabled(
    on: &Connection,
    user: &UserId,
    enabled: bool,
) -> Result<(), Failure> {
    let sql = "UPDATE account SET enabled = $2 WHERE id = $1";
    change(on, Resource::User, sql, &[&written(user.as_str()), &i64::from(enabled)]).await
}

pub(super) async fn remove(on: &Connection, user: &UserId) -> Result<(), Failure> {
    change(on, Resource::User, "DELETE FROM account WHERE id = $1", &[&written(user.as_str())])
        .await
}

/// Changes or deletes the row of something that must be there.
pub(super) async fn change(
    on: &Connection,
    what: Resource,
    sql: &str,
    values: Values<'_>,
) -> Result<(), Failure> {
    match on.change(sql, values).await? {
        0 => Err(StoreError::missing(what).into()),
        _ => Ok(()),
    }
}

pub(super) async fn require_user(on: &Connection, user: &UserId) -> Result<(), Failure> {
    require(on, Resource::User, "SELECT 1 FROM account WHERE id = $1", user.as_str()).await
}

async fn require_project(on: &Connection, project: &ProjectId) -> Result<(), Failure> {
    require(on, Resource::Project, "SELECT 1 FROM project WHERE id = $1", project.as_str()).await
}

async fn require(on: &Connection, what: Resource, sql: &str, id: &str) -> Result<(), Failure> {
    on.found(what, sql, &[&written(id)]).await.map(drop)
}

/// Only for one who may come in and has a role there, something is kept.
pub(super) async fn require_role(
    on: &Connection,
    user: &UserId,
    project: &ProjectId,
) -> Result<(), Failure> {
    let sql = "SELECT 1 FROM role_grant g JOIN account a ON a.id = g.account
               WHERE g.account = $1 AND g.project = $2 AND a.enabled = 1";
    let (user, project) = (written(user.as_str()), written(project.as_str()));
    on.found(Resource::Role, sql, &[&user, &project]).await.map(drop)
}

pub(super) async fn domain(
    on: &Connection,
    by: &str,
    value: &str,
) -> Result<DomainRecord, Failure> {
    let sql = format!("SELECT id, name FROM domain WHERE {by}");
    read_domain(&on.found(Resource::Domain, &sql, &[&written(value)]).await?)
}

pub(super) async fn domains(on: &Connection) -> Result<Vec<DomainRecord>, Failure> {
    let rows = on.rows("SELECT id, name FROM domain", &[]).await?;
    let mut domains = rows.iter().map(read_domain).collect::<Result<Vec<_>, _>>()?;
    domains.sort_unstable_by(|one, other| one.name.cmp(&other.name));
    Ok(domains)
}

fn read_domain(row: &Row) -> Result<DomainRecord, Failure> {
    Ok(DomainRecord { id: text(row, 0)?, name: text(row, 1)? })
}

pub(super) async fn project(
    on: &Connection,
    by: &str,
    values: &[String],
) -> Result<ProjectRecord, Failure> {
    projects(on, by, values)
        .await?
        .pop()
        .ok_or_else(|| StoreError::missing(Resource::Project).into())
}

pub(super) async fn projects(
    on: &Connection,
    by: &str,
    values: &[String],
) -> Result<Vec<ProjectRecord>, Failure> {
    let sql = format!("SELECT id, domain, name FROM project WHERE {by}");
    let rows = rows(on, &sql, values).await?;
    let mut projects = rows
        .iter()
        .map(|row| {
            Ok(ProjectRecord { id: text(row, 0)?, domain: text(row, 1)?, name: text(row, 2)? })
        })
        .collect::<Result<Vec<_>, Failure>>()?;
    projects.sort_unstable_by(|one, other| (&one.name, &one.id).cmp(&(&other.name, &other.id)));
    Ok(projects)
}

pub(super) async fn user(
    on: &Connection,
    by: &str,
    values: &[String],
) -> Result<UserRecord, Failure> {
    users(on, by, values).await?.pop().ok_or_else(|| StoreError::missing(Resource::User).into())
}

pub(super) async fn users(
    on: &Connection,
    by: &str,
    values: &[String],
) -> Result<Vec<UserRecord>, Failure> {
    let sql = format!("SELECT id, domain, name, password_hash, enabled FROM account WHERE {by}");
    let rows = rows(on, &sql, values).await?;
    let mut users = rows.iter().map(read_user).collect::<Result<Vec<_>, _>>()?;
    let mut grants = grants(on, &users).await?;
    for user in &mut users {
        user.grants = grants.remove(&user.id).unwrap_or_default();
        user.grants.sort_unstable_by(|one, other| one.project.cmp(&other.project));
    }
    users.sort_unstable_by(|one, other| one.name.cmp(&other.name));
    Ok(users)
}

async fn rows(on: &Connection, sql: &str, values: &[String]) -> Result<Vec<Row>, Failure> {
    let values: Vec<_> = values.iter().map(|value| written(value)).collect();
    let values: Vec<_> = values.iter().map(|value| value as &(dyn ToSql + Sync)).collect();
    Ok(on.rows(sql, &values).await?)
}

fn read_user(row: &Row) -> Result<UserRecord, Failure> {
    Ok(UserRecord {
        id: text(row, 0)?,
        domain: text(row, 1)?,
        name: text(row, 2)?,
        password: text(row, 3)?,
        enabled: truth(row, 4)?,
        grants: Vec::new(),
    })
}

async fn grants(
    on: &Connection,
    users: &[UserRecord],
) -> Result<HashMap<UserId, Vec<Grant>>, Failure> {
    let ids: Vec<_> = users.iter().map(|user| written(user.id.as_str())).collect();
    let sql = "SELECT account, project, role FROM role_grant WHERE account = ANY($1)";
    let mut grants = HashMap::<_, Vec<_>>::new();
    for row in on.rows(sql, &[&ids]).await? {
        let grant = Grant { project: text(&row, 1)?, role: role(&row, 2)? };
        grants.entry(text(&row, 0)?).or_default().push(grant);
    }
    Ok(grants)
}

async fn insert(on: &Connection, sql: &str, values: Values<'_>) -> Result<(), Failure> {
    on.change(sql, values).await.map_err(conflict("identity like this"))?;
    Ok(())
}

async fn insert_project(on: &Connection, project: &ProjectRecord) -> Result<(), Failure> {
    let ProjectRecord { id, domain, name } = project;
    let sql = "INSERT INTO project (id, domain, name) VALUES ($1, $2, $3)";
    let (id, domain) = (written(id.as_str()), written(domain.as_str()));
    insert(on, sql, &[&id, &domain, &written(name)]).await
}

async fn insert_user(on: &Connection, domain: &DomainId, user: &NewUser) -> Result<(), Failure> {
    let sql = "INSERT INTO account (id, domain, name, password_hash, enabled)
               VALUES ($1, $2, $3, $4, 1)";
    let (id, domain) = (written(user.id.as_str()), written(domain.as_str()));
    let (name, password) = (written(&user.name), written(user.password.secret_phc()));
    insert(on, sql, &[&id, &domain, &name, &password]).await
}

async fn insert_grant(
    on: &Connection,
    user: &UserId,
    project: &ProjectId,
    role: Role,
) -> Result<(), Failure> {
    let sql = "INSERT INTO role_grant (account, project, role) VALUES ($1, $2, $3)";
    let (user, project) = (written(user.as_str()), written(project.as_str()));
    insert(on, sql, &[&user, &project, &role.as_str()]).await
}
