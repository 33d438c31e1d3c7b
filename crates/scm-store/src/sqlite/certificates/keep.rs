//! Keeping a certificate.

use rusqlite::{Connection, params};

use super::{
    super::{
        failure::{Failure, conflict},
        scopes::{Moved, Scope, Shelf},
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

/// `seen` is what the project was seen to keep of the leaf, if that is not to be kept twice.
pub(super) fn keep(
    connection: &Connection,
    actor: &Actor,
    new: &NewCertificate,
    seen: Option<&Seen>,
) -> Result<CertificateId, Failure> {
    let scope = Scope::of(connection, &actor.project)?;
    let key = ImportKey::of(actor, new);
    if let Some(key) = &key
        && let Some(existing) = import_keys::kept_by(connection, scope, key)?
    {
        return Ok(existing);
    }
    if let Some(seen) = seen {
        Leaf::of(&new.content).refuse_if_kept(connection, scope, seen)?;
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
    ready(trail::insert_in(connection, None, Some(scope.0), &event.about(new.id)))?;
    Ok(new.id)
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
