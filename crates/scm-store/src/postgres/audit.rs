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
    audit::{Audit, AuditEvent, Outcome},
    error::StoreError,
    millis::millis,
    names::ProjectId,
};

#[async_trait]
impl Audit for Postgres {
    async fn record(&self, event: AuditEvent) -> Result<(), StoreError> {
        let given = (self.events.next(), event);
        self.act(Sees::Committed, given, |on, (id, event)| Box::pin(insert(on, *id, event))).await
    }

    async fn events(&self, project: &ProjectId, limit: u32) -> Result<Vec<AuditEvent>, StoreError> {
        let given = (project.clone(), i64::from(limit));
        self.act(Sees::One, given, |on, (project, limit)| Box::pin(newest(on, project, *limit)))
            .await
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
            &event.certificate.map(number),
            &written(&event.action),
            &event.user.as_ref().map(|user| written(user.as_str())),
            &event.subject.as_deref().map(written),
            &event.address.map(|address| address.to_string()),
            &event.request_id.as_deref().map(written),
            &refused,
        ],
    )
    .await?;
    Ok(())
}

async fn newest(
    on: &Connection,
    project: &ProjectId,
    limit: i64,
) -> Result<Vec<AuditEvent>, Failure> {
    let sql = "SELECT at, action, account, certificate, subject, address, request_id, refused
               FROM audit_event WHERE scope = (SELECT id FROM scope WHERE project = $1)
               ORDER BY at DESC, id DESC LIMIT $2";
    let rows = on.rows(sql, &[&written(project.as_str()), &limit]).await?;
    rows.iter().map(|row| read(row, project)).collect()
}

fn read(row: &Row, project: &ProjectId) -> Result<AuditEvent, Failure> {
    let address: Option<&str> = column(row, 5)?;
    let refused = maybe_text(row, 7)?;
    Ok(AuditEvent {
        at: time(row, 0)?,
        action: text::<String>(row, 1)?.into(),
        user: maybe_text(row, 2)?,
        project: Some(project.clone()),
        certificate: maybe_id(row, 3)?,
        subject: maybe_text(row, 4)?,
        address: address.and_then(|text| text.parse().ok()),
        request_id: maybe_text(row, 6)?,
        outcome: refused.map_or(Outcome::Done, |code| Outcome::Refused { code }),
    })
}
