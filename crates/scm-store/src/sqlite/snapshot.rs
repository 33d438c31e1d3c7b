//! A copy of a file as of one moment, while servers read and write it.
//!
//! One transaction reads all pages, so that later commits neither show in the copy nor disturb it.

use std::{fs::File, path::Path};

use rusqlite::{
    Connection, OptionalExtension,
    backup::{Backup, StepResult},
};

use super::{failure::Failure, master_keys::recorded, schema};
use crate::{error::StoreError, master_keys::KeyringRecord};

/// How many pages of 8 KiB are copied between two reports.
const PAGES: i32 = 1024;

/// Copies the store in `file` to the file `to`, which is made with mode 0600 and must not be there;
/// checks the copy, and returns what it records about its keyring. Calls `report` with the number of copied
/// pages and the number of all pages.
pub(crate) fn snapshot(
    file: &Path,
    to: &Path,
    report: &mut dyn FnMut(u64, u64),
) -> Result<KeyringRecord, StoreError> {
    schema::create_private(to).map_err(StoreError::unavailable)?;
    take(file, to, report).map_err(Failure::into_inner)?;
    File::open(to).and_then(|file| file.sync_all()).map_err(StoreError::unavailable)?;
    check(to).map_err(Failure::into_inner)
}

fn take(file: &Path, to: &Path, report: &mut dyn FnMut(u64, u64)) -> Result<(), Failure> {
    let source = schema::open_for_reading(file)?;
    schema::require_ours(&source, file)?;
    source.execute_batch("BEGIN")?;
    if let Some(of) = schema::source(&source)? {
        return Err(StoreError::HalfCopied { of }.into());
    }
    let mut copy = Connection::open(to)?;
    {
        let pages = Backup::new(&source, &mut copy)?;
        loop {
            let step = pages.step(PAGES)?;
            let progress = pages.progress();
            let total = u64::try_from(progress.pagecount).unwrap_or_default();
            let left = u64::try_from(progress.remaining).unwrap_or_default();
            report(total - left, total);
            if step == StepResult::Done {
                break;
            }
        }
    }
    // One file and nothing beside it, until a server opens it.
    copy.pragma_update(None, "journal_mode", "delete")?;
    copy.close().map_err(|(_, error)| error.into())
}

/// Checks that the file is whole, and returns what it records about its keyring.
fn check(file: &Path) -> Result<KeyringRecord, Failure> {
    let connection = schema::open_for_reading(file)?;
    let found: String = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if found != "ok" {
        return Err(StoreError::corrupt(found).into());
    }
    let astray = "SELECT \"table\" FROM pragma_foreign_key_check LIMIT 1";
    let astray: Option<String> = connection.query_row(astray, [], |row| row.get(0)).optional()?;
    if let Some(table) = astray {
        return Err(StoreError::corrupt(format!("what a {table} refers to is missing")).into());
    }
    let keyring = connection.query_row("SELECT ring_id FROM store", [], |row| row.get(0))?;
    Ok(KeyringRecord { keyring, keys: recorded(&connection)? })
}
