//! Lists of certificates, and how many there are.
//!
//! Whether a certificate has expired follows from its end and the caller's clock alone. The mark
//! `expired` decides in which part of an index a row is. Rows whose mark is behind, or ahead of the
//! caller's clock, are few, and each index gives them as one range.

mod content;
mod page;
mod selection;

use std::collections::BTreeMap;

use time::OffsetDateTime;

use self::selection::{Place, Selection};
use super::{
    connection::Connection,
    failure::Failure,
    project_rows,
    values::{count, text},
};
use crate::{
    certificates::CertificateCount,
    certificates::{CertificateListing, CertificateQuery},
    millis::first_millis_from,
    names::{EnterpriseProject, ProjectId},
    text::fold,
};

/// A page, and the number of all, as of one moment.
pub(super) async fn list(
    on: &Connection,
    project: &ProjectId,
    query: &CertificateQuery,
) -> Result<CertificateListing, Failure> {
    let Some(place) = place(on, project, query).await? else {
        return Ok(CertificateListing { records: Vec::new(), total: 0, next: None });
    };
    let selection = Selection::new(place, query);
    match query.content.as_deref().map(fold).filter(|needle| !needle.is_empty()) {
        Some(needle) => content::list(on, selection, query, &needle).await,
        None => page::list(on, &selection, query).await,
    }
}

/// By enterprise project, those that are valid first.
pub(super) async fn counts(
    on: &Connection,
    project: &ProjectId,
    now: OffsetDateTime,
) -> Result<Vec<CertificateCount>, Failure> {
    let Some(project_row) = project_rows::known(on, project).await? else { return Ok(Vec::new()) };
    let now = first_millis_from(now);
    // What is marked as valid and has ended, and the other way round.
    let sql = "SELECT enterprise_project, CAST(sum(valid) AS BIGINT),
                   CAST(sum(expired) AS BIGINT)
               FROM (SELECT shelf, valid, expired FROM shelf_count
                         WHERE shelf IN (SELECT id FROM shelf WHERE scope = $1)
                     UNION ALL SELECT shelf, -1, 1 FROM certificate
                         WHERE scope = $1 AND expired = 0 AND not_after < $2
                     UNION ALL SELECT shelf, 1, -1 FROM certificate
                         WHERE scope = $1 AND expired = 1 AND not_after >= $2) AS part
                   JOIN shelf ON shelf.id = part.shelf
               GROUP BY enterprise_project";
    let mut counts = BTreeMap::<EnterpriseProject, [u64; 2]>::new();
    for row in on.rows(sql, &[&project_row, &now]).await? {
        counts.insert(text(&row, 0)?, [count(&row, 1)?, count(&row, 2)?]);
    }
    let counts = counts.into_iter().flat_map(|(enterprise_project, counts)| {
        [false, true].into_iter().zip(counts).map(move |(expired, count)| CertificateCount {
            enterprise_project: enterprise_project.clone(),
            expired,
            count,
        })
    });
    Ok(counts.filter(|count| count.count > 0).collect())
}

/// Where to look; nowhere if the project, or the enterprise project, never had a certificate.
async fn place(
    on: &Connection,
    project: &ProjectId,
    query: &CertificateQuery,
) -> Result<Option<Place>, Failure> {
    let Some(project_row) = project_rows::known(on, project).await? else { return Ok(None) };
    let Some(name) = &query.enterprise_project else {
        return Ok(Some(Place { project_row, enterprise_row: None }));
    };
    let enterprise_row = project_rows::enterprise_row_known(on, project_row, name).await?;
    Ok(enterprise_row
        .map(|enterprise_row| Place { project_row, enterprise_row: Some(enterprise_row) }))
}
