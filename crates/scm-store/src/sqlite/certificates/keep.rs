//! Keeping a certificate.

use rusqlite::{Connection, OptionalExtension, params};

use super::{
    super::{
        audit,
        failure::{Failure, conflict},
        scopes::{Moved, Scope, Shelf},
        search, upkeep,
        values::Millis,
    },
    chains, import_keys,
};
use crate::{
    actor::Actor,
    audit::{AuditEvent, action},
    certificates::{Content, NewCertificate},
    error::StoreError,
    ids::CertificateId,
    import_key::ImportKey,
};

pub(super) fn keep(
    connection: &Connection,
    actor: &Actor,
    new: &NewCertificate,
) -> Result<CertificateId, Failure> {
    let scope = Scope::of(connection, &actor.project)?;
    let key = ImportKey::of(actor, new);
    if let Some(key) = &key
        && let Some(existing) = import_keys::kept_by(connection, scope, key)?
    {
        return Ok(existing);
    }
    if new.refuse_duplicate {
        refuse_duplicate(connection, scope, &new.content)?;
    }
    let shelf = Shelf::of(connection, scope, &new.enterprise_project)?;
    let chain = chains::keep(connection, scope, new.content.chain.as_ref())?;
    let expired = upkeep::is_marked(connection, new.content.not_after)?;
    insert_facts(connection, scope, shelf, new, chain, expired)?;
    insert_bytes(connection, scope, new)?;
    if let Some(key) = &key {
        import_keys::insert(connection, scope, key, new)?;
    }
    shelf.count(connection, Moved::one_more(expired))?;
    search::enqueue(connection, scope, new.id)?;
    let event = AuditEvent::done(actor, action::CERTIFICATE_IMPORT, new.now);
    audit::insert_in(connection, Some(scope), &event.about(new.id))?;
    Ok(new.id)
}

fn refuse_duplicate(
    connection: &Connection,
    scope: Scope,
    content: &Content,
) -> Result<(), Failure> {
    let existing = connection
        .prepare_cached(
            "SELECT id FROM certificate WHERE scope = ?1 AND not_after = ?2 AND sha256 = ?3
             ORDER BY id LIMIT 1",
        )?
        .query_row(params![scope, Millis(content.not_after), content.sha256], |row| row.get(0))
        .optional()?;
    match existing {
        Some(existing) => Err(StoreError::Duplicate { existing }.into()),
        None => Ok(()),
    }
}

fn insert_facts(
    connection: &Connection,
    scope: Scope,
    shelf: Shelf,
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
            scope,
            shelf,
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
    scope: Scope,
    new: &NewCertificate,
) -> Result<(), Failure> {
    let content = &new.content;
    connection
        .prepare_cached(
            "INSERT INTO certificate_bytes (id, scope, leaf, sealed_key) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![new.id, scope, content.leaf, content.sealed_key.as_bytes()])?;
    Ok(())
}
