//! Domains, projects, users and their roles.

use rusqlite::{Connection, Row, ToSql, params};

use super::{
    super::failure::{Failure, conflict, missing},
    access_keys, tokens,
};
use crate::{
    error::StoreError,
    identities::{DomainRecord, FirstStart, Grant, NewUser, ProjectRecord, Role, UserRecord},
    names::{DomainId, ProjectId, UserId},
    subject::Resource,
};

pub(super) fn is_set_up(connection: &Connection) -> Result<bool, Failure> {
    let mut statement = connection.prepare_cached("SELECT EXISTS (SELECT 1 FROM domain)")?;
    Ok(statement.query_row([], |row| row.get(0))?)
}

pub(super) fn set_up(connection: &Connection, first: &FirstStart) -> Result<(), Failure> {
    if is_set_up(connection)? {
        return Err(StoreError::Conflict { what: "domain" }.into());
    }
    let FirstStart { domain, project, user, role, token, access_key } = first;
    insert(
        connection,
        "INSERT INTO domain (id, name) VALUES (?1, ?2)",
        &[&domain.id, &domain.name],
    )?;
    insert_project(connection, project)?;
    insert_user(connection, &domain.id, user)?;
    insert_grant(connection, &user.id, &project.id, *role)?;
    tokens::insert(connection, token)?;
    access_key.iter().try_for_each(|key| access_keys::insert(connection, key))
}

pub(super) fn add_project(connection: &Connection, project: &ProjectRecord) -> Result<(), Failure> {
    domain(connection, "id = ?1", &[&project.domain])?;
    insert_project(connection, project)
}

pub(super) fn add_user(
    connection: &Connection,
    of: &DomainId,
    user: &NewUser,
    grants: &[Grant],
) -> Result<(), Failure> {
    domain(connection, "id = ?1", &[of])?;
    for grant in grants {
        project(connection, "id = ?1", &[&grant.project])?;
    }
    insert_user(connection, of, user)?;
    grants
        .iter()
        .try_for_each(|grant| insert_grant(connection, &user.id, &grant.project, grant.role))
}

pub(super) fn grant(connection: &Connection, user: &UserId, grant: &Grant) -> Result<(), Failure> {
    require_user(connection, user)?;
    project(connection, "id = ?1", &[&grant.project])?;
    connection
        .prepare_cached(
            "INSERT INTO role_grant (user, project, role) VALUES (?1, ?2, ?3)
             ON CONFLICT DO UPDATE SET role = excluded.role",
        )?
        .execute(params![user, grant.project, grant.role])?;
    Ok(())
}

/// Changes or deletes the row of something that must be there.
pub(super) fn change(
    connection: &Connection,
    what: Resource,
    sql: &str,
    values: &[&dyn ToSql],
) -> Result<(), Failure> {
    match connection.prepare_cached(sql)?.execute(values)? {
        0 => Err(StoreError::missing(what).into()),
        _ => Ok(()),
    }
}

pub(super) fn require_user(connection: &Connection, user: &UserId) -> Result<(), Failure> {
    let mut statement = connection.prepare_cached("SELECT 1 FROM user WHERE id = ?1")?;
    statement.query_row([user], |_| Ok(())).map_err(missing(Resource::User))
}

/// Only for one who may come in and has a role there, something is kept.
pub(super) fn require_role(
    connection: &Connection,
    user: &UserId,
    project: &ProjectId,
) -> Result<(), Failure> {
    let sql = "SELECT 1 FROM role_grant JOIN user ON user.id = role_grant.user
               WHERE user = ?1 AND project = ?2 AND enabled";
    let found = connection.prepare_cached(sql)?.query_row(params![user, project], |_| Ok(()));
    found.map_err(missing(Resource::Role))
}

pub(super) fn domain(
    connection: &Connection,
    by: &str,
    values: &[&dyn ToSql],
) -> Result<DomainRecord, Failure> {
    domains(connection, by, values)?
        .pop()
        .ok_or_else(|| StoreError::missing(Resource::Domain).into())
}

pub(super) fn domains(
    connection: &Connection,
    by: &str,
    values: &[&dyn ToSql],
) -> Result<Vec<DomainRecord>, Failure> {
    let sql = format!("SELECT id, name FROM domain WHERE {by} ORDER BY name");
    let mut statement = connection.prepare_cached(&sql)?;
    let read = |row: &Row<'_>| Ok(DomainRecord { id: row.get(0)?, name: row.get(1)? });
    Ok(statement.query_map(values, read)?.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn project(
    connection: &Connection,
    by: &str,
    values: &[&dyn ToSql],
) -> Result<ProjectRecord, Failure> {
    projects(connection, by, values)?
        .pop()
        .ok_or_else(|| StoreError::missing(Resource::Project).into())
}

pub(super) fn projects(
    connection: &Connection,
    by: &str,
    values: &[&dyn ToSql],
) -> Result<Vec<ProjectRecord>, Failure> {
    let sql = format!("SELECT id, domain, name FROM project WHERE {by} ORDER BY name, id");
    let mut statement = connection.prepare_cached(&sql)?;
    let read = |row: &Row<'_>| {
        Ok(ProjectRecord { id: row.get(0)?, domain: row.get(1)?, name: row.get(2)? })
    };
    Ok(statement.query_map(values, read)?.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn user(
    connection: &Connection,
    by: &str,
    values: &[&dyn ToSql],
) -> Result<UserRecord, Failure> {
    users(connection, by, values)?.pop().ok_or_else(|| StoreError::missing(Resource::User).into())
}

pub(super) fn users(
    connection: &Connection,
    by: &str,
    values: &[&dyn ToSql],
) -> Result<Vec<UserRecord>, Failure> {
    let sql = format!(
        "SELECT id, domain, name, password_hash, enabled FROM user WHERE {by} ORDER BY name"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut users =
        statement.query_map(values, read_user)?.collect::<rusqlite::Result<Vec<_>>>()?;
    for user in &mut users {
        user.grants = grants(connection, &user.id)?;
    }
    Ok(users)
}

fn read_user(row: &Row<'_>) -> rusqlite::Result<UserRecord> {
    Ok(UserRecord {
        id: row.get(0)?,
        domain: row.get(1)?,
        name: row.get(2)?,
        password: row.get(3)?,
        enabled: row.get(4)?,
        grants: Vec::new(),
    })
}

fn grants(connection: &Connection, user: &UserId) -> Result<Vec<Grant>, Failure> {
    let mut statement = connection
        .prepare_cached("SELECT project, role FROM role_grant WHERE user = ?1 ORDER BY project")?;
    let grants =
        statement.query_map([user], |row| Ok(Grant { project: row.get(0)?, role: row.get(1)? }))?;
    Ok(grants.collect::<rusqlite::Result<_>>()?)
}

fn insert(connection: &Connection, sql: &str, values: &[&dyn ToSql]) -> Result<(), Failure> {
    connection.prepare_cached(sql)?.execute(values).map_err(conflict("identity like this"))?;
    Ok(())
}

fn insert_project(connection: &Connection, project: &ProjectRecord) -> Result<(), Failure> {
    insert(
        connection,
        "INSERT INTO project (id, domain, name) VALUES (?1, ?2, ?3)",
        &[&project.id, &project.domain, &project.name],
    )
}

fn insert_user(connection: &Connection, domain: &DomainId, user: &NewUser) -> Result<(), Failure> {
    insert(
        connection,
        "INSERT INTO user (id, domain, name, password_hash, enabled) VALUES (?1, ?2, ?3, ?4, 1)",
        &[&user.id, domain, &user.name, &user.password.secret_phc()],
    )
}

fn insert_grant(
    connection: &Connection,
    user: &UserId,
    project: &ProjectId,
    role: Role,
) -> Result<(), Failure> {
    insert(
        connection,
        "INSERT INTO role_grant (user, project, role) VALUES (?1, ?2, ?3)",
        &[user, project, &role],
    )
}
