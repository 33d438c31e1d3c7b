//! Exporting, renewing, changing and deleting a certificate.

use rusqlite::{Connection, Row, params};
use time::OffsetDateTime;

use super::{
    super::{
        failure::{Failure, missing},
        project_rows::{EnterpriseProjectRow, Moved, ProjectRow},
        search,
        session::ready,
        upkeep,
        values::Millis,
    },
    chains, read,
};
use crate::{
    actor::Actor,
    audit::{AuditEvent, action, trail},
    certificates::{CertificateRecord, Change, Content, StoredBundle},
    ids::CertificateId,
    subject::Resource,
};

pub(super) fn export(
    connection: &Connection,
    actor: &Actor,
    id: CertificateId,
    now: OffsetDateTime,
) -> Result<(CertificateRecord, StoredBundle), Failure> {
    let project_row = read::project_row(connection, &actor.project)?;
    let record = read::record(connection, project_row, id)?;
    let bundle = read::bundle(connection, project_row, id)?;
    leave_event(connection, (actor, project_row), action::CERTIFICATE_EXPORT, id, now)?;
    Ok((record, bundle))
}

pub(super) fn delete(
    connection: &Connection,
    actor: &Actor,
    id: CertificateId,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let project_row = read::project_row(connection, &actor.project)?;
    let was = Standing::of(connection, project_row, id)?;
    search::forget(connection, project_row, id)?;
    connection.prepare_cached("DELETE FROM certificate WHERE id = ?1")?.execute([id])?;
    was.enterprise_row.count(connection, Moved::one_less(was.expired))?;
    chains::drop_unused(connection, was.chain)?;
    leave_event(connection, (actor, project_row), action::CERTIFICATE_DELETE, id, now)
}

pub(super) fn replace(
    connection: &Connection,
    actor: &Actor,
    id: CertificateId,
    content: &Content,
    now: OffsetDateTime,
) -> Result<CertificateRecord, Failure> {
    let project_row = read::project_row(connection, &actor.project)?;
    let was = Standing::of(connection, project_row, id)?;
    let expired = upkeep::is_marked(connection, content.not_after)?;
    let chain = chains::insert(connection, project_row, content.chain.as_ref())?;
    replace_facts(connection, id, content, Standing { chain, expired, ..was }, now)?;
    connection
        .prepare_cached("UPDATE certificate_bytes SET leaf = ?2, sealed_key = ?3 WHERE id = ?1")?
        .execute(params![id, content.leaf, content.sealed_key.as_bytes()])?;
    was.enterprise_row.count(connection, Moved::one_less(was.expired))?;
    was.enterprise_row.count(connection, Moved::one_more(expired))?;
    chains::drop_unused(connection, was.chain)?;
    search::renew(connection, project_row, id)?;
    leave_event(connection, (actor, project_row), action::CERTIFICATE_REPLACE, id, now)?;
    read::record(connection, project_row, id)
}

pub(super) fn update(
    connection: &Connection,
    actor: &Actor,
    id: CertificateId,
    change: &Change,
    now: OffsetDateTime,
) -> Result<CertificateRecord, Failure> {
    let project_row = read::project_row(connection, &actor.project)?;
    let was = read::record(connection, project_row, id)?;
    let name = change.name.as_ref().unwrap_or(&was.name);
    let description = change.description.as_ref().unwrap_or(&was.description);
    connection
        .prepare_cached(
            "UPDATE certificate SET name = ?2, description = ?3, updated = ?4 WHERE id = ?1",
        )?
        .execute(params![id, name, description, Millis(now)])?;
    if *name != was.name {
        search::renew(connection, project_row, id)?;
    }
    leave_event(connection, (actor, project_row), action::CERTIFICATE_UPDATE, id, now)?;
    read::record(connection, project_row, id)
}

/// The fields of a certificate that its deletion or replacement needs.
#[derive(Clone, Copy)]
struct Standing {
    enterprise_row: EnterpriseProjectRow,
    expired: bool,
    chain: Option<i64>,
}

impl Standing {
    fn of(
        connection: &Connection,
        project_row: ProjectRow,
        id: CertificateId,
    ) -> Result<Self, Failure> {
        let sql = "SELECT shelf, expired, chain FROM certificate WHERE id = ?1 AND scope = ?2";
        let read = |row: &Row<'_>| {
            Ok(Self { enterprise_row: row.get(0)?, expired: row.get(1)?, chain: row.get(2)? })
        };
        let found = connection.prepare_cached(sql)?.query_row(params![id, project_row], read);
        found.map_err(missing(Resource::Certificate))
    }
}

fn replace_facts(
    connection: &Connection,
    id: CertificateId,
    content: &Content,
    standing: Standing,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    connection
        .prepare_cached(
            "UPDATE certificate SET expired = ?2, updated = ?3, not_after = ?4, not_before = ?5,
                 chain = ?6, domain = ?7, sans = ?8, domain_count = ?9, wildcard_count = ?10,
                 signature_algorithm = ?11, key_algorithm = ?12, sha1 = ?13, sha256 = ?14
             WHERE id = ?1",
        )?
        .execute(params![
            id,
            standing.expired,
            Millis(now),
            Millis(content.not_after),
            Millis(content.not_before),
            standing.chain,
            content.domain,
            content.sans.join("\n"),
            content.domain_count,
            content.wildcard_count,
            content.signature_algorithm,
            content.key_algorithm,
            content.sha1,
            content.sha256,
        ])?;
    Ok(())
}

fn leave_event(
    connection: &Connection,
    (actor, project_row): (&Actor, ProjectRow),
    action: &'static str,
    id: CertificateId,
    now: OffsetDateTime,
) -> Result<(), Failure> {
    let event = AuditEvent::done(actor, action, now).about(id);
    ready(trail::insert_in(connection, None, Some(project_row.0), &event))
}
