//! The keys of imports, each with the certificate that its import was stored as.

use rusqlite::{Connection, OptionalExtension, params};
use time::OffsetDateTime;

use super::super::{
    failure::Failure, project_rows::ProjectRow, upkeep::SWEEP_LIMIT, values::Millis,
};
use crate::{
    certificates::NewCertificate,
    ids::CertificateId,
    import_key::{ImportKey, forgotten_before},
    millis::first_millis_from,
};

/// The certificate of a key that was used before, unless that certificate was deleted.
pub(super) fn stored_by(
    connection: &Connection,
    project_row: ProjectRow,
    key: &ImportKey,
) -> Result<Option<CertificateId>, Failure> {
    let known = connection
        .prepare_cached(
            "SELECT print, certificate FROM import_key WHERE scope = ?1 AND key = ?2
                 AND EXISTS (SELECT 1 FROM certificate WHERE id = import_key.certificate)",
        )?
        .query_row(params![project_row, key.key], |row| {
            Ok((row.get::<_, [u8; 32]>(0)?, row.get(1)?))
        })
        .optional()?;
    Ok(known.map(|(print, existing)| key.meets(&print, existing)).transpose()?)
}

/// Stores a key that is new, or whose certificate was deleted.
pub(super) fn insert(
    connection: &Connection,
    project_row: ProjectRow,
    key: &ImportKey,
    new: &NewCertificate,
) -> Result<(), Failure> {
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO import_key (scope, key, print, certificate, at)
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![project_row, key.key, key.print, new.id, Millis(new.now)])?;
    Ok(())
}

/// Forgets some of those that are old enough.
pub(in super::super) fn sweep_some(
    connection: &Connection,
    now: OffsetDateTime,
) -> Result<u64, Failure> {
    let swept = connection
        .prepare_cached(
            "DELETE FROM import_key WHERE (scope, key) IN
                 (SELECT scope, key FROM import_key WHERE at < ?1 ORDER BY at LIMIT ?2)",
        )?
        .execute(params![first_millis_from(forgotten_before(now)), SWEEP_LIMIT])?;
    Ok(swept as u64)
}
