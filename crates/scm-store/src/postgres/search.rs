//! The index of names: which certificates may contain a text.
//!
//! Each certificate is indexed by the pieces of one, two and three characters that occur in its
//! name, domain and further names, in lower case. A text can only be found where all of its pieces
//! are; whether it is found there, the row decides. A piece stands in the index as a number that is
//! made of it and of the project, so that one project's names do not stand in another's way. Two
//! pieces with one number would only propose more.
//!
//! The index is built behind the commit, in batches: see `indexer`. What it lacks is in
//! `search_pending`. A certificate is in one of the two, whatever happens at the same time: an operation
//! that changes its names takes it out of `search_pending` first, and so waits for the batch that it
//! may be in.

use std::fmt::Write;

use super::{
    connection::Connection,
    failure::Failure,
    values::{column, number, text, written},
};
use crate::{
    ids::CertificateId,
    text::{PIECE, fold, pieces, windows},
};

/// How many pieces of a long text are looked up.
const LOOKED_UP: usize = 24;

/// What is searched in: name, domain and further names in lower case, one to a line.
pub(super) fn folded(name: &str, domain: &str, sans: &[String]) -> String {
    let mut folded = fold(name);
    for text in [domain].into_iter().chain(sans.iter().map(String::as_str)) {
        folded.push('\n');
        folded.push_str(&fold(text));
    }
    folded
}

/// Removes a certificate from the index.
pub(super) async fn forget(
    on: &Connection,
    project_row: i64,
    id: CertificateId,
) -> Result<(), Failure> {
    let sql = "DELETE FROM search_pending WHERE scope = $1 AND certificate = $2";
    if on.change(sql, &[&project_row, &number(id)]).await? == 0 {
        on.change("DELETE FROM search WHERE certificate = $1", &[&number(id)]).await?;
    }
    Ok(())
}

/// The names of a certificate have changed.
pub(super) async fn renew(
    on: &Connection,
    project_row: i64,
    id: CertificateId,
) -> Result<(), Failure> {
    forget(on, project_row, id).await?;
    let sql = "INSERT INTO search_pending (scope, certificate) VALUES ($1, $2)";
    on.change(sql, &[&project_row, &number(id)]).await?;
    Ok(())
}

/// Indexes up to `limit` of those that are pending, and returns how many.
pub(super) async fn index_some(on: &Connection, limit: i64) -> Result<usize, Failure> {
    let sql = "SELECT p.scope, p.certificate, c.folded
               FROM search_pending p JOIN certificate c ON c.id = p.certificate
               ORDER BY p.scope, p.certificate LIMIT $1 FOR UPDATE OF p";
    let rows = on.rows(sql, &[&limit]).await?;
    let (mut project_rows, mut ids, mut all) = (Vec::new(), Vec::new(), Vec::new());
    for row in &rows {
        let project_row = column(row, 0)?;
        project_rows.push(project_row);
        ids.push(column::<i64>(row, 1)?);
        let folded: String = text(row, 2)?;
        all.push(as_array(
            pieces([&*folded].into_iter()).into_iter().map(|p| of_piece(project_row, p)),
        ));
    }
    if rows.is_empty() {
        return Ok(0);
    }
    on.change(
        "INSERT INTO search (certificate, pieces)
         SELECT certificate, CAST(pieces AS BIGINT[])
         FROM unnest(CAST($1 AS BIGINT[]), CAST($2 AS TEXT[])) AS given (certificate, pieces)",
        &[&ids, &all],
    )
    .await?;
    on.change(
        "DELETE FROM search_pending WHERE (scope, certificate) IN
             (SELECT * FROM unnest(CAST($1 AS BIGINT[]), CAST($2 AS BIGINT[])))",
        &[&project_rows, &ids],
    )
    .await?;
    Ok(rows.len())
}

/// The pieces to look up in the index for the certificates of a project that may contain `needle`, which
/// is in lower case and not empty.
pub(super) fn pieces_to_find(project_row: i64, needle: &str) -> Vec<i64> {
    let length = needle.chars().count().min(PIECE);
    let mut pieces: Vec<_> = windows(needle, length).map(|p| of_piece(project_row, p)).collect();
    pieces.sort_unstable();
    pieces.dedup();
    pieces.truncate(LOOKED_UP);
    pieces
}

/// The text that a row is looked through for.
pub(super) fn needle(folded: &str) -> String {
    written(folded).into_owned()
}

/// FNV-1a, of which the index holds many: it is not to be changed.
fn of_piece(project_row: i64, piece: &str) -> i64 {
    let bytes = project_row.to_be_bytes().into_iter().chain(piece.bytes());
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    hash.cast_signed()
}

fn as_array(numbers: impl Iterator<Item = i64>) -> String {
    let mut text = String::from("{");
    for number in numbers {
        let comma = if text.len() > 1 { "," } else { "" };
        write!(text, "{comma}{number}").expect("a string takes everything");
    }
    text.push('}');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_have_the_numbers_that_they_always_had() {
        assert_eq!(of_piece(1, "abc"), 8_035_381_426_482_027_990);
        assert_ne!(of_piece(1, "abc"), of_piece(2, "abc"));
        assert_eq!(as_array([1, -2].into_iter()), "{1,-2}");
    }

    #[test]
    fn a_long_text_looks_up_few_pieces() {
        assert_eq!(pieces_to_find(1, "ab").len(), 1);
        assert_eq!(pieces_to_find(1, "abcd").len(), 2);
        let long: String = ('a'..='z').chain('0'..='9').collect();
        assert_eq!(pieces_to_find(1, &long).len(), LOOKED_UP);
    }
}
