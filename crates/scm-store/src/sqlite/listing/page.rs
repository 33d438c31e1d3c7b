//! Pages in order, by index.

use rusqlite::{Connection, Row, params, params_from_iter};

use super::{
    super::{certificates::record, failure::Failure},
    selection::{Place, Selection, Sql},
};
use crate::certificates::{CertificateListing, CertificateQuery, Sort, Start, State};

/// A page, and the number of all.
pub(super) fn list(
    connection: &Connection,
    selection: &Selection,
    query: &CertificateQuery,
) -> Result<CertificateListing, Failure> {
    let offset = i64::try_from(query.offset()).unwrap_or(i64::MAX);
    // Places first, which the index has: what is passed over need not be read.
    let mut sql = in_order(selection, query, &format!("id, {}", key(query.sort)));
    sql.add(" LIMIT ").value(i64::from(query.limit) + 1).add(" OFFSET ").value(offset);
    let mut statement = connection.prepare_cached(&sql.text)?;
    let ids = statement
        .query_map(params_from_iter(&sql.values), |row| row.get(0))?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let records = ids
        .into_iter()
        .map(|id| record(connection, selection.place.project_row, id))
        .collect::<Result<_, _>>()?;
    let total = total(connection, selection)?;
    Ok(CertificateListing::cut(records, query, total))
}

/// How many the selection has; with an `ended_since`, up to [`CertificateListing::COUNT_LIMIT`].
pub(super) fn total(connection: &Connection, selection: &Selection) -> Result<u64, Failure> {
    const LIMIT: u64 = CertificateListing::COUNT_LIMIT;
    if !selection.has_past() {
        return in_state(connection, selection);
    }
    // Those that are valid have been counted already: only what ended since then is left to count.
    match (selection.state, selection.parts()) {
        (State::Any, Some((valid, ended))) => {
            let valid = in_state(connection, &valid)?.min(LIMIT);
            Ok(valid + counted(connection, &ended, LIMIT - valid)?)
        }
        (State::Valid, Some((valid, _))) => Ok(in_state(connection, &valid)?.min(LIMIT)),
        _ => counted(connection, selection, LIMIT),
    }
}

/// How many the selection has, counted one by one up to a limit.
fn counted(connection: &Connection, selection: &Selection, limit: u64) -> Result<u64, Failure> {
    if limit == 0 {
        return Ok(0);
    }
    let mut sql = Sql::default();
    selection.by_expiry(sql.add("SELECT count(*) FROM ("), "1");
    sql.add(" LIMIT ").value(limit.cast_signed()).add(")");
    number(connection, &sql)
}

/// How many the selection has, by the counters and what they have missed since the last sweep.
fn in_state(connection: &Connection, selection: &Selection) -> Result<u64, Failure> {
    let (valid, expired) = counters(connection, selection.place)?;
    if selection.state == State::Any {
        return Ok(valid + expired);
    }
    let mismarked = |expired| {
        let mut sql = Sql::default();
        selection.mismarked(&mut sql, "count(*)", expired);
        number(connection, &sql)
    };
    let (now_valid, now_expired) = (mismarked(false)?, mismarked(true)?);
    Ok(match selection.state {
        State::Expired => (expired + now_expired).saturating_sub(now_valid),
        _ => (valid + now_valid).saturating_sub(now_expired),
    })
}

/// How many are marked as valid and as expired.
fn counters(connection: &Connection, place: Place) -> Result<(u64, u64), Failure> {
    let mut statement = connection.prepare_cached(
        "SELECT ifnull(sum(valid), 0), ifnull(sum(expired), 0) FROM shelf
         WHERE scope = ?1 AND (?2 IS NULL OR id = ?2)",
    )?;
    let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
    Ok(statement.query_row(params![place.project_row, place.enterprise_row], read)?)
}

fn number(connection: &Connection, sql: &Sql) -> Result<u64, Failure> {
    let mut statement = connection.prepare_cached(&sql.text)?;
    Ok(statement.query_row(params_from_iter(&sql.values), |row| row.get(0))?)
}

/// The selection in the order of the query, from the marker on if there is one; limit and
/// offset are to follow. The order by time of change has up to two sources, each of which is in
/// order by itself, so that SQLite merges them as it goes.
pub(super) fn in_order(selection: &Selection, query: &CertificateQuery, columns: &str) -> Sql {
    let mut sql = Sql::default();
    match (query.sort, selection.state) {
        (Sort::Expiry | Sort::Status, _) => selection.by_expiry(&mut sql, columns),
        (Sort::Updated, State::Any) => {
            selection.marked(&mut sql, columns, false);
            after_marker(&mut sql, query);
            sql.add(" UNION ALL ");
            selection.marked(&mut sql, columns, true);
        }
        (Sort::Updated, state) => {
            let expired = state == State::Expired;
            selection.marked(&mut sql, columns, expired);
            after_marker(&mut sql, query);
            sql.add(" UNION ALL ");
            selection.mismarked(&mut sql, columns, expired);
        }
    }
    after_marker(&mut sql, query);
    let direction = if query.descending { " DESC" } else { " ASC" };
    sql.add(" ORDER BY ").add(key(query.sort)).add(direction).add(", id").add(direction);
    sql
}

fn after_marker(sql: &mut Sql, query: &CertificateQuery) {
    if let Start::After(marker) = query.start {
        let beyond = if query.descending { ") < (" } else { ") > (" };
        sql.add(" AND (").add(key(query.sort)).add(", id").add(beyond);
        sql.value(marker.key).add(", ").value(marker.id).add(")");
    }
}

/// The column that an order goes by. The status changes at the end of the validity, so the order by
/// end is one by status too, at any time.
pub(super) fn key(sort: Sort) -> &'static str {
    match sort {
        Sort::Updated => "updated",
        Sort::Expiry | Sort::Status => "not_after",
    }
}
