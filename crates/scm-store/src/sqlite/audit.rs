//! The audit trail in SQLite.

use async_trait::async_trait;
use rusqlite::{Connection, Row, params};

use super::{Sqlite, failure::Failure, scopes::Scope, values::Millis};
use crate::{
    audit::{Audit, AuditEvent, Outcome},
    error::StoreError,
    names::ProjectId,
};

#[async_trait]
impl Audit for Sqlite {
    async fn record(&self, event: AuditEvent) -> Result<(), StoreError> {
        self.act(move |connection| insert(connection, &event)).await
    }

    async fn events(&self, project: &ProjectId, limit: u32) -> Result<Vec<AuditEvent>, StoreError> {
        let project = project.clone();
        self.read(move |connection| newest(connection, &project, limit)).await
    }
}

/// Adds an event to the transaction of whatever it tells of.
pub(super) fn insert(connection: &Connection, event: &AuditEvent) -> Result<(), Failure> {
    let scope = event.project.as_ref().map(|project| Scope::of(connection, project)).transpose()?;
    insert_in(connection, scope, event)
}

/// The same where the number of its project is known.
pub(super) fn insert_in(
    connection: &Connection,
    scope: Option<Scope>,
    event: &AuditEvent,
) -> Result<(), Failure> {
    let refused = match &event.outcome {
        Outcome::Done => None,
        Outcome::Refused { code } => Some(code),
    };
    connection
        .prepare_cached(
            "INSERT INTO audit_event (at, action, user, scope, certificate, subject, address,
                 request_id, refused)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?
        .execute(params![
            Millis(event.at),
            event.action,
            event.user,
            scope,
            event.certificate,
            event.subject,
            event.address.map(|address| address.to_string()),
            event.request_id,
            refused,
        ])?;
    Ok(())
}

fn newest(
    connection: &Connection,
    project: &ProjectId,
    limit: u32,
) -> Result<Vec<AuditEvent>, Failure> {
    let mut statement = connection.prepare_cached(
        "SELECT at, action, user, certificate, subject, address, request_id, refused
         FROM audit_event WHERE scope = (SELECT id FROM scope WHERE project = ?1)
         ORDER BY at DESC, id DESC LIMIT ?2",
    )?;
    let events = statement.query_map(params![project, limit], |row| read(row, project))?;
    Ok(events.collect::<rusqlite::Result<_>>()?)
}

fn read(row: &Row<'_>, project: &ProjectId) -> rusqlite::Result<AuditEvent> {
    let address: Option<String> = row.get(5)?;
    let refused: Option<String> = row.get(7)?;
    Ok(AuditEvent {
        at: row.get::<_, Millis>(0)?.0,
        action: row.get::<_, String>(1)?.into(),
        user: row.get(2)?,
        project: Some(project.clone()),
        certificate: row.get(3)?,
        subject: row.get(4)?,
        address: address.and_then(|text| text.parse().ok()),
        request_id: row.get(6)?,
        outcome: refused.map_or(Outcome::Done, |code| Outcome::Refused { code }),
    })
}
