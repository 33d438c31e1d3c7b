//! `scm-server backup` and `restore`: the embedded store and its keyring, as of one moment.
//!
//! A backup is a folder with both, and their sums. It appears under its name only when it is whole and was checked;
//! what is restored likewise. Left out: a PostgreSQL, which has ways of its own.

mod sums;

use std::{
    fs::{self, DirBuilder, File},
    io::{self, BufRead, BufReader},
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

use scm_seal::Keyring;
use scm_store::{KeyringRecord, Location};
use serde::Serialize;
use zeroize::Zeroizing;

use self::sums::SUMS;
use super::{
    answer::Answer, arguments::Restore, error::AdminError, progress::Progress, register::place_of,
};
use crate::{
    config::Config,
    data_dir::{DataDir, KEYRING, STORE, at, replace, write_private},
    keyring::{KeyringSource, VARIABLE},
};

/// How often to begin again where the keyring is rotated meanwhile.
const TRIES: usize = 3;

/// Where something is now, for programs.
#[derive(Serialize)]
struct Whole<'a> {
    folder: &'a Path,
}

/// Makes a backup, whether or not a server runs.
pub async fn back_up(to: &Path, config: &Config) -> Result<Answer, AdminError> {
    let home = config.location()?;
    // Without a `/` at its end.
    let to = &*to.components().collect::<PathBuf>();
    let Location::Sqlite(store) = &home else { return Err(AdminError::BackUpThere) };
    if !store.exists() {
        return Err(AdminError::NoStore { place: place_of(&home) });
    }
    if to.exists() {
        return Err(AdminError::InTheWay { path: to.to_owned() });
    }
    let unfinished = with_ending(to, ".unfinished");
    for _ in 0..TRIES {
        if unfinished.exists() {
            clear(&unfinished).map_err(at(&unfinished))?;
        }
        DirBuilder::new().mode(0o700).create(&unfinished).map_err(at(&unfinished))?;
        let keyring = keyring_text(&config.keyring())?;
        let belongs = snapshot(store.clone(), unfinished.join(STORE)).await?;
        fits(&keyring, &belongs)?;
        // A key that seals something in there may have come or gone since.
        if *keyring == *keyring_text(&config.keyring())? {
            write_private(&unfinished.join(KEYRING), &keyring)?;
            sums::note(&unfinished)?;
            sync(&unfinished).map_err(at(&unfinished))?;
            replace(&unfinished, to)?;
            return Ok(backed_up(to));
        }
    }
    Err(AdminError::RotatedMeanwhile)
}

fn backed_up(to: &Path) -> Answer {
    let text = format!("backed up to {}, and checked\n", to.display());
    Answer::new(&Whole { folder: to }, text).with_note(
        "whoever has this folder has all private keys: the keyring in it opens them. It is for its owner \
         only; keep it so, and where you keep secrets",
    )
}

/// Puts a backup into an empty data folder, or goes on where this was cut short.
pub async fn restore(asked: &Restore) -> Result<Answer, AdminError> {
    let (from, to) = (&*asked.from, &*asked.data_dir);
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
    remove(&unfinished).map_err(at(&unfinished))?;
    let belongs = snapshot(from.join(STORE), unfinished.clone()).await?;
    fits(&text, &belongs)?;
    // Who was killed between the two has left the very same store; one that was ever used is another.
    if store.exists() && !are_same(&store, &unfinished).map_err(at(&store))? {
        remove(&unfinished).map_err(at(&unfinished))?;
        return Err(AdminError::InTheWay { path: store });
    }
    // First the store: without its keyring no server would start on it.
    replace(&unfinished, &store)?;
    let unfinished = to.join("restoring.json");
    write_private(&unfinished, &text)?;
    replace(&unfinished, &keyring)?;
    let message = format!("{} is restored, and was checked before\n", to.display());
    Ok(Answer::new(&Whole { folder: to }, message).with_note(
        "`scm-server user password NAME` gives a new password where the old one is lost",
    ))
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

/// The text of a keyring, which must be one.
fn keyring_text(source: &KeyringSource) -> Result<Zeroizing<Vec<u8>>, AdminError> {
    source.open()?;
    Ok(match source {
        KeyringSource::File(path) => Zeroizing::new(fs::read(path).map_err(at(path))?),
        KeyringSource::Text(text) => Zeroizing::new(text.as_bytes().to_vec()),
    })
}

fn fits(keyring: &[u8], record: &KeyringRecord) -> Result<(), AdminError> {
    let text = Zeroizing::new(String::from_utf8_lossy(keyring).into_owned());
    let given = Keyring::from_text(&text, Path::new(VARIABLE))?;
    Ok(record.require(given.keyring_id(), &given.checks())?)
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// What a backup that was cut short has left, and nothing else.
fn clear(unfinished: &Path) -> io::Result<()> {
    remove(&unfinished.join(STORE))?;
    remove_if_there(&unfinished.join(KEYRING))?;
    remove_if_there(&unfinished.join(SUMS))?;
    fs::remove_dir(unfinished)
}

/// A copy of a store, and what was begun beside it.
fn remove(store: &Path) -> io::Result<()> {
    remove_if_there(&with_ending(store, "-journal"))?;
    remove_if_there(store)
}

fn remove_if_there(file: &Path) -> io::Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Whether two files say the same.
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

fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}
