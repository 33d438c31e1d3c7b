//! The keys of imports, each with the certificate that its import was stored as.

use std::collections::HashMap;

use time::OffsetDateTime;

use super::super::{
    connection::Connection,
    failure::Failure,
    upkeep::SWEEP_LIMIT,
    values::{column, hash, id_numbered},
};
use crate::{
    ids::CertificateId,
    import_key::{ImportKey, forgotten_before},
    millis::first_millis_from,
};

/// Of each key, the print of its import and the certificate.
pub(super) type Standing = HashMap<(i64, [u8; 32]), ([u8; 32], CertificateId)>;

/// The certificates of these keys, each key with its project row; unknown keys are left out.
pub(super) async fn standing(
    on: &Connection,
    keys: &[(i64, &ImportKey)],
) -> Result<Standing, Failure> {
    if keys.is_empty() {
        return Ok(Standing::new());
    }
    let sql = "SELECT scope, key, print, certificate FROM import_key JOIN
                   unnest(CAST($1 AS BIGINT[]), CAST($2 AS BYTEA[])) AS requested (scope, key)
                   USING (scope, key)";
    let (project_rows, keys) = columns(keys);
    let rows = on.rows(sql, &[&project_rows, &keys]).await?;
    let read = |row| {
        let place = (column(row, 0)?, hash(row, 1)?);
        Ok((place, (hash(row, 2)?, id_numbered(column(row, 3)?)?)))
    };
    rows.iter().map(read).collect()
}

/// Deletes those keys whose certificate was deleted, and returns how many.
pub(super) async fn forget_deleted(
    on: &Connection,
    keys: &[(i64, &ImportKey)],
) -> Result<u64, Failure> {
    if keys.is_empty() {
        return Ok(0);
    }
    let sql = "DELETE FROM import_key WHERE (scope, key) IN
                   (SELECT scope, key FROM unnest(CAST($1 AS BIGINT[]), CAST($2 AS BYTEA[]))
                        AS requested (scope, key))
               AND NOT EXISTS (SELECT 1 FROM certificate
                               WHERE certificate.id = import_key.certificate)";
    let (project_rows, keys) = columns(keys);
    Ok(on.change(sql, &[&project_rows, &keys]).await?)
}

fn columns<'a>(keys: &[(i64, &'a ImportKey)]) -> (Vec<i64>, Vec<&'a [u8]>) {
    keys.iter().map(|(project_row, key)| (*project_row, &key.key[..])).unzip()
}

/// Forgets some of those that are old enough.
pub(in super::super) async fn sweep_some(
    on: &Connection,
    now: OffsetDateTime,
) -> Result<u64, Failure> {
    let sql = "DELETE FROM import_key WHERE (scope, key) IN
                   (SELECT scope, key FROM import_key WHERE at < $1 ORDER BY at LIMIT $2)";
    let before = first_millis_from(forgotten_before(now));
    Ok(on.change(sql, &[&before, &SWEEP_LIMIT]).await?)
}
