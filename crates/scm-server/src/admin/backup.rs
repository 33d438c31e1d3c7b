//! `scm-server backup` and `restore`: the embedded store and its keyring, as of one moment.
//!
//! A backup is a folder with both files and their checksums. It appears under its name only when it is
//! complete and verified; a restored store likewise. A PostgreSQL is backed up with its own tools.

mod sums;
mod unfinished;

use std::{
    fs::{self, File},
    io::{self, BufRead, BufReader},
    path::{Path, PathBuf},
};

use scm_seal::Keyring;
use scm_store::{KeyringRecord, Location};
use serde::Serialize;
use zeroize::Zeroizing;

use self::{
    sums::SUMS,
    unfinished::{Unfinished, remove_store},
};
use super::{
    arguments::Restore, directory::place_of, error::AdminError, output::Report, progress::Progress,
};
use crate::{
    config::Config,
    data_dir::{DataDir, KEYRING, STORE, at, replace, write_private},
    keyring::{KeyringSource, VARIABLE},
};

/// How often a backup is started again if the keyring was rotated in the meantime.
const TRIES: usize = 3;

/// The folder of a backup or of a restored store, for `--json`.
#[derive(Serialize)]
struct Whole<'a> {
    folder: &'a Path,
}

/// Creates a backup, beside a running server or without one.
pub async fn back_up(to: &Path, config: &Config) -> Result<Report, AdminError> {
    let location = config.location()?;
    // Without a trailing `/`.
    let to = &*to.components().collect::<PathBuf>();
    let Location::Sqlite(store) = &location else { return Err(AdminError::BackUpThere) };
    if !store.exists() {
        return Err(AdminError::NoStore { place: place_of(&location) });
    }
    if to.exists() {
        return Err(AdminError::InTheWay { path: to.to_owned() });
    }
    let unfinished = Unfinished::beside(to)?;
    for _ in 0..TRIES {
        unfinished.clear()?;
        let keyring = keyring_text(&config.keyring())?;
        let record = snapshot(store.clone(), unfinished.path().join(STORE)).await?;
        require_match(&keyring, &record)?;
        // A key that seals a record of the copy may have been added or removed since.
        if *keyring == *keyring_text(&config.keyring())? {
            write_private(&unfinished.path().join(KEYRING), &keyring)?;
            sums::note(unfinished.path())?;
            unfinished.complete(to)?;
            return Ok(backed_up(to));
        }
    }
    Err(AdminError::RotatedMeanwhile)
}

fn backed_up(to: &Path) -> Report {
    let text = format!("backed up to {}, and verified\n", to.display());
    Report::new(&Whole { folder: to }, text).with_note(
        "this folder gives access to all private keys: the keyring in it opens them. Only its owner can \
         read it; store it as you store secrets",
    )
}

/// Restores a backup into an empty data folder, or continues an interrupted restore.
pub async fn restore(arguments: &Restore) -> Result<Report, AdminError> {
    let (from, to) = (&*arguments.from, &*arguments.data_dir);
    if ![STORE, KEYRING, SUMS].iter().all(|name| from.join(name).exists()) {
        return Err(AdminError::NoBackup { path: from.to_owned() });
    }
    sums::require_whole(from)?;
    let text = keyring_text(&KeyringSource::File(from.join(KEYRING)))?;
    let _lock = DataDir::open(to)?;
    let (store, keyring) = (to.join(STORE), to.join(KEYRING));
    if keyring.exists() {
        return Err(AdminError::InTheWay { path: keyring });
    }
    let unfinished = to.join("restoring.db");
    remove_store(&unfinished).map_err(at(&unfinished))?;
    let record = snapshot(from.join(STORE), unfinished.clone()).await?;
    require_match(&text, &record)?;
    // An interrupted restore has left the same bytes; a store that was used differs.
    if store.exists() && !are_same(&store, &unfinished).map_err(at(&store))? {
        remove_store(&unfinished).map_err(at(&unfinished))?;
        return Err(AdminError::InTheWay { path: store });
    }
    // The store first: no server starts on it without its keyring.
    replace(&unfinished, &store)?;
    let unfinished = to.join("restoring.json");
    write_private(&unfinished, &text)?;
    replace(&unfinished, &keyring)?;
    let message = format!("{} is restored, and was verified before\n", to.display());
    Ok(Report::new(&Whole { folder: to }, message)
        .with_note("if a password is lost, set a new one: `scm-server user password NAME`"))
}

async fn snapshot(file: PathBuf, to: PathBuf) -> Result<KeyringRecord, AdminError> {
    let mut shown = None::<Progress>;
    let mut before = 0;
    let taken = scm_store::snapshot(file, to, move |done, total| {
        let progress = shown.get_or_insert_with(|| Progress::new(total));
        progress.advance(done - before);
        before = done;
        if done == total {
            shown.take().into_iter().for_each(Progress::finish);
        }
    });
    Ok(taken.await?)
}

/// The text of a keyring, which must be valid.
fn keyring_text(source: &KeyringSource) -> Result<Zeroizing<Vec<u8>>, AdminError> {
    source.open()?;
    Ok(match source {
        KeyringSource::File(path) => Zeroizing::new(fs::read(path).map_err(at(path))?),
        KeyringSource::Text(text) => Zeroizing::new(text.as_bytes().to_vec()),
    })
}

/// Refuses a keyring that does not match the store's record of it.
fn require_match(keyring: &[u8], record: &KeyringRecord) -> Result<(), AdminError> {
    let text = Zeroizing::new(String::from_utf8_lossy(keyring).into_owned());
    let given = Keyring::from_text(&text, Path::new(VARIABLE))?;
    Ok(record.require(given.keyring_id(), &given.checks())?)
}

/// Whether two files have the same content.
fn are_same(one: &Path, other: &Path) -> io::Result<bool> {
    let (mut one, mut other) =
        (BufReader::new(File::open(one)?), BufReader::new(File::open(other)?));
    loop {
        let (left, right) = (one.fill_buf()?, other.fill_buf()?);
        let count = left.len().min(right.len());
        if count == 0 || left[..count] != right[..count] {
            return Ok(left == right);
        }
        one.consume(count);
        other.consume(count);
    }
}
