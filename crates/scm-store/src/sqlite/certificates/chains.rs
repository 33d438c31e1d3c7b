//! Chains, each stored once for a project as long as a certificate of the project refers to it.

use rusqlite::{Connection, OptionalExtension, params};

use super::super::{failure::Failure, project_rows::ProjectRow};
use crate::chain::Chain;

/// The row of the chain, which is inserted if the project does not have the chain yet.
pub(super) fn insert(
    connection: &Connection,
    project_row: ProjectRow,
    chain: Option<&Chain>,
) -> Result<Option<i64>, Failure> {
    let Some(Chain { sha256, certificates }) = chain else { return Ok(None) };
    let stored = connection
        .prepare_cached("SELECT id FROM chain WHERE scope = ?1 AND sha256 = ?2")?
        .query_row(params![project_row, sha256], |row| row.get(0))
        .optional()?;
    if stored.is_some() {
        return Ok(stored);
    }
    connection
        .prepare_cached("INSERT INTO chain (scope, sha256, certificates) VALUES (?1, ?2, ?3)")?
        .execute(params![project_row, sha256, certificates])?;
    Ok(Some(connection.last_insert_rowid()))
}

/// Deletes a chain that no certificate refers to any more. Called after a certificate gave it up.
pub(super) fn drop_unused(connection: &Connection, chain: Option<i64>) -> Result<(), Failure> {
    connection
        .prepare_cached(
            "DELETE FROM chain
             WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM certificate WHERE chain = ?1)",
        )?
        .execute([chain])?;
    Ok(())
}
