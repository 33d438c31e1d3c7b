//! Lists of certificates, and how many there are.
//!
//! Whether a certificate has expired follows from its end and the caller's clock alone. The mark
//! `expired` only decides where in the indexes to look: it is right but for those that ended between
//! the last sweep and now, which are few, and which the index by expiry gives.

mod content;
mod page;
mod selection;

use rusqlite::Connection;
use time::OffsetDateTime;

use self::selection::{Place, Selection};
use super::{
    failure::Failure,
    project_rows::{EnterpriseProjectRow, ProjectRow},
};
use crate::{
    certificates::CertificateCount,
    certificates::{CertificateListing, CertificateQuery, State},
    names::ProjectId,
    text::fold,
};

/// A page, and the number of all, as of one moment.
pub(super) fn list(
    connection: &Connection,
    project: &ProjectId,
    query: &CertificateQuery,
) -> Result<CertificateListing, Failure> {
    query.require_order()?;
    let snapshot = connection.unchecked_transaction()?;
    let Some(place) = place(&snapshot, project, query)? else {
        return Ok(CertificateListing { records: Vec::new(), total: 0, next: None });
    };
    let selection = Selection::new(&snapshot, place, query)?;
    match query.content.as_deref().map(fold).filter(|needle| !needle.is_empty()) {
        Some(needle) => content::list(&snapshot, &selection, query, &needle),
        None => page::list(&snapshot, &selection, query),
    }
}

/// By enterprise project, those that are valid first.
pub(super) fn counts(
    connection: &Connection,
    project: &ProjectId,
    now: OffsetDateTime,
) -> Result<Vec<CertificateCount>, Failure> {
    let snapshot = connection.unchecked_transaction()?;
    let Some(project_row) = ProjectRow::known(&snapshot, project)? else { return Ok(Vec::new()) };
    let mut statement = snapshot.prepare_cached(
        "SELECT id, enterprise_project FROM shelf WHERE scope = ?1 ORDER BY enterprise_project",
    )?;
    let enterprise_rows: Vec<(EnterpriseProjectRow, _)> = statement
        .query_map([project_row], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let mut counts = Vec::new();
    for (enterprise_row, enterprise_project) in enterprise_rows {
        for (state, expired) in [(State::Valid, false), (State::Expired, true)] {
            let query = CertificateQuery { state, ..CertificateQuery::new(now, 0) };
            let selection = Selection::new(
                &snapshot,
                Place { project_row, enterprise_row: Some(enterprise_row) },
                &query,
            )?;
            let count = page::total(&snapshot, &selection)?;
            let enterprise_project = Clone::clone(&enterprise_project);
            counts.push(CertificateCount { enterprise_project, expired, count });
        }
    }
    counts.retain(|count| count.count > 0);
    Ok(counts)
}

/// Where to look; nowhere if the project, or the enterprise project, never had a certificate.
fn place(
    connection: &Connection,
    project: &ProjectId,
    query: &CertificateQuery,
) -> Result<Option<Place>, Failure> {
    let Some(project_row) = ProjectRow::known(connection, project)? else { return Ok(None) };
    let Some(name) = &query.enterprise_project else {
        return Ok(Some(Place { project_row, enterprise_row: None }));
    };
    let enterprise_row = EnterpriseProjectRow::known(connection, project_row, name)?;
    Ok(enterprise_row
        .map(|enterprise_row| Place { project_row, enterprise_row: Some(enterprise_row) }))
}
