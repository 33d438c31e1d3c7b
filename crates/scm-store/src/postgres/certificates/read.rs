//! Certificates as they stand in their rows.

use scm_seal::SealedKey;
use tokio_postgres::Row;

use super::super::{
    connection::Connection,
    failure::Failure,
    values::{column, count, hash, id_numbered, maybe_text, number, text, time, written},
};
use crate::{
    certificates::{CertificateRecord, StoredBundle},
    chain,
    error::StoreError,
    ids::CertificateId,
    names::ProjectId,
    subject::Resource,
};

/// What [`read_record`] reads, from [`RECORD_FROM`].
pub(in super::super) const RECORD: &str =
    "c.id, s.enterprise_project, c.name, c.description, c.domain, c.sans, c.domain_count,
     c.wildcard_count, c.signature_algorithm, c.key_algorithm, c.sha1, c.not_before, c.not_after,
     c.created, c.updated";
/// Where it is read from.
pub(in super::super) const RECORD_FROM: &str = "certificate c JOIN shelf s ON s.id = c.shelf";
/// How many columns that are.
const RECORD_COLUMNS: usize = 15;

const IN_PROJECT: &str =
    "c.id = $1 AND c.scope = (SELECT scope.id FROM scope WHERE scope.project = $2)";

pub(super) async fn record(
    on: &Connection,
    project: &ProjectId,
    id: CertificateId,
) -> Result<CertificateRecord, Failure> {
    let sql = format!("SELECT {RECORD} FROM {RECORD_FROM} WHERE {IN_PROJECT}");
    let values = (number(id), written(project.as_str()));
    read_record(&on.found(Resource::Certificate, &sql, &[&values.0, &values.1]).await?)
}

/// A certificate with its bytes, as of one moment.
pub(super) async fn whole(
    on: &Connection,
    project: &ProjectId,
    id: CertificateId,
) -> Result<(CertificateRecord, StoredBundle), Failure> {
    let sql = format!(
        "SELECT {RECORD}, b.leaf, b.sealed_key, chain.certificates
         FROM {RECORD_FROM} LEFT JOIN certificate_bytes b ON b.id = c.id
             LEFT JOIN chain ON chain.scope = c.scope AND chain.sha256 = c.chain
         WHERE {IN_PROJECT}"
    );
    let values = (number(id), written(project.as_str()));
    let row = on.found(Resource::Certificate, &sql, &[&values.0, &values.1]).await?;
    Ok((read_record(&row)?, read_bundle(&row, id)?))
}

pub(in super::super) fn read_record(row: &Row) -> Result<CertificateRecord, Failure> {
    let sans: String = text(row, 5)?;
    Ok(CertificateRecord {
        id: id_numbered(column(row, 0)?)?,
        enterprise_project: text(row, 1)?,
        name: text(row, 2)?,
        description: maybe_text(row, 3)?,
        domain: text(row, 4)?,
        sans: sans.lines().map(str::to_owned).collect(),
        domain_count: count(row, 6)?,
        wildcard_count: count(row, 7)?,
        signature_algorithm: text(row, 8)?,
        key_algorithm: text(row, 9)?,
        sha1: hash(row, 10)?,
        not_before: time(row, 11)?,
        not_after: time(row, 12)?,
        created: time(row, 13)?,
        updated: time(row, 14)?,
    })
}

fn read_bundle(row: &Row, id: CertificateId) -> Result<StoredBundle, Failure> {
    let chain: Option<&[u8]> = column(row, RECORD_COLUMNS + 2)?;
    let chain = chain.map_or(Some(Vec::new()), chain::read);
    Ok(StoredBundle {
        leaf: column(row, RECORD_COLUMNS)?,
        chain: chain.ok_or_else(|| StoreError::corrupt(format!("the chain of {id}")))?,
        sealed_key: SealedKey::from_kept(column(row, RECORD_COLUMNS + 1)?),
    })
}
