//! The audit trail in its table.

use std::cmp::Reverse;

use crate::{
    audit::{AuditEvent, AuditQuery, Outcome},
    error::StoreError,
    millis::first_millis_from,
    names::ProjectId,
    session::{Row, Session},
    subject::Subject,
};

/// Adds an event to the transaction of the operation that it records. `number` is its number where
/// the backend numbers events itself.
pub(crate) async fn insert<S: Session>(
    on: &S,
    number: Option<i64>,
    event: &AuditEvent,
) -> Result<(), S::Failure> {
    let project_row = match &event.project {
        Some(project) => Some(on.project_row(project).await?),
        None => None,
    };
    insert_in(on, number, project_row, event).await
}

/// Adds an event whose project row is known.
pub(crate) async fn insert_in<S: Session>(
    on: &S,
    number: Option<i64>,
    project_row: Option<i64>,
    event: &AuditEvent,
) -> Result<(), S::Failure> {
    let sql = "INSERT INTO audit_event (id, scope, at, certificate, action, account, subject,
                   address, request_id, refused)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
    let subject = event.subject.as_ref().and_then(Subject::text);
    let address = event.address.map(|address| address.to_string());
    let refused = match &event.outcome {
        Outcome::Done => None,
        Outcome::Refused { code } => Some(code),
    };
    let values = [
        number.into(),
        project_row.into(),
        event.at.into(),
        event.subject.as_ref().and_then(Subject::certificate).into(),
        (&*event.action).into(),
        event.user.as_ref().into(),
        subject.as_ref().into(),
        address.as_ref().into(),
        event.request_id.as_ref().into(),
        refused.into(),
    ];
    on.execute(sql, &values).await?;
    Ok(())
}

/// The newest events, newest first. They are in the order of time only within a project, so the
/// newest of each project are merged.
pub(crate) async fn newest<S: Session>(
    on: &S,
    query: &AuditQuery,
) -> Result<Vec<AuditEvent>, S::Failure> {
    let sql = "SELECT id, project FROM scope WHERE CAST(?1 AS TEXT) IS NULL OR project = ?1";
    let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
    let projects = on.all(sql, &[query.project.as_ref().into()], read).await?;
    let mut found = Vec::new();
    for (project_row, project) in projects {
        found.extend(newest_in(on, Some((project_row, project)), query).await?);
    }
    if query.project.is_none() {
        found.extend(newest_in(on, None, query).await?);
    }
    found.sort_by_key(|(number, event)| Reverse((event.at, *number)));
    found.truncate(query.limit as usize);
    Ok(found.into_iter().map(|(_, event)| event).collect())
}

async fn newest_in<S: Session>(
    on: &S,
    project: Option<(i64, ProjectId)>,
    query: &AuditQuery,
) -> Result<Vec<(i64, AuditEvent)>, S::Failure> {
    let (project_row, project) = project.unzip();
    let place = match project_row {
        Some(_) => "scope = ?1",
        None => "CAST(?1 AS BIGINT) IS NULL AND scope IS NULL",
    };
    let sql = format!(
        "SELECT id, at, action, account, certificate, subject, address, request_id, refused
         FROM audit_event
         WHERE {place} AND at >= ?2 AND (CAST(?3 AS TEXT) IS NULL OR account = ?3)
             AND (CAST(?4 AS BIGINT) IS NULL OR certificate = ?4)
         ORDER BY at DESC, id DESC LIMIT ?5"
    );
    let values = [
        project_row.into(),
        query.since.map_or(i64::MIN, first_millis_from).into(),
        query.user.as_ref().into(),
        query.certificate.into(),
        query.limit.into(),
    ];
    let mut events = on.all(&sql, &values, read).await?;
    events.iter_mut().for_each(|(_, event)| event.project = project.clone());
    Ok(events)
}

/// An event with its number. The project is left to the caller.
fn read(row: &Row<'_>) -> Result<(i64, AuditEvent), StoreError> {
    let action: String = row.get(2)?;
    let address: Option<String> = row.maybe(6)?;
    let refused = row.maybe(8)?;
    let event = AuditEvent {
        at: row.get(1)?,
        user: row.maybe(3)?,
        project: None,
        subject: Subject::read(&action, row.maybe(4)?, row.maybe(5)?),
        action: action.into(),
        address: address.and_then(|text| text.parse().ok()),
        request_id: row.maybe(7)?,
        outcome: refused.map_or(Outcome::Done, |code| Outcome::Refused { code }),
    };
    Ok((row.get(0)?, event))
}
