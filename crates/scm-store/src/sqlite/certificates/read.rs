//! Certificates as they stand in their rows.

use rusqlite::{Connection, Row, params};
use scm_seal::SealedKey;

use super::super::{
    failure::{Failure, missing},
    project_rows::ProjectRow,
    values::Millis,
};
use crate::{
    certificates::{CertificateRecord, StoredBundle},
    chain,
    error::StoreError,
    ids::CertificateId,
    names::ProjectId,
    subject::Resource,
};

/// What [`read_record`] reads, from the table `certificate`.
pub(in super::super) const RECORD_COLUMNS: &str =
    "id, (SELECT enterprise_project FROM shelf WHERE shelf.id = certificate.shelf), name,
     description, domain, sans, domain_count, wildcard_count, signature_algorithm, key_algorithm,
     sha1, not_before, not_after, created, updated";

/// The project's number, if the certificate can be there at all.
pub(super) fn project_row(
    connection: &Connection,
    project: &ProjectId,
) -> Result<ProjectRow, Failure> {
    Ok(ProjectRow::known(connection, project)?.ok_or(StoreError::missing(Resource::Certificate))?)
}

pub(super) fn record_in(
    connection: &Connection,
    project: &ProjectId,
    id: CertificateId,
) -> Result<CertificateRecord, Failure> {
    record(connection, project_row(connection, project)?, id)
}

pub(in super::super) fn record(
    connection: &Connection,
    project_row: ProjectRow,
    id: CertificateId,
) -> Result<CertificateRecord, Failure> {
    let sql = format!("SELECT {RECORD_COLUMNS} FROM certificate WHERE id = ?1 AND scope = ?2");
    let mut statement = connection.prepare_cached(&sql)?;
    statement
        .query_row(params![id, project_row], read_record)
        .map_err(missing(Resource::Certificate))
}

pub(in super::super) fn read_record(row: &Row<'_>) -> rusqlite::Result<CertificateRecord> {
    let sans: String = row.get(5)?;
    let time = |column| row.get(column).map(|Millis(time)| time);
    Ok(CertificateRecord {
        id: row.get(0)?,
        enterprise_project: row.get(1)?,
        name: row.get(2)?,
        description: row.get(3)?,
        domain: row.get(4)?,
        sans: sans.lines().map(str::to_owned).collect(),
        domain_count: row.get(6)?,
        wildcard_count: row.get(7)?,
        signature_algorithm: row.get(8)?,
        key_algorithm: row.get(9)?,
        sha1: row.get(10)?,
        not_before: time(11)?,
        not_after: time(12)?,
        created: time(13)?,
        updated: time(14)?,
    })
}

pub(super) fn bundle_in(
    connection: &Connection,
    project: &ProjectId,
    id: CertificateId,
) -> Result<StoredBundle, Failure> {
    bundle(connection, project_row(connection, project)?, id)
}

pub(super) fn bundle(
    connection: &Connection,
    project_row: ProjectRow,
    id: CertificateId,
) -> Result<StoredBundle, Failure> {
    let mut statement = connection.prepare_cached(
        "SELECT leaf, sealed_key, chain.certificates
         FROM certificate LEFT JOIN certificate_bytes USING (id) LEFT JOIN chain ON chain.id = chain
         WHERE certificate.id = ?1 AND certificate.scope = ?2",
    )?;
    let (leaf, sealed_key, chain): (_, _, Option<Vec<u8>>) = statement
        .query_row(params![id, project_row], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .map_err(missing(Resource::Certificate))?;
    let chain = chain.as_deref().map_or(Some(Vec::new()), chain::read);
    let chain = chain.ok_or_else(|| StoreError::corrupt(format!("the chain of {id}")))?;
    Ok(StoredBundle { leaf, chain, sealed_key: SealedKey::from_kept(sealed_key) })
}
