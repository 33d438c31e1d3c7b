//! The audit trail in PostgreSQL.

use async_trait::async_trait;
use tokio_postgres::Row;

use super::{
    Postgres,
    act::Sees,
    connection::Connection,
    failure::Failure,
    scopes,
    values::{column, maybe_id, maybe_text, number, text, time, written},
};
use crate::{
    audit::{Audit, AuditEvent, AuditQuery, Outcome, newest_of},
    error::StoreError,
    millis::{first_millis_from, millis},
    names::ProjectId,
    subject::Subject,
};

#[async_trait]
impl Audit for Postgres {
    async fn record(&self, event: AuditEvent) -> Result<(), StoreError> {
        let given = (self.events.next(), event);
        self.act(Sees::Committed, given, |on, (id, event)| Box::pin(insert(on, *id, event))).await
    }

    async fn events(&self, query: &AuditQuery) -> Result<Vec<AuditEvent>, StoreError> {
        self.act(Sees::Snapshot, query.clone(), |on, query| Box::pin(newest(on, query))).await
    }
}

/// Adds an event to the transaction of whatever it tells of.
pub(super) async fn insert(on: &Connection, id: i64, event: &AuditEvent) -> Result<(), Failure> {
    let refused = match &event.outcome {
        Outcome::Done => None,
        Outcome::Refused { code } => Some(written(code)),
    };
    let scope = match &event.project {
        Some(project) => Some(scopes::of(on, project).await?),
        None => None,
    };
    on.change(
        "INSERT INTO audit_event (id, scope, at, certificate, action, account, subject, address,
             request_id, refused)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        &[
            &id,
            &scope,
            &millis(event.at),
            &event.subject.as_ref().and_then(Subject::certificate).map(number),
            &written(&event.action),
            &event.user.as_ref().map(|user| written(user.as_str())),
            &event.subject.as_ref().and_then(Subject::text).as_deref().map(written),
            &event.address.map(|address| address.to_string()),
            &event.request_id.as_deref().map(written),
            &refused,
        ],
    )
    .await?;
    Ok(())
}

/// Each project is asked for its newest: only within one are they in the order of time.
async fn newest(on: &Connection, query: &AuditQuery) -> Result<Vec<AuditEvent>, Failure> {
    let mut found = Vec::new();
    let only = query.project.as_ref().map(|project| written(project.as_str()));
    let sql = "SELECT id, project FROM scope WHERE CAST($1 AS TEXT) IS NULL OR project = $1";
    for row in on.rows(sql, &[&only]).await? {
        let (scope, project) = (column(&row, 0)?, text(&row, 1)?);
        found.extend(newest_in(on, Some(scope), Some(project), query).await?);
    }
    if query.project.is_none() {
        found.extend(newest_in(on, None, None, query).await?);
    }
    Ok(newest_of(found, query.limit))
}

async fn newest_in(
    on: &Connection,
    scope: Option<i64>,
    project: Option<ProjectId>,
    query: &AuditQuery,
) -> Result<Vec<(i64, AuditEvent)>, Failure> {
    let place =
        if scope.is_some() { "scope = $1" } else { "CAST($1 AS BIGINT) IS NULL AND scope IS NULL" };
    let sql = format!(
        "SELECT id, at, action, account, certificate, subject, address, request_id, refused
         FROM audit_event
         WHERE {place} AND at >= $2 AND (CAST($3 AS TEXT) IS NULL OR account = $3)
             AND (CAST($4 AS BIGINT) IS NULL OR certificate = $4)
         ORDER BY at DESC, id DESC LIMIT $5"
    );
    let since = query.since.map_or(i64::MIN, first_millis_from);
    let user = query.user.as_ref().map(|user| written(user.as_str()));
    let certificate = query.certificate.map(number);
    let limit = i64::from(query.limit);
    let rows = on.rows(&sql, &[&scope, &since, &user, &certificate, &limit]).await?;
    rows.iter().map(|row| read(row, project.clone())).collect()
}

fn read(row: &Row, project: Option<ProjectId>) -> Result<(i64, AuditEvent), Failure> {
    let address: Option<&str> = column(row, 6)?;
    let refused = maybe_text(row, 8)?;
    let action: String = text(row, 2)?;
    let event = AuditEvent {
        at: time(row, 1)?,
        user: maybe_text(row, 3)?,
        project,
        subject: Subject::read(&action, maybe_id(row, 4)?, maybe_text(row, 5)?),
        action: action.into(),
        address: address.and_then(|text| text.parse().ok()),
        request_id: maybe_text(row, 7)?,
        outcome: refused.map_or(Outcome::Done, |code| Outcome::Refused { code }),
    };
    Ok((column(row, 0)?, event))
}
