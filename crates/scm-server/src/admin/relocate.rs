//! `scm-server copy`: copies a store to another location, with its keyring if that is a folder.

use std::{
    fs,
    path::{Path, PathBuf},
};

use scm_seal::Keyring;
use scm_store::{Copied, Location, Stage};
use serde::Serialize;
use zeroize::Zeroizing;

use super::{
    arguments::Copy, directory::place_of, error::AdminError, output::Report, progress::Progress,
};
use crate::{
    config::{KeyringSetting, LocationSetting, StoreSetting},
    data_dir::{DataDir, KEYRING, STORE, at, replace, write_private},
    keyring::KeyringSource,
};

/// A folder or a database.
struct Place {
    location: Location,
    folder: Option<PathBuf>,
}

/// What was copied, for programs.
#[derive(Serialize)]
struct Moved {
    rows: Vec<Rows>,
}

#[derive(Serialize)]
struct Rows {
    of: &'static str,
    count: u64,
}

/// Copies, or goes on with a copy that was cut short.
pub async fn run(arguments: &Copy) -> Result<Report, AdminError> {
    let from = Place::of(&arguments.from)?;
    let _from_lock = from.existing_lock()?;
    let Some(ring_id) = scm_store::keyring_of(&from.location).await? else {
        return Err(AdminError::NoStore { place: place_of(&from.location) });
    };
    let source = keyring_source(arguments, &from);
    if let Some(source) = &source {
        let keyring = source.open()?;
        if keyring.keyring_id().to_string() != ring_id {
            return Err(AdminError::ForeignKeyring { place: place_of(&from.location) });
        }
    }
    if Place::of(&arguments.to)?.folder.is_some_and(|to| Some(to) == from.folder) {
        return Err(AdminError::SamePlace { place: place_of(&from.location) });
    }
    let (to, _to_lock) = destination(&arguments.to)?;
    if let Some(folder) = &to.folder {
        store_keyring(
            source.as_ref().ok_or(AdminError::KeyringRequired)?,
            &ring_id,
            &folder.join(KEYRING),
        )?;
    }
    let mut shown = None;
    let mut report = |stage| show(&mut shown, stage);
    let copied = tokio::select! {
        biased;
        _ = tokio::signal::ctrl_c() => Err(AdminError::Interrupted),
        copied = scm_store::copy(&from.location, &to.location, &mut report) => {
            copied.map_err(AdminError::from)
        }
    };
    shown.into_iter().for_each(Progress::finish);
    Ok(answer(copied?, &from, &to))
}

fn show(shown: &mut Option<Progress>, stage: Stage) {
    match stage {
        Stage::Copying { rows, done } => {
            Progress::note(&format!("copying {rows} rows, of which {done} were copied earlier"));
            *shown = Some(Progress::begun(rows, done));
        }
        Stage::Comparing { rows } => {
            shown.take().into_iter().for_each(Progress::finish);
            Progress::note("all rows are copied; comparing source and destination");
            *shown = Some(Progress::new(rows));
        }
        Stage::Done(rows) => shown.iter_mut().for_each(|progress| progress.advance(rows)),
    }
}

impl Place {
    /// A URL, or else a folder.
    fn of(written: &LocationSetting) -> Result<Self, AdminError> {
        let text = written.as_str();
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            let setting: StoreSetting = text.parse().unwrap_or_else(|never| match never {});
            let location = setting.location(Path::new("")).map_err(crate::ConfigError::Store)?;
            return Ok(Self { location, folder: None });
        }
        let folder = Path::new(text);
        // Under one name, whichever folder the command is run in.
        let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        Ok(Self { location: Location::Sqlite(folder.join(STORE)), folder: Some(folder) })
    }

    /// Locks a folder with a store, so that no server opens it.
    fn existing_lock(&self) -> Result<Option<DataDir>, AdminError> {
        match &self.folder {
            Some(folder) if folder.join(STORE).exists() => Ok(Some(DataDir::open(folder)?)),
            _ => Ok(None),
        }
    }
}

/// The folder is made if need be, and locked.
fn destination(written: &LocationSetting) -> Result<(Place, Option<DataDir>), AdminError> {
    let place = Place::of(written)?;
    let lock = place.folder.as_deref().map(DataDir::open).transpose()?;
    // Again: a folder has its whole name only once it is there.
    Ok((Place::of(written)?, lock))
}

/// The keyring of the source: the one that is named, or the one in its folder.
fn keyring_source(arguments: &Copy, from: &Place) -> Option<KeyringSource> {
    let of_setting =
        |setting: &KeyringSetting| setting.source(from.folder.as_deref().unwrap_or(Path::new(".")));
    let in_folder = || from.folder.as_ref().map(|folder| KeyringSource::File(folder.join(KEYRING)));
    arguments.keyring.as_ref().map(of_setting).or_else(in_folder)
}

/// The folder gets the keyring, unless it has it already.
fn store_keyring(source: &KeyringSource, ring_id: &str, path: &Path) -> Result<(), AdminError> {
    if path.exists() {
        return match Keyring::open(path)?.keyring_id().to_string() == *ring_id {
            true => Ok(()),
            false => Err(AdminError::ForeignKeyring { place: path.display().to_string() }),
        };
    }
    let text = match source {
        KeyringSource::Text(text) => Zeroizing::new(text.as_bytes().to_vec()),
        KeyringSource::File(file) => Zeroizing::new(fs::read(file).map_err(at(file))?),
    };
    let unfinished = path.with_extension("json.new");
    write_private(&unfinished, &text)?;
    Ok(replace(&unfinished, path)?)
}

fn answer(copied: Copied, from: &Place, to: &Place) -> Report {
    let mut text = String::new();
    for (part, count) in &copied.parts {
        text += &format!("{count:>12} {part}\n");
    }
    text += &format!("all of {} is in {}, compared row by row\n", from.location, to.location);
    let rows = copied.parts.into_iter().map(|(of, count)| Rows { of, count }).collect();
    let note = match &to.folder {
        Some(folder) => format!(
            "the keyring is in {} too; start a server with --data-dir {}",
            folder.display(),
            folder.display()
        ),
        None => {
            "give every server the keyring of the source (--keyring), and start them with this \
                 --store"
                .to_owned()
        }
    };
    Report::new(&Moved { rows }, text).with_note(note)
}
