//! Chains, each kept once for a project as long as a certificate there has it.
//!
//! A certificate refers to its chain, so the database lets nobody drop one that is being taken up
//! at the same moment: whoever comes second is told, and does its act again.

use super::super::{connection::Connection, failure::Failure};
use crate::chain::Chain;

/// Keeps a chain, unless the project does already.
pub(super) async fn keep(on: &Connection, scope: i64, chain: &Chain) -> Result<(), Failure> {
    let sql = "INSERT INTO chain (scope, sha256, certificates) VALUES ($1, $2, $3)
               ON CONFLICT DO NOTHING";
    on.change(sql, &[&scope, &&chain.sha256[..], &chain.certificates]).await?;
    Ok(())
}

/// To be called when a certificate has let go of a chain: the last one takes it along.
pub(super) async fn drop_unused(
    on: &Connection,
    scope: i64,
    sha256: Option<&[u8]>,
) -> Result<(), Failure> {
    let Some(sha256) = sha256 else { return Ok(()) };
    let sql = "DELETE FROM chain WHERE scope = $1 AND sha256 = $2 AND NOT EXISTS
                   (SELECT 1 FROM certificate WHERE scope = $1 AND chain = $2)";
    on.change(sql, &[&scope, &sha256]).await?;
    Ok(())
}
