//! Lists of those that contain a text.
//!
//! There are two ways. Where the index of names proposes few, those are looked at, sorted and
//! counted. Where it proposes many, the text is common, so that the certificates are looked at in
//! the order of the query, until the page is full.

use rusqlite::{CachedStatement, Connection, OptionalExtension, Row, params, params_from_iter};

use super::{
    super::{
        certificates::{RECORD_COLUMNS, read_record, record},
        failure::Failure,
        search,
    },
    page,
    selection::{Selection, Sql},
};
use crate::{
    certificates::CertificateRecord,
    certificates::{CertificateListing, CertificateQuery, Start},
    ids::CertificateId,
    text::fold,
};

const COUNT_LIMIT: usize = CertificateListing::COUNT_LIMIT as usize;
/// How many of those that the index proposes are looked at.
const LOOK_LIMIT: usize = 2 * COUNT_LIMIT;

/// A page, and the number of all up to the limit. `needle` is in lower case and not empty.
pub(super) fn list(
    connection: &Connection,
    selection: &Selection,
    query: &CertificateQuery,
    needle: &str,
) -> Result<CertificateListing, Failure> {
    let mut search = Search { connection, selection, query, needle, found: Vec::new() };
    match search.by_index()? {
        Found::All => search.page_of_found(),
        Found::Enough => search.page_in_order(COUNT_LIMIT as u64),
        Found::TooMany => {
            let total = search.count()?;
            search.page_in_order(total)
        }
    }
}

struct Search<'a> {
    connection: &'a Connection,
    selection: &'a Selection,
    query: &'a CertificateQuery,
    needle: &'a str,
    /// What the order goes by, and the number.
    found: Vec<(i64, i64)>,
}

/// How far looking at what the index proposes has come.
enum Found {
    /// All that there are.
    All,
    /// As many as are counted.
    Enough,
    /// There are more than are looked at.
    TooMany,
}

impl Search<'_> {
    fn by_index(&mut self) -> Result<Found, Failure> {
        let places = search::places(self.selection.place.project_row);
        let bounds = params![places.start(), places.end()];
        let key = page::key(self.query.sort);
        let mut look = self.connection.prepare_cached(&format!(
            "SELECT shelf, not_after, name, domain, sans, {key} FROM certificate WHERE id = ?1"
        ))?;
        let mut pending = self
            .connection
            .prepare_cached("SELECT place FROM search_pending WHERE place BETWEEN ?1 AND ?2")?;
        let mut rows = pending.query(bounds)?;
        while let Some(row) = rows.next()? {
            self.look_at(&mut look, row.get(0)?)?;
        }
        let mut index = self.connection.prepare_cached(
            "SELECT rowid FROM search WHERE search MATCH ?1 AND rowid BETWEEN ?2 AND ?3",
        )?;
        let expression =
            search::expression(self.connection, self.selection.place.project_row, self.needle)?;
        let mut rows = index.query(params![expression, places.start(), places.end()])?;
        let mut looked_at = 0;
        while self.found.len() < COUNT_LIMIT {
            let Some(row) = rows.next()? else { return Ok(Found::All) };
            if looked_at == LOOK_LIMIT {
                return Ok(Found::TooMany);
            }
            self.look_at(&mut look, row.get(0)?)?;
            looked_at += 1;
        }
        Ok(Found::Enough)
    }

    fn look_at(&mut self, look: &mut CachedStatement<'_>, place: i64) -> Result<(), Failure> {
        let id = search::row_of(place);
        let read = |row: &Row<'_>| {
            let fits = self.selection.has(row.get(0)?, row.get(1)?)
                && contains(texts(row, [2, 3, 4])?, self.needle);
            Ok(fits.then_some(row.get(5)?))
        };
        let key = look.query_row([id], read).optional()?.flatten();
        self.found.extend(key.map(|key| (key, id)));
        Ok(())
    }

    fn page_of_found(mut self) -> Result<CertificateListing, Failure> {
        let total = (self.found.len() as u64).min(CertificateListing::COUNT_LIMIT);
        self.found.sort_unstable();
        if self.query.descending {
            self.found.reverse();
        }
        let limit = self.query.limit as usize + 1;
        let records = self
            .found
            .iter()
            .filter(|place| self.is_beyond(**place))
            .skip(self.offset())
            .take(limit)
            .map(|(_, id)| self.record(*id))
            .collect::<Result<_, _>>()?;
        Ok(CertificateListing::cut(records, self.query, total))
    }

    fn is_beyond(&self, place: (i64, i64)) -> bool {
        match self.query.start {
            Start::Offset(_) => true,
            Start::After(marker) if self.query.descending => place < (marker.key, marker.id),
            Start::After(marker) => place > (marker.key, marker.id),
        }
    }

    fn offset(&self) -> usize {
        usize::try_from(self.query.offset()).unwrap_or(usize::MAX)
    }

    fn record(&self, id: i64) -> Result<CertificateRecord, Failure> {
        let id = CertificateId::from_number(id.cast_unsigned()).expect("it was read as an id");
        record(self.connection, self.selection.place.project_row, id)
    }

    fn page_in_order(&self, total: u64) -> Result<CertificateListing, Failure> {
        let sql = page::in_order(self.selection, self.query, RECORD_COLUMNS);
        let mut statement = self.connection.prepare_cached(&sql.text)?;
        let mut rows = statement.query(params_from_iter(&sql.values))?;
        let (mut to_skip, limit) = (self.offset(), self.query.limit as usize + 1);
        let mut records = Vec::new();
        while records.len() < limit
            && let Some(row) = rows.next()?
        {
            if !contains(texts(row, [2, 4, 5])?, self.needle) {
                continue;
            }
            if to_skip == 0 {
                records.push(read_record(row)?);
            } else {
                to_skip -= 1;
            }
        }
        Ok(CertificateListing::cut(records, self.query, total))
    }

    fn count(&self) -> Result<u64, Failure> {
        let mut sql = Sql::default();
        self.selection.by_expiry(&mut sql, "name, domain, sans");
        let mut statement = self.connection.prepare_cached(&sql.text)?;
        let mut rows = statement.query(params_from_iter(&sql.values))?;
        let mut count = 0;
        while count < CertificateListing::COUNT_LIMIT
            && let Some(row) = rows.next()?
        {
            count += u64::from(contains(texts(row, [0, 1, 2])?, self.needle));
        }
        Ok(count)
    }
}

/// Name, domain and further names.
fn texts<'a>(row: &'a Row<'_>, [name, domain, sans]: [usize; 3]) -> rusqlite::Result<[&'a str; 3]> {
    let text = |column| -> rusqlite::Result<&str> { Ok(row.get_ref(column)?.as_str()?) };
    Ok([text(name)?, text(domain)?, text(sans)?])
}

/// Whether one of the texts has `needle`, in lower case, in one of its lines.
fn contains(texts: [&str; 3], needle: &str) -> bool {
    !needle.contains('\n') && texts.iter().any(|text| fold(text).contains(needle))
}
