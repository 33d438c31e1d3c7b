//! Domains, projects, users and tokens in SQLite.

use async_trait::async_trait;
use rusqlite::{Connection, Row, ToSql, params};
use time::OffsetDateTime;

use super::{
    Sqlite, audit,
    failure::{Failure, conflict},
    upkeep::SWEEP_LIMIT,
    values::Millis,
};
use crate::{
    actor::Actor,
    audit::{AuditEvent, Outcome, action},
    error::StoreError,
    identities::{
        DomainRecord, FirstStart, Grant, Identities, NewToken, NewUser, ProjectRecord, Role,
        TokenHash, TokenRecord, UserRecord,
    },
    names::{DomainId, ProjectId, UserId},
};

#[async_trait]
impl Identities for Sqlite {
    async fn is_set_up(&self) -> Result<bool, StoreError> {
        self.read(is_set_up).await
    }

    async fn set_up(&self, first: FirstStart) -> Result<(), StoreError> {
        self.act(move |connection| set_up(connection, &first)).await
    }

    async fn add_project(
        &self,
        actor: &Actor,
        project: ProjectRecord,
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        let event = AuditEvent::done(actor, action::PROJECT_CREATE, now);
        self.act(move |connection| {
            domain(connection, "id = ?1", &[&project.domain])?;
            insert_project(connection, &project)?;
            audit::insert(connection, &event)
        })
        .await
    }

    async fn add_user(
        &self,
        actor: &Actor,
        domain: DomainId,
        user: NewUser,
        grants: Vec<Grant>,
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        let event = AuditEvent::done(actor, action::USER_CREATE, now);
        self.act(move |connection| {
            add_user(connection, &domain, &user, &grants)?;
            audit::insert(connection, &event)
        })
        .await
    }

    async fn domain_by_id(&self, id: &DomainId) -> Result<DomainRecord, StoreError> {
        let id = id.clone();
        self.read(move |connection| domain(connection, "id = ?1", &[&id])).await
    }

    async fn domain_by_name(&self, name: &str) -> Result<DomainRecord, StoreError> {
        let name = name.to_owned();
        self.read(move |connection| domain(connection, "name = ?1", &[&name])).await
    }

    async fn project_by_id(&self, id: &ProjectId) -> Result<ProjectRecord, StoreError> {
        let id = id.clone();
        self.read(move |connection| project(connection, "id = ?1", &[&id])).await
    }

    async fn project_by_name(
        &self,
        domain: &DomainId,
        name: &str,
    ) -> Result<ProjectRecord, StoreError> {
        let (domain, name) = (domain.clone(), name.to_owned());
        self.read(move |connection| {
            project(connection, "domain = ?1 AND name = ?2", &[&domain, &name])
        })
        .await
    }

    async fn user_by_id(&self, id: &UserId) -> Result<UserRecord, StoreError> {
        let id = id.clone();
        self.read(move |connection| user(connection, "id = ?1", &[&id])).await
    }

    async fn user_by_name(&self, domain: &DomainId, name: &str) -> Result<UserRecord, StoreError> {
        let (domain, name) = (domain.clone(), name.to_owned());
        self.read(move |connection| {
            user(connection, "domain = ?1 AND name = ?2", &[&domain, &name])
        })
        .await
    }

    async fn keep_token(&self, actor: &Actor, token: NewToken) -> Result<(), StoreError> {
        let event = AuditEvent::done(actor, action::TOKEN_ISSUE, token.issued);
        self.act(move |connection| {
            require_grant(connection, &token.user, &token.project)?;
            insert_token(connection, &token)?;
            audit::insert(connection, &event)
        })
        .await
    }

    async fn token(&self, hash: &TokenHash) -> Result<TokenRecord, StoreError> {
        let hash = *hash;
        self.read(move |connection| token(connection, &hash)).await
    }

    async fn sweep_tokens(&self, now: OffsetDateTime) -> Result<u64, StoreError> {
        let mut swept = 0;
        loop {
            let some = self.act(move |connection| sweep_some_tokens(connection, now)).await?;
            swept += some;
            if some < SWEEP_LIMIT {
                return Ok(swept);
            }
        }
    }
}

fn is_set_up(connection: &Connection) -> Result<bool, Failure> {
    let mut statement = connection.prepare_cached("SELECT EXISTS (SELECT 1 FROM domain)")?;
    Ok(statement.query_row([], |row| row.get(0))?)
}

fn set_up(connection: &Connection, first: &FirstStart) -> Result<(), Failure> {
    if is_set_up(connection)? {
        return Err(StoreError::Conflict { what: "domain" }.into());
    }
    let FirstStart { domain, project, user, role, token } = first;
    insert(
        connection,
        "INSERT INTO domain (id, name) VALUES (?1, ?2)",
        &[&domain.id, &domain.name],
    )?;
    insert_project(connection, project)?;
    insert_user(connection, &domain.id, user)?;
    insert_grant(connection, &user.id, &project.id, *role)?;
    insert_token(connection, token)?;
    audit::insert(connection, &set_up_event(first))
}

fn set_up_event(first: &FirstStart) -> AuditEvent {
    AuditEvent {
        at: first.token.issued,
        action: action::SET_UP.into(),
        user: Some(first.user.id.clone()),
        project: Some(first.project.id.clone()),
        certificate: None,
        address: None,
        request_id: None,
        outcome: Outcome::Done,
    }
}

fn insert(connection: &Connection, sql: &str, values: &[&dyn ToSql]) -> Result<(), Failure> {
    connection.prepare_cached(sql)?.execute(values).map_err(conflict("identity like this"))?;
    Ok(())
}

fn add_user(
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

fn insert_project(connection: &Connection, project: &ProjectRecord) -> Result<(), Failure> {
    insert(
        connection,
        "INSERT INTO project (id, domain, name) VALUES (?1, ?2, ?3)",
        &[&project.id, &project.domain, &project.name],
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

fn insert_user(connection: &Connection, domain: &DomainId, user: &NewUser) -> Result<(), Failure> {
    insert(
        connection,
        "INSERT INTO user (id, domain, name, password_hash) VALUES (?1, ?2, ?3, ?4)",
        &[&user.id, domain, &user.name, &user.password.secret_phc()],
    )
}

fn insert_token(connection: &Connection, token: &NewToken) -> Result<(), Failure> {
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

fn require_grant(
    connection: &Connection,
    user: &UserId,
    project: &ProjectId,
) -> Result<(), Failure> {
    let sql = "SELECT 1 FROM role_grant WHERE user = ?1 AND project = ?2";
    Ok(connection.prepare_cached(sql)?.query_row(params![user, project], |_| Ok(()))?)
}

fn domain(
    connection: &Connection,
    by: &str,
    values: &[&dyn ToSql],
) -> Result<DomainRecord, Failure> {
    let sql = format!("SELECT id, name FROM domain WHERE {by}");
    let read = |row: &Row<'_>| Ok(DomainRecord { id: row.get(0)?, name: row.get(1)? });
    Ok(connection.prepare_cached(&sql)?.query_row(values, read)?)
}

fn project(
    connection: &Connection,
    by: &str,
    values: &[&dyn ToSql],
) -> Result<ProjectRecord, Failure> {
    let sql = format!("SELECT id, domain, name FROM project WHERE {by}");
    let read = |row: &Row<'_>| {
        Ok(ProjectRecord { id: row.get(0)?, domain: row.get(1)?, name: row.get(2)? })
    };
    Ok(connection.prepare_cached(&sql)?.query_row(values, read)?)
}

fn user(connection: &Connection, by: &str, values: &[&dyn ToSql]) -> Result<UserRecord, Failure> {
    let sql = format!("SELECT id, domain, name, password_hash FROM user WHERE {by}");
    let read = |row: &Row<'_>| {
        Ok(UserRecord {
            id: row.get(0)?,
            domain: row.get(1)?,
            name: row.get(2)?,
            password: row.get(3)?,
            grants: Vec::new(),
        })
    };
    let user = connection.prepare_cached(&sql)?.query_row(values, read)?;
    Ok(UserRecord { grants: grants(connection, &user.id)?, ..user })
}

fn grants(connection: &Connection, user: &UserId) -> Result<Vec<Grant>, Failure> {
    let mut statement = connection
        .prepare_cached("SELECT project, role FROM role_grant WHERE user = ?1 ORDER BY project")?;
    let grants =
        statement.query_map([user], |row| Ok(Grant { project: row.get(0)?, role: row.get(1)? }))?;
    Ok(grants.collect::<rusqlite::Result<_>>()?)
}

fn token(connection: &Connection, hash: &TokenHash) -> Result<TokenRecord, Failure> {
    let mut statement = connection.prepare_cached(
        "SELECT token.user, user.domain, token.project, role, issued, expires
         FROM token JOIN user ON user.id = token.user
             JOIN role_grant ON role_grant.user = token.user AND role_grant.project = token.project
         WHERE hash = ?1",
    )?;
    let token = statement.query_row([hash], |row| {
        Ok(TokenRecord {
            user: row.get(0)?,
            domain: row.get(1)?,
            project: row.get(2)?,
            role: row.get(3)?,
            issued: row.get::<_, Millis>(4)?.0,
            expires: row.get::<_, Millis>(5)?.0,
        })
    })?;
    Ok(token)
}

fn sweep_some_tokens(connection: &Connection, now: OffsetDateTime) -> Result<u64, Failure> {
    let swept = connection
        .prepare_cached(
            "DELETE FROM token
             WHERE hash IN (SELECT hash FROM token WHERE expires < ?1 LIMIT ?2)",
        )?
        .execute(params![Millis(now), SWEEP_LIMIT])?;
    Ok(swept as u64)
}
