//! Stores a certificate.

use rusqlite::{Connection, params};

use super::{
    super::{
        failure::{Failure, conflict},
        project_rows::{EnterpriseProjectRow, Moved, ProjectRow},
        search,
        session::ready,
        upkeep,
        values::Millis,
    },
    chains,
    duplicates::{Leaf, Seen},
    import_keys,
};
use crate::{
    actor::Actor,
    audit::{AuditEvent, action, trail},
    certificates::NewCertificate,
    ids::CertificateId,
    import_key::ImportKey,
};

/// `seen` is what a reader found of the leaf in the project, if duplicates are to be refused.
pub(super) fn insert(
    connection: &Connection,
    actor: &Actor,
    new: &NewCertificate,
    seen: Option<&Seen>,
) -> Result<CertificateId, Failure> {
    let project_row = ProjectRow::of(connection, &actor.project)?;
    let key = ImportKey::of(actor, new);
    if let Some(key) = &key
        && let Some(existing) = import_keys::stored_by(connection, project_row, key)?
    {
        return Ok(existing);
    }
    if let Some(seen) = seen {
        Leaf::of(&new.content).refuse_if_stored(connection, project_row, seen)?;
    }
    let enterprise_row =
        EnterpriseProjectRow::of(connection, project_row, &new.enterprise_project)?;
    let chain = chains::insert(connection, project_row, new.content.chain.as_ref())?;
    let expired = upkeep::is_marked(connection, new.content.not_after)?;
    insert_facts(connection, project_row, enterprise_row, new, chain, expired)?;
    insert_bytes(connection, project_row, new)?;
    if let Some(key) = &key {
        import_keys::insert(connection, project_row, key, new)?;
    }
    enterprise_row.count(connection, Moved::one_more(expired))?;
    search::enqueue(connection, project_row, new.id)?;
    let event = AuditEvent::done(actor, action::CERTIFICATE_IMPORT, new.now);
    ready(trail::insert_in(connection, None, Some(project_row.0), &event.about(new.id)))?;
    Ok(new.id)
}

fn insert_facts(
    connection: &Connection,
    project_row: ProjectRow,
    enterprise_row: EnterpriseProjectRow,
    new: &NewCertificate,
    chain: Option<i64>,
    expired: bool,
) -> Result<(), Failure> {
    let content = &new.content;
    connection
        .prepare_cached(
            "INSERT INTO certificate (id, scope, shelf, expired, updated, not_after, not_before,
                 created, chain, name, domain, sans, domain_count, wildcard_count,
                 signature_algorithm, key_algorithm, sha1, sha256)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?5, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16,
                 ?17)",
        )?
        .execute(params![
            new.id,
            project_row,
            enterprise_row,
            expired,
            Millis(new.now),
            Millis(content.not_after),
            Millis(content.not_before),
            chain,
            new.name,
            content.domain,
            content.sans.join("\n"),
            content.domain_count,
            content.wildcard_count,
            content.signature_algorithm,
            content.key_algorithm,
            content.sha1,
            content.sha256,
        ])
        .map_err(conflict("certificate with this id"))?;
    Ok(())
}

fn insert_bytes(
    connection: &Connection,
    project_row: ProjectRow,
    new: &NewCertificate,
) -> Result<(), Failure> {
    let content = &new.content;
    connection
        .prepare_cached(
            "INSERT INTO certificate_bytes (id, scope, leaf, sealed_key) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![new.id, project_row, content.leaf, content.sealed_key.as_bytes()])?;
    Ok(())
}
