//! Exporting, replacing, updating and deleting a certificate.
//!
//! The row is locked first, so that concurrent changes are made one after the other.

use time::OffsetDateTime;
use tokio_postgres::types::ToSql;

use super::{
    super::{
        connection::Connection,
        failure::Failure,
        project_rows::{self, any_shard, moved},
        search,
        values::{column, number, text, truth, written},
    },
    chains, read,
};
use crate::{
    actor::Actor,
    audit::{AuditEvent, action, trail},
    certificates::{CertificateRecord, Change, Content, StoredBundle},
    error::StoreError,
    ids::CertificateId,
    millis::{first_millis_from, millis},
    subject::Resource,
};

/// Who does something, when, and the number of its audit event.
pub(super) struct Doing {
    pub(super) actor: Actor,
    pub(super) now: OffsetDateTime,
    pub(super) event: i64,
}

impl Doing {
    async fn leave_event(
        &self,
        on: &Connection,
        action: &'static str,
        id: CertificateId,
    ) -> Result<(), Failure> {
        let event = AuditEvent::done(&self.actor, action, self.now).about(id);
        trail::insert(on, Some(self.event), &event).await
    }
}

pub(super) async fn export(
    on: &Connection,
    by: &Doing,
    id: CertificateId,
) -> Result<(CertificateRecord, StoredBundle), Failure> {
    let whole = read::whole(on, &by.actor.project, id).await?;
    by.leave_event(on, action::CERTIFICATE_EXPORT, id).await?;
    Ok(whole)
}

pub(super) async fn delete(on: &Connection, by: &Doing, id: CertificateId) -> Result<(), Failure> {
    let project_row = project_rows::must_be_known(on, &by.actor.project).await?;
    let was = Standing::locked(on, project_row, id).await?;
    search::forget(on, project_row, id).await?;
    on.change("DELETE FROM certificate_bytes WHERE id = $1", &[&number(id)]).await?;
    on.change("DELETE FROM certificate WHERE id = $1", &[&number(id)]).await?;
    project_rows::count(on, any_shard(), &mut [moved(was.enterprise_row, -1, was.expired)]).await?;
    chains::drop_unused(on, project_row, was.chain.as_deref()).await?;
    by.leave_event(on, action::CERTIFICATE_DELETE, id).await
}

pub(super) async fn replace(
    on: &Connection,
    by: &Doing,
    id: CertificateId,
    content: &Content,
) -> Result<CertificateRecord, Failure> {
    let project_row = project_rows::must_be_known(on, &by.actor.project).await?;
    let was = Standing::locked(on, project_row, id).await?;
    let expired = millis(content.not_after) < first_millis_from(by.now);
    if let Some(chain) = &content.chain {
        chains::insert(on, project_row, chain).await?;
    }
    let folded = search::folded(&was.name, &content.domain, &content.sans);
    let chain = content.chain.as_ref().map(|chain| &chain.sha256[..]);
    replace_facts(on, id, content, (chain, expired, folded), by.now).await?;
    let (leaf, sealed_key) = (&content.leaf, content.sealed_key.as_bytes());
    let sql = "UPDATE certificate_bytes SET leaf = $2, sealed_key = $3 WHERE id = $1";
    on.change(sql, &[&number(id), leaf, &sealed_key]).await?;
    let mut moves =
        [moved(was.enterprise_row, -1, was.expired), moved(was.enterprise_row, 1, expired)];
    if was.expired != expired {
        project_rows::count(on, any_shard(), &mut moves).await?;
    }
    if was.chain.as_deref() != chain {
        chains::drop_unused(on, project_row, was.chain.as_deref()).await?;
    }
    search::renew(on, project_row, id).await?;
    by.leave_event(on, action::CERTIFICATE_REPLACE, id).await?;
    read::record(on, &by.actor.project, id).await
}

pub(super) async fn update(
    on: &Connection,
    by: &Doing,
    id: CertificateId,
    change: &Change,
) -> Result<CertificateRecord, Failure> {
    let project_row = project_rows::must_be_known(on, &by.actor.project).await?;
    Standing::locked(on, project_row, id).await?;
    let was = read::record(on, &by.actor.project, id).await?;
    let name = change.name.as_ref().unwrap_or(&was.name);
    let description = change.description.as_ref().unwrap_or(&was.description);
    let folded = search::folded(name, &was.domain, &was.sans);
    update_columns(
        on,
        id,
        &[
            ("name", &written(name)),
            ("description", &description.as_deref().map(written)),
            ("updated", &millis(by.now)),
            ("folded", &written(&folded)),
        ],
    )
    .await?;
    if *name != was.name {
        search::renew(on, project_row, id).await?;
    }
    by.leave_event(on, action::CERTIFICATE_UPDATE, id).await?;
    read::record(on, &by.actor.project, id).await
}

/// The columns of a certificate that counters, chain and index depend on.
struct Standing {
    enterprise_row: i64,
    expired: bool,
    chain: Option<Vec<u8>>,
    name: String,
}

impl Standing {
    async fn locked(on: &Connection, project_row: i64, id: CertificateId) -> Result<Self, Failure> {
        let sql = "SELECT shelf, expired, chain, name FROM certificate
                   WHERE id = $1 AND scope = $2 FOR UPDATE";
        let row = on
            .row(sql, &[&number(id), &project_row])
            .await?
            .ok_or(StoreError::missing(Resource::Certificate))?;
        Ok(Self {
            enterprise_row: column(&row, 0)?,
            expired: truth(&row, 1)?,
            chain: column(&row, 2)?,
            name: text(&row, 3)?,
        })
    }
}

async fn replace_facts(
    on: &Connection,
    id: CertificateId,
    content: &Content,
    (chain, expired, folded): (Option<&[u8]>, bool, String),
    now: OffsetDateTime,
) -> Result<(), Failure> {
    update_columns(
        on,
        id,
        &[
            ("expired", &i64::from(expired)),
            ("updated", &millis(now)),
            ("not_after", &millis(content.not_after)),
            ("not_before", &millis(content.not_before)),
            ("chain", &chain),
            ("domain", &written(&content.domain)),
            ("sans", &written(&content.sans.join("\n"))),
            ("folded", &written(&folded)),
            ("domain_count", &(content.domain_count as i64)),
            ("wildcard_count", &(content.wildcard_count as i64)),
            ("signature_algorithm", &content.signature_algorithm),
            ("key_algorithm", &content.key_algorithm),
            ("sha1", &&content.sha1[..]),
            ("sha256", &&content.sha256[..]),
        ],
    )
    .await
}

/// Sets columns of a certificate, each by its name.
async fn update_columns(
    on: &Connection,
    id: CertificateId,
    columns: &[(&str, &(dyn ToSql + Sync))],
) -> Result<(), Failure> {
    let assignments = (2..).zip(columns).map(|(number, (name, _))| format!("{name} = ${number}"));
    let assignments = assignments.collect::<Vec<_>>().join(", ");
    let id = number(id);
    let mut values: Vec<&(dyn ToSql + Sync)> = vec![&id];
    values.extend(columns.iter().map(|(_, value)| *value));
    on.change(&format!("UPDATE certificate SET {assignments} WHERE id = $1"), &values).await?;
    Ok(())
}
