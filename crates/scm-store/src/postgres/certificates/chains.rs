//! Chains, each stored once for a project as long as a certificate of the project refers to it.
//!
//! A foreign key leads from a certificate to its chain. If one transaction deletes a chain while another
//! one begins to refer to it, the second of the two fails and is repeated.

use super::super::{connection::Connection, failure::Failure};
use crate::chain::Chain;

/// Stores a chain, unless the project already has it.
pub(super) async fn insert(
    on: &Connection,
    project_row: i64,
    chain: &Chain,
) -> Result<(), Failure> {
    let sql = "INSERT INTO chain (scope, sha256, certificates) VALUES ($1, $2, $3)
               ON CONFLICT DO NOTHING";
    on.change(sql, &[&project_row, &&chain.sha256[..], &chain.certificates]).await?;
    Ok(())
}

/// Deletes a chain that no certificate refers to any more. Called after a certificate gave it up.
pub(super) async fn drop_unused(
    on: &Connection,
    project_row: i64,
    sha256: Option<&[u8]>,
) -> Result<(), Failure> {
    let Some(sha256) = sha256 else { return Ok(()) };
    let sql = "DELETE FROM chain WHERE scope = $1 AND sha256 = $2 AND NOT EXISTS
                   (SELECT 1 FROM certificate WHERE scope = $1 AND chain = $2)";
    on.change(sql, &[&project_row, &sha256]).await?;
    Ok(())
}
