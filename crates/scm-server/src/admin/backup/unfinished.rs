//! The folder in which a backup grows until it is complete: locked, and emptied of what an interrupted
//! backup left.

use std::{
    fs::{self, DirBuilder, File, Permissions, TryLockError},
    io,
    os::unix::fs::{DirBuilderExt, PermissionsExt},
    path::{Path, PathBuf},
};

use super::{super::error::AdminError, SUMS};
use crate::data_dir::{KEYRING, STORE, at, replace};

/// The folder of an incomplete backup, `NAME.unfinished`. Its lock ends with the process.
pub(super) struct Unfinished {
    path: PathBuf,
    _lock: File,
}

impl Unfinished {
    /// Creates the folder beside `to`, or takes over that of an interrupted backup.
    ///
    /// # Errors
    /// [`AdminError::BackupRunning`] if another process writes to it, [`AdminError::InTheWay`] if that
    /// process has just completed the backup, [`AdminError::Folder`].
    pub(super) fn beside(to: &Path) -> Result<Self, AdminError> {
        let path = with_ending(to, ".unfinished");
        match DirBuilder::new().mode(0o700).create(&path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                return Err(at(&path)(error).into());
            }
            _ => {}
        }
        let lock = File::open(&path).map_err(at(&path))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(AdminError::BackupRunning { path }),
            Err(TryLockError::Error(error)) => return Err(at(&path)(error).into()),
        }
        // A backup that ended since the folder was opened has renamed it.
        if to.exists() {
            return Err(AdminError::InTheWay { path: to.to_owned() });
        }
        fs::set_permissions(&path, Permissions::from_mode(0o700)).map_err(at(&path))?;
        Ok(Self { path, _lock: lock })
    }

    /// The folder.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Removes the files of a backup from the folder, and nothing else.
    pub(super) fn clear(&self) -> Result<(), AdminError> {
        let clear = || {
            remove_store(&self.path.join(STORE))?;
            remove_if_there(&self.path.join(KEYRING))?;
            remove_if_there(&self.path.join(SUMS))
        };
        Ok(clear().map_err(at(&self.path))?)
    }

    /// Gives the folder its final name; it stays there even if the power fails.
    pub(super) fn complete(self, to: &Path) -> Result<(), AdminError> {
        File::open(&self.path).and_then(|folder| folder.sync_all()).map_err(at(&self.path))?;
        Ok(replace(&self.path, to)?)
    }
}

/// Removes the copy of a store, and the files that SQLite may have left beside it.
pub(super) fn remove_store(store: &Path) -> io::Result<()> {
    for ending in ["-journal", "-wal", "-shm", ""] {
        remove_if_there(&with_ending(store, ending))?;
    }
    Ok(())
}

fn remove_if_there(file: &Path) -> io::Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}
