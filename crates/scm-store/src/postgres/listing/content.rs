//! Lists of those that contain a text.
//!
//! There are two ways. Where the index of names proposes few, those are looked at, sorted and
//! counted. Where it proposes many, the text is common, so that the certificates are looked at in
//! the order of the query, until the page is full.

use super::{
    super::{
        certificates::{RECORD, RECORD_FROM, read_record},
        connection::Connection,
        failure::Failure,
        search,
        values::column,
    },
    page,
    selection::{Selection, Sql},
};
use crate::{
    certificates::CertificateRecord,
    certificates::{CertificateListing, CertificateQuery, Start},
};

const COUNT_LIMIT: usize = CertificateListing::COUNT_LIMIT as usize;
/// How many of those that the index proposes are looked at.
const LOOK_LIMIT: usize = 2 * COUNT_LIMIT;

/// What the order goes by, and the number.
type Found = (i64, i64);

/// A page, and the number of all up to the limit. `needle` is in lower case and not empty.
pub(super) async fn list(
    on: &Connection,
    selection: Selection,
    query: &CertificateQuery,
    needle: &str,
) -> Result<CertificateListing, Failure> {
    // Nothing is found across two texts, which are lines of one.
    if needle.contains('\n') {
        return Ok(CertificateListing { records: Vec::new(), total: 0, next: None });
    }
    let pieces = search::pieces_to_find(selection.place.project_row, needle);
    let selection = Selection { needle: Some(search::needle(needle)), ..selection };
    let Some(proposed) = proposed(on, pieces).await? else {
        let limit = CertificateListing::COUNT_LIMIT;
        let counted = page::counted(on, &selection, limit);
        let (total, records) = tokio::try_join!(counted, page::in_order(on, &selection, query))?;
        return Ok(CertificateListing::cut(records, query, total));
    };
    let mut found = pending(on, &selection, query).await?;
    found.extend(looked_at(on, &selection, query, proposed).await?);
    if found.len() >= COUNT_LIMIT {
        let records = page::in_order(on, &selection, query).await?;
        return Ok(CertificateListing::cut(records, query, CertificateListing::COUNT_LIMIT));
    }
    page_of(on, found, query).await
}

/// What the index proposes; nothing if that is too much.
async fn proposed(on: &Connection, pieces: Vec<i64>) -> Result<Option<Vec<i64>>, Failure> {
    let sql = "SELECT certificate FROM search WHERE pieces @> CAST($1 AS BIGINT[]) LIMIT $2";
    let rows = on.rows(sql, &[&pieces, &(LOOK_LIMIT as i64 + 1)]).await?;
    if rows.len() > LOOK_LIMIT {
        return Ok(None);
    }
    rows.iter().map(|row| column(row, 0)).collect::<Result<_, _>>().map(Some)
}

/// The certificates with the text among those that are not yet indexed.
async fn pending(
    on: &Connection,
    selection: &Selection,
    query: &CertificateQuery,
) -> Result<Vec<Found>, Failure> {
    let mut sql = Sql::default();
    sql.add("SELECT c.").add(page::key(query.sort));
    sql.add(", c.id FROM search_pending p JOIN certificate c ON c.id = p.certificate");
    sql.add(" WHERE p.scope = ").value(selection.place.project_row);
    found(on, sql, selection).await
}

/// Those that have the text, of what the index proposes.
async fn looked_at(
    on: &Connection,
    selection: &Selection,
    query: &CertificateQuery,
    proposed: Vec<i64>,
) -> Result<Vec<Found>, Failure> {
    let mut sql = Sql::default();
    sql.add("SELECT c.").add(page::key(query.sort)).add(", c.id FROM certificate c");
    sql.add(" WHERE c.id = ANY(").value(proposed).add(")");
    sql.add(" AND c.scope = ").value(selection.place.project_row);
    found(on, sql, selection).await
}

async fn found(
    on: &Connection,
    mut sql: Sql,
    selection: &Selection,
) -> Result<Vec<Found>, Failure> {
    if let Some(enterprise_row) = selection.place.enterprise_row {
        sql.add(" AND c.shelf = ").value(enterprise_row);
    }
    selection.conditions(&mut sql);
    sql.add(" LIMIT ").value(COUNT_LIMIT as i64);
    let rows = sql.rows(on).await?;
    rows.iter().map(|row| Ok((column(row, 0)?, column(row, 1)?))).collect()
}

async fn page_of(
    on: &Connection,
    mut found: Vec<Found>,
    query: &CertificateQuery,
) -> Result<CertificateListing, Failure> {
    let total = found.len() as u64;
    found.sort_unstable();
    if query.descending {
        found.reverse();
    }
    let (offset, limit) = (usize::try_from(query.offset()).unwrap_or(usize::MAX), query.limit);
    let here = found.into_iter().filter(|place| is_beyond(*place, query)).skip(offset);
    let ids: Vec<_> = here.take(limit as usize + 1).map(|(_, id)| id).collect();
    Ok(CertificateListing::cut(records(on, &ids).await?, query, total))
}

fn is_beyond(place: Found, query: &CertificateQuery) -> bool {
    match query.start {
        Start::Offset(_) => true,
        Start::After(marker) if query.descending => place < (marker.key, marker.id),
        Start::After(marker) => place > (marker.key, marker.id),
    }
}

/// In the order of the ids given.
async fn records(on: &Connection, ids: &[i64]) -> Result<Vec<CertificateRecord>, Failure> {
    let sql = format!(
        "SELECT {RECORD} FROM {RECORD_FROM}
             JOIN unnest(CAST($1 AS BIGINT[])) WITH ORDINALITY AS given (id, place)
             ON given.id = c.id
         ORDER BY place"
    );
    on.rows(&sql, &[&ids]).await?.iter().map(read_record).collect()
}
