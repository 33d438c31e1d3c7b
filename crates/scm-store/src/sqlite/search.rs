//! The index of names: which certificates may contain a text.
//!
//! Each certificate is indexed by the pieces of one, two and three characters that occur in its
//! name, domain and further names, in lower case. A text can only be found where all of its pieces
//! of three are (or, if it is shorter, where it is itself a piece); whether it is found there, the
//! row decides. Positions are not stored: that halves the index, and the row has them.
//!
//! The index is built behind the commit, in batches: see `indexer`. What it lacks is in
//! `search_pending`.

use std::ops::RangeInclusive;

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{failure::Failure, project_rows::ProjectRow};
use crate::{
    ids::CertificateId,
    text::{PIECE, fold, pieces, windows},
};

/// How many pieces of a long text are weighed, and how many of those are looked up.
const WEIGHED: usize = 24;
const LOOKED_UP: usize = 4;
/// A piece is the rarer, the further it takes to meet it so often.
const SAMPLE: usize = 100;
/// An id has 13 digits, which fit into so many bits.
const ID_BITS: u32 = 44;

/// The number under which a certificate is indexed: those of a project are together.
fn place(project_row: ProjectRow, id: CertificateId) -> i64 {
    (project_row.0 << ID_BITS) | i64::try_from(id.number()).expect("13 digits fit")
}

/// All places of a project.
pub(super) fn places(project_row: ProjectRow) -> RangeInclusive<i64> {
    let first = project_row.0 << ID_BITS;
    first..=first | ((1 << ID_BITS) - 1)
}

/// The row of a certificate, from its place.
pub(super) fn row_of(place: i64) -> i64 {
    place & ((1 << ID_BITS) - 1)
}

/// A certificate is to be indexed that is not yet.
pub(super) fn enqueue(
    connection: &Connection,
    project_row: ProjectRow,
    id: CertificateId,
) -> Result<(), Failure> {
    connection
        .prepare_cached("INSERT INTO search_pending (place) VALUES (?1)")?
        .execute([place(project_row, id)])?;
    Ok(())
}

/// Removes a certificate from the index.
pub(super) fn forget(
    connection: &Connection,
    project_row: ProjectRow,
    id: CertificateId,
) -> Result<(), Failure> {
    let place = place(project_row, id);
    let pending = connection
        .prepare_cached("DELETE FROM search_pending WHERE place = ?1")?
        .execute([place])?;
    if pending == 0 {
        connection.prepare_cached("DELETE FROM search WHERE rowid = ?1")?.execute([place])?;
    }
    Ok(())
}

/// The names of a certificate have changed.
pub(super) fn renew(
    connection: &Connection,
    project_row: ProjectRow,
    id: CertificateId,
) -> Result<(), Failure> {
    forget(connection, project_row, id)?;
    enqueue(connection, project_row, id)
}

/// Indexes up to `limit` of those that are pending, and returns how many.
pub(super) fn index_some(connection: &Connection, limit: usize) -> Result<usize, Failure> {
    let pending = pending(connection, limit)?;
    let mut index =
        connection.prepare_cached("INSERT INTO search (rowid, pieces) VALUES (?1, ?2)")?;
    let mut done = connection.prepare_cached("DELETE FROM search_pending WHERE place = ?1")?;
    for (place, pieces) in &pending {
        index.execute(params![place, pieces])?;
        done.execute([place])?;
    }
    Ok(pending.len())
}

/// In ascending order, as FTS5 takes them best.
fn pending(connection: &Connection, limit: usize) -> Result<Vec<(i64, String)>, Failure> {
    let mut statement = connection.prepare_cached(
        "SELECT place, name, domain, sans FROM search_pending
             JOIN certificate ON certificate.id = place & 17592186044415
         ORDER BY place LIMIT ?1",
    )?;
    let read = |row: &Row<'_>| {
        let texts =
            [row.get_ref(1)?.as_str()?, row.get_ref(2)?.as_str()?, row.get_ref(3)?.as_str()?];
        Ok((row.get(0)?, to_pieces(texts)))
    };
    let pending = statement.query_map([limit], read)?;
    Ok(pending.collect::<rusqlite::Result<_>>()?)
}

/// The text to index: each piece once.
fn to_pieces(texts: [&str; 3]) -> String {
    let folded = texts.map(fold);
    written(&pieces(folded.iter().map(String::as_str)))
}

/// The search in the index for the certificates of a project that may contain `needle`, which is in lower
/// case and not empty. It names the rarest pieces: to pass over those that many certificates have takes
/// longer than to look at the few more that are proposed without them.
pub(super) fn expression(
    connection: &Connection,
    project_row: ProjectRow,
    needle: &str,
) -> Result<String, Failure> {
    let length = needle.chars().count().min(PIECE);
    let mut pieces: Vec<_> = windows(needle, length).take(WEIGHED).collect();
    if pieces.len() > 1 {
        let mut weighed = Vec::with_capacity(pieces.len());
        for piece in pieces {
            weighed.push((reach(connection, project_row, piece)?, piece));
        }
        weighed.sort_unstable_by(|a, b| b.cmp(a));
        weighed.truncate(LOOKED_UP);
        pieces = weighed.into_iter().map(|(_, piece)| piece).collect();
    }
    Ok(written(&pieces))
}

/// The place where a piece has been met so often, going through the project.
fn reach(connection: &Connection, project_row: ProjectRow, piece: &str) -> Result<i64, Failure> {
    let places = places(project_row);
    let mut statement = connection.prepare_cached(
        "SELECT rowid FROM search WHERE search MATCH ?1 AND rowid BETWEEN ?2 AND ?3
         LIMIT 1 OFFSET ?4",
    )?;
    let values = params![written(&[piece]), places.start(), places.end(), SAMPLE - 1];
    Ok(statement.query_row(values, |row| row.get(0)).optional()?.unwrap_or(i64::MAX))
}

/// Pieces as words that FTS5 takes as they are: in hexadecimal.
fn written(pieces: &[&str]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(pieces.iter().map(|piece| 2 * piece.len() + 1).sum());
    for piece in pieces {
        for byte in piece.bytes() {
            text.push(DIGITS[usize::from(byte >> 4)].into());
            text.push(DIGITS[usize::from(byte & 15)].into());
        }
        text.push(' ');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_falls_into_its_pieces() {
        assert_eq!(to_pieces(["AB", "", "b\na"]), "61 6162 62 ");
    }
}
