//! Putting a changed keyring in the place of the one in a file.
//!
//! A concurrent reader finds the old or the new file, complete. Owner and mode stay. A link is followed,
//! so that servers may share a keyring by links to one file.

use std::{
    fs::{self, File, Metadata, Permissions},
    io,
    os::unix::fs::{MetadataExt, PermissionsExt, fchown},
    path::Path,
};

use super::{Draft, Keyring, prefix_of_drafts, read, sync_folder, to_text};
use crate::{error::KeyringError, id::KeyId};

/// Changes the keyring in a file under its lock; returns the new keyring, which is on disk.
pub(in super::super) fn change(
    path: &Path,
    change: impl FnOnce(&mut Keyring) -> Result<(), KeyringError>,
) -> Result<Keyring, KeyringError> {
    let unwritable = |source| KeyringError::Unwritable { path: path.into(), source };
    let target = fs::canonicalize(path).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => KeyringError::Missing { path: path.into() },
        _ => KeyringError::Unreadable { path: path.into(), source },
    })?;
    let locked = lock(&target).map_err(unwritable)?;
    let mut keyring = read(&target)?;
    change(&mut keyring)?;
    remove_drafts(&target).map_err(unwritable)?;
    let old = locked.metadata().map_err(unwritable)?;
    let text = to_text(&keyring);
    let draft = Draft::write_like(&target, &text, |file| belong_as(file, &old));
    let draft = draft.map_err(unwritable)?;
    if !is_at(&old, &target).map_err(unwritable)? {
        return Err(KeyringError::Changed { path: path.into() });
    }
    fs::rename(&draft.0, &target).and_then(|()| sync_folder(&target)).map_err(unwritable)?;
    drop(locked);
    Ok(keyring)
}

/// The file, locked until it is dropped. If it was replaced while the lock was awaited, the new file.
fn lock(target: &Path) -> io::Result<File> {
    loop {
        let file = File::open(target)?;
        file.lock()?;
        if is_at(&file.metadata()?, target)? {
            return Ok(file);
        }
    }
}

/// Whether this is still what stands there. Who does not know of the lock may have put another there,
/// or have written into it.
fn is_at(file: &Metadata, target: &Path) -> io::Result<bool> {
    let found = fs::metadata(target)?;
    let stamp = |of: &Metadata| (of.dev(), of.ino(), of.mtime(), of.mtime_nsec(), of.len());
    Ok(stamp(file) == stamp(&found))
}

fn belong_as(file: &File, old: &Metadata) -> io::Result<()> {
    let new = file.metadata()?;
    if (new.uid(), new.gid()) != (old.uid(), old.gid()) {
        fchown(file, Some(old.uid()), Some(old.gid()))?;
    }
    file.set_permissions(Permissions::from_mode(old.mode() & 0o600))
}

/// Removes the drafts of killed processes: they are copies of master keys.
fn remove_drafts(target: &Path) -> io::Result<()> {
    let name = target.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    let prefix = prefix_of_drafts(name);
    for entry in fs::read_dir(target.parent().unwrap_or(Path::new("/")))? {
        let entry = entry?;
        let name = entry.file_name();
        let rest = name.as_encoded_bytes().strip_prefix(prefix.as_encoded_bytes());
        let id = rest.and_then(|rest| str::from_utf8(rest).ok()).map(str::parse::<KeyId>);
        if let Some(Ok(_)) = id {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}
