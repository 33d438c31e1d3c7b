//! `backup.json`: the sums by which a backup is known to be whole. SQLite has none, and takes most bytes
//! for what they have become.

use std::{
    fs::{self, File},
    io::{self, BufRead as _, BufReader},
    path::Path,
};

use aws_lc_rs::digest::{Context, SHA256};
use serde::{Deserialize, Serialize};

use super::super::error::AdminError;
use crate::data_dir::{DataDirError, KEYRING, STORE, at, write_private};

/// Where they stand in the folder of a backup.
pub(super) const SUMS: &str = "backup.json";

/// The SHA-256 of each file, in hexadecimal digits.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sums {
    #[serde(rename = "scm.db")]
    store: String,
    #[serde(rename = "keyring.json")]
    keyring: String,
}

/// Notes the sums of what is in the folder.
pub(super) fn note(folder: &Path) -> Result<(), DataDirError> {
    let sums = Sums { store: sum(&folder.join(STORE))?, keyring: sum(&folder.join(KEYRING))? };
    let text = serde_json::to_vec(&sums).expect("texts are plain JSON");
    write_private(&folder.join(SUMS), &text)
}

/// Refuses a backup in which anything is not as it was made.
pub(super) fn require_whole(folder: &Path) -> Result<(), AdminError> {
    let path = folder.join(SUMS);
    let text = fs::read(&path).map_err(at(&path))?;
    let sums: Sums =
        serde_json::from_slice(&text).map_err(|_| AdminError::Damaged { path: path.clone() })?;
    for (name, noted) in [(STORE, sums.store), (KEYRING, sums.keyring)] {
        let path = folder.join(name);
        if sum(&path)? != noted {
            return Err(AdminError::Damaged { path });
        }
    }
    Ok(())
}

fn sum(path: &Path) -> Result<String, DataDirError> {
    let read = || -> io::Result<String> {
        let mut file = BufReader::with_capacity(1 << 20, File::open(path)?);
        let mut context = Context::new(&SHA256);
        loop {
            let part = file.fill_buf()?;
            if part.is_empty() {
                break;
            }
            context.update(part);
            let count = part.len();
            file.consume(count);
        }
        Ok(context.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect())
    };
    read().map_err(at(path))
}
