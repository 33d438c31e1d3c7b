//! Pages in order, by index.

use super::{
    super::{
        certificates::{RECORD, RECORD_FROM, read_record},
        connection::Connection,
        failure::Failure,
        values::count,
    },
    selection::{Place, Selection, Sql},
};
use crate::{
    certificates::CertificateRecord,
    certificates::{CertificateListing, CertificateQuery, Sort, Start, State},
    error::StoreError,
};

const MARKS: [i64; 2] = [0, 1];

/// A page, and the number of all.
pub(super) async fn list(
    on: &Connection,
    selection: &Selection,
    query: &CertificateQuery,
) -> Result<CertificateListing, Failure> {
    let (total, records) = tokio::try_join!(total(on, selection), in_order(on, selection, query))?;
    Ok(CertificateListing::cut(records, query, total))
}

/// The page, and one certificate more.
pub(super) async fn in_order(
    on: &Connection,
    selection: &Selection,
    query: &CertificateQuery,
) -> Result<Vec<CertificateRecord>, Failure> {
    let mut sql = Sql::default();
    sql.add("SELECT ").add(RECORD).add(" FROM (");
    places(&mut sql, selection, query);
    sql.add(") place JOIN ").add(RECORD_FROM).add(" ON c.id = place.id");
    order(&mut sql, query, "place.key", "place.id");
    sql.rows(on).await?.iter().map(read_record).collect()
}

/// Where in the order the page is, and one place more. Each mark gives its own first ones, in order.
fn places(sql: &mut Sql, selection: &Selection, query: &CertificateQuery) {
    let limit = i64::from(query.limit) + 1;
    let offset = i64::try_from(query.offset()).unwrap_or(i64::MAX - limit);
    let key = key(query.sort);
    sql.add("SELECT id, key FROM (");
    for mark in MARKS {
        sql.add(if mark == 0 { "(" } else { ") UNION ALL (" });
        // Those that few have are found first and put in order then: by the order they would be
        // looked for among all that have the mark.
        let is_rare = key == "updated" && selection.rare_mark() == Some(mark);
        if is_rare {
            sql.add("SELECT id, key FROM (");
        }
        sql.add("SELECT c.id, c.").add(key).add(" AS key");
        selection.marked(sql, mark);
        after_marker(sql, query, key);
        if is_rare {
            sql.add(" OFFSET 0) rare");
            order(sql, query, "key", "id");
        } else {
            order(sql, query, &format!("c.{key}"), "c.id");
        }
        sql.add(" LIMIT ").value(offset.saturating_add(limit));
    }
    sql.add(")) both_marks");
    order(sql, query, "key", "id");
    sql.add(" LIMIT ").value(limit).add(" OFFSET ").value(offset);
}

fn after_marker(sql: &mut Sql, query: &CertificateQuery, key: &str) {
    if let Start::After(marker) = query.start {
        let beyond = if query.descending { ", c.id) < (" } else { ", c.id) > (" };
        sql.add(" AND (c.").add(key).add(beyond);
        sql.value(marker.key).add(", ").value(marker.id).add(")");
    }
}

fn order(sql: &mut Sql, query: &CertificateQuery, key: &str, id: &str) {
    let direction = if query.descending { " DESC" } else { " ASC" };
    sql.add(" ORDER BY ").add(key).add(direction).add(", ").add(id).add(direction);
}

/// The column that an order goes by. The status changes at the end of the validity, so the order by
/// end is one by status too, at any time.
pub(super) fn key(sort: Sort) -> &'static str {
    match sort {
        Sort::Updated => "updated",
        Sort::Expiry | Sort::Status => "not_after",
    }
}

/// How many the selection has; with an `ended_since`, up to [`CertificateListing::COUNT_LIMIT`].
async fn total(on: &Connection, selection: &Selection) -> Result<u64, Failure> {
    const LIMIT: u64 = CertificateListing::COUNT_LIMIT;
    if selection.since.is_none() {
        return in_state(on, selection).await;
    }
    // Those that are valid have been counted already: only what ended since then is left to count.
    match (selection.state, selection.parts()) {
        (State::Any, Some((valid, ended))) => {
            let valid = in_state(on, &valid).await?.min(LIMIT);
            Ok(valid + counted(on, &ended, LIMIT - valid).await?)
        }
        (State::Valid, Some((valid, _))) => Ok(in_state(on, &valid).await?.min(LIMIT)),
        _ => counted(on, selection, LIMIT).await,
    }
}

/// How many the selection has, counted one by one up to a limit.
pub(super) async fn counted(
    on: &Connection,
    selection: &Selection,
    limit: u64,
) -> Result<u64, Failure> {
    let mut sql = Sql::default();
    sql.add("SELECT count(*) FROM (");
    for mark in MARKS {
        sql.add(if mark == 0 { "SELECT 1" } else { " UNION ALL SELECT 1" });
        selection.marked(&mut sql, mark);
    }
    sql.add(" LIMIT ").value(limit.cast_signed()).add(") counted");
    number(on, &sql).await
}

/// How many the selection has, by the counters and what they have missed since the last sweep.
async fn in_state(on: &Connection, selection: &Selection) -> Result<u64, Failure> {
    let of = |state| Selection { state, ..selection.clone() };
    if selection.state == State::Any {
        let (valid, expired) = counters(on, selection.place).await?;
        return Ok(valid + expired);
    }
    let (all_valid, all_expired) = (of(State::Valid), of(State::Expired));
    let ((valid, expired), more_valid, more_expired) = tokio::try_join!(
        counters(on, selection.place),
        missed(on, &all_valid),
        missed(on, &all_expired)
    )?;
    Ok(match selection.state {
        State::Expired => expired + more_expired - more_valid,
        _ => valid + more_valid - more_expired,
    })
}

/// How many are in a state without having its mark.
async fn missed(on: &Connection, selection: &Selection) -> Result<u64, Failure> {
    let mark = selection.rare_mark().expect("either state has its mark");
    let mut sql = Sql::default();
    selection.marked(sql.add("SELECT count(*)"), mark);
    number(on, &sql).await
}

/// How many are marked as valid and as expired.
async fn counters(on: &Connection, place: Place) -> Result<(u64, u64), Failure> {
    let mut sql = Sql::default();
    sql.add(
        "SELECT CAST(coalesce(sum(valid), 0) AS BIGINT), CAST(coalesce(sum(expired), 0) AS BIGINT)
         FROM shelf_count WHERE shelf ",
    );
    match place.enterprise_row {
        Some(enterprise_row) => sql.add("= ").value(enterprise_row),
        None => {
            sql.add("IN (SELECT id FROM shelf WHERE scope = ").value(place.project_row).add(")")
        }
    };
    let rows = sql.rows(on).await?;
    let row = rows.first().ok_or_else(no_count)?;
    Ok((count(row, 0)?, count(row, 1)?))
}

async fn number(on: &Connection, sql: &Sql) -> Result<u64, Failure> {
    let rows = sql.rows(on).await?;
    count(rows.first().ok_or_else(no_count)?, 0)
}

fn no_count() -> StoreError {
    StoreError::corrupt("a count has no row")
}
