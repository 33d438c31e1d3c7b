//! Certificates in SQLite.

use async_trait::async_trait;
use aws_lc_rs::digest;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{
    Sqlite, audit,
    failure::{Failure, conflict},
    values::Millis,
};
use crate::{
    actor::Actor,
    audit::{AuditEvent, action},
    certificates::{CertificateCount, CertificateRecord, Certificates, KeptBundle, NewCertificate},
    error::StoreError,
    ids::CertificateId,
    names::ProjectId,
};

#[async_trait]
impl Certificates for Sqlite {
    async fn keep(&self, actor: &Actor, certificate: NewCertificate) -> Result<(), StoreError> {
        let actor = actor.clone();
        self.act(move |connection| keep(connection, &actor, &certificate)).await
    }

    async fn certificate(
        &self,
        project: &ProjectId,
        id: CertificateId,
    ) -> Result<CertificateRecord, StoreError> {
        let project = project.clone();
        self.read(move |connection| record(connection, &project, id)).await
    }

    async fn bundle(
        &self,
        project: &ProjectId,
        id: CertificateId,
    ) -> Result<KeptBundle, StoreError> {
        let project = project.clone();
        self.read(move |connection| bundle(connection, &project, id)).await
    }

    async fn counts(&self, project: &ProjectId) -> Result<Vec<CertificateCount>, StoreError> {
        let project = project.clone();
        self.read(move |connection| counts(connection, &project)).await
    }
}

fn keep(connection: &Connection, actor: &Actor, new: &NewCertificate) -> Result<(), Failure> {
    let project = &actor.project;
    if new.refuse_duplicate {
        refuse_duplicate(connection, project, &new.sha256)?;
    }
    let chain = keep_chain(connection, project, &new.chain)?;
    let expired = new.facts.not_after < new.facts.created;
    insert_facts(connection, project, new, chain, expired)?;
    insert_bytes(connection, project, new)?;
    count(connection, project.as_str(), new.facts.enterprise_project.as_str(), expired, 1)?;
    let event = AuditEvent::done(actor, action::CERTIFICATE_IMPORT, new.facts.created);
    audit::insert(connection, &event.about(new.facts.id))
}

fn refuse_duplicate(
    connection: &Connection,
    project: &ProjectId,
    sha256: &[u8; 32],
) -> Result<(), Failure> {
    let existing = connection
        .prepare_cached(
            "SELECT id FROM certificate WHERE project = ?1 AND sha256 = ?2 ORDER BY id LIMIT 1",
        )?
        .query_row(params![project, sha256], |row| row.get(0))
        .optional()?;
    match existing {
        Some(existing) => Err(StoreError::Duplicate { existing }.into()),
        None => Ok(()),
    }
}

/// The row of the chain, which is made if the project does not keep the chain yet.
fn keep_chain(
    connection: &Connection,
    project: &ProjectId,
    chain: &[Vec<u8>],
) -> Result<Option<i64>, Failure> {
    if chain.is_empty() {
        return Ok(None);
    }
    let certificates = chain_to_bytes(chain);
    let sha256 = digest::digest(&digest::SHA256, &certificates);
    let kept = connection
        .prepare_cached("SELECT id FROM chain WHERE project = ?1 AND sha256 = ?2")?
        .query_row(params![project, sha256.as_ref()], |row| row.get(0))
        .optional()?;
    if kept.is_some() {
        return Ok(kept);
    }
    connection
        .prepare_cached("INSERT INTO chain (project, sha256, certificates) VALUES (?1, ?2, ?3)")?
        .execute(params![project, sha256.as_ref(), certificates])?;
    Ok(Some(connection.last_insert_rowid()))
}

fn insert_facts(
    connection: &Connection,
    project: &ProjectId,
    new: &NewCertificate,
    chain: Option<i64>,
    expired: bool,
) -> Result<(), Failure> {
    let facts = &new.facts;
    connection
        .prepare_cached(
            "INSERT INTO certificate (id, project, enterprise_project, name, domain, sans,
                 domain_count, wildcard_count, signature_algorithm, key_algorithm, sha1, sha256,
                 not_before, not_after, created, updated, expired, chain)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17,
                 ?18)",
        )?
        .execute(params![
            facts.id,
            project,
            facts.enterprise_project,
            facts.name,
            facts.domain,
            facts.sans.join("\n"),
            facts.domain_count,
            facts.wildcard_count,
            facts.signature_algorithm,
            facts.key_algorithm,
            facts.sha1,
            new.sha256,
            Millis(facts.not_before),
            Millis(facts.not_after),
            Millis(facts.created),
            Millis(facts.updated),
            expired,
            chain,
        ])
        .map_err(conflict("certificate with this id"))?;
    Ok(())
}

fn insert_bytes(
    connection: &Connection,
    project: &ProjectId,
    new: &NewCertificate,
) -> Result<(), Failure> {
    connection
        .prepare_cached(
            "INSERT INTO certificate_bytes (id, project, leaf, sealed_key) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![new.facts.id, project, new.leaf, new.sealed_key.as_bytes()])?;
    Ok(())
}

/// Moves a counter by `by`.
pub(super) fn count(
    connection: &Connection,
    project: &str,
    enterprise_project: &str,
    expired: bool,
    by: i64,
) -> Result<(), Failure> {
    connection
        .prepare_cached(
            "INSERT INTO certificate_count (project, enterprise_project, expired, count)
             VALUES (?1, ?2, ?3, max(?4, 0))
             ON CONFLICT DO UPDATE SET count = count + ?4",
        )?
        .execute(params![project, enterprise_project, expired, by])?;
    Ok(())
}

fn record(
    connection: &Connection,
    project: &ProjectId,
    id: CertificateId,
) -> Result<CertificateRecord, Failure> {
    let mut statement = connection.prepare_cached(
        "SELECT id, enterprise_project, name, domain, sans, domain_count, wildcard_count,
             signature_algorithm, key_algorithm, sha1, not_before, not_after, created, updated
         FROM certificate WHERE id = ?1 AND project = ?2",
    )?;
    Ok(statement.query_row(params![id, project], read_record)?)
}

fn read_record(row: &Row<'_>) -> rusqlite::Result<CertificateRecord> {
    let sans: String = row.get(4)?;
    let time = |column| row.get(column).map(|Millis(time)| time);
    Ok(CertificateRecord {
        id: row.get(0)?,
        enterprise_project: row.get(1)?,
        name: row.get(2)?,
        domain: row.get(3)?,
        sans: sans.lines().map(str::to_owned).collect(),
        domain_count: row.get(5)?,
        wildcard_count: row.get(6)?,
        signature_algorithm: row.get(7)?,
        key_algorithm: row.get(8)?,
        sha1: row.get(9)?,
        not_before: time(10)?,
        not_after: time(11)?,
        created: time(12)?,
        updated: time(13)?,
    })
}

fn bundle(
    connection: &Connection,
    project: &ProjectId,
    id: CertificateId,
) -> Result<KeptBundle, Failure> {
    let mut statement = connection.prepare_cached(
        "SELECT leaf, sealed_key, chain.certificates
         FROM certificate JOIN certificate_bytes USING (id) LEFT JOIN chain ON chain.id = chain
         WHERE certificate.id = ?1 AND certificate.project = ?2",
    )?;
    let (leaf, sealed_key, chain): (_, _, Option<Vec<u8>>) = statement
        .query_row(params![id, project], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let chain = chain.as_deref().map_or(Some(Vec::new()), chain_from_bytes);
    let chain = chain.ok_or_else(|| StoreError::corrupt(format!("the chain of {id}")))?;
    Ok(KeptBundle { leaf, chain, sealed_key: scm_seal::SealedKey::from_kept(sealed_key) })
}

fn counts(connection: &Connection, project: &ProjectId) -> Result<Vec<CertificateCount>, Failure> {
    let mut statement = connection.prepare_cached(
        "SELECT enterprise_project, expired, count FROM certificate_count
         WHERE project = ?1 AND count > 0 ORDER BY enterprise_project, expired",
    )?;
    let counts = statement.query_map([project], |row| {
        Ok(CertificateCount {
            enterprise_project: row.get(0)?,
            expired: row.get(1)?,
            count: row.get(2)?,
        })
    })?;
    Ok(counts.collect::<rusqlite::Result<_>>()?)
}

/// Each certificate behind its length in 4 bytes, big endian.
fn chain_to_bytes(chain: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(chain.iter().map(|der| 4 + der.len()).sum());
    for der in chain {
        let length = u32::try_from(der.len()).expect("a certificate is far shorter than 4 GiB");
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(der);
    }
    bytes
}

fn chain_from_bytes(mut bytes: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut chain = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk() {
        let (der, rest) = rest.split_at_checked(u32::from_be_bytes(*length) as usize)?;
        chain.push(der.to_vec());
        bytes = rest;
    }
    bytes.is_empty().then_some(chain)
}
