//! The audit trail in SQLite.

use async_trait::async_trait;
use rusqlite::{Connection, Row, params};

use super::{Sqlite, failure::Failure, scopes::Scope, values::Millis};
use crate::{
    audit::{Audit, AuditEvent, AuditQuery, Outcome, newest_of},
    error::StoreError,
    millis::first_millis_from,
    names::ProjectId,
    subject::Subject,
};

#[async_trait]
impl Audit for Sqlite {
    async fn record(&self, event: AuditEvent) -> Result<(), StoreError> {
        self.act(move |connection| insert(connection, &event)).await
    }

    async fn events(&self, query: &AuditQuery) -> Result<Vec<AuditEvent>, StoreError> {
        let query = query.clone();
        self.read(move |connection| newest(connection, &query)).await
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
            event.subject.as_ref().and_then(Subject::certificate),
            event.subject.as_ref().and_then(Subject::text),
            event.address.map(|address| address.to_string()),
            event.request_id,
            refused,
        ])?;
    Ok(())
}

/// Each project is asked for its newest: only within one are they in the order of time.
fn newest(connection: &Connection, query: &AuditQuery) -> Result<Vec<AuditEvent>, Failure> {
    let mut found = Vec::new();
    let mut scopes = connection
        .prepare_cached("SELECT id, project FROM scope WHERE ?1 IS NULL OR project = ?1")?;
    let mut rows = scopes.query([&query.project])?;
    while let Some(row) = rows.next()? {
        found.extend(newest_in(connection, Some(row.get(0)?), Some(row.get(1)?), query)?);
    }
    if query.project.is_none() {
        found.extend(newest_in(connection, None, None, query)?);
    }
    Ok(newest_of(found, query.limit))
}

fn newest_in(
    connection: &Connection,
    scope: Option<Scope>,
    project: Option<ProjectId>,
    query: &AuditQuery,
) -> Result<Vec<(i64, AuditEvent)>, Failure> {
    let mut statement = connection.prepare_cached(
        "SELECT id, at, action, user, certificate, subject, address, request_id, refused
         FROM audit_event
         WHERE scope IS ?1 AND at >= ?2 AND (?3 IS NULL OR user = ?3)
             AND (?4 IS NULL OR certificate = ?4)
         ORDER BY at DESC, id DESC LIMIT ?5",
    )?;
    let since = query.since.map_or(i64::MIN, first_millis_from);
    let values = params![scope, since, query.user, query.certificate, query.limit];
    let events = statement.query_map(values, |row| read(row, project.clone()))?;
    Ok(events.collect::<rusqlite::Result<_>>()?)
}

fn read(row: &Row<'_>, project: Option<ProjectId>) -> rusqlite::Result<(i64, AuditEvent)> {
    let address: Option<String> = row.get(6)?;
    let refused: Option<String> = row.get(8)?;
    let action: String = row.get(2)?;
    let event = AuditEvent {
        at: row.get::<_, Millis>(1)?.0,
        user: row.get(3)?,
        project,
        subject: Subject::read(&action, row.get(4)?, row.get(5)?),
        action: action.into(),
        address: address.and_then(|text| text.parse().ok()),
        request_id: row.get(7)?,
        outcome: refused.map_or(Outcome::Done, |code| Outcome::Refused { code }),
    };
    Ok((row.get(0)?, event))
}
