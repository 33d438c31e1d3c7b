//! The data folder: who may see it, who has it open, and what lies in it.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

/// The embedded store, in a data folder.
pub const STORE: &str = "scm.db";

/// Its keyring.
pub const KEYRING: &str = "keyring.json";

/// A data folder, locked for this process until it is dropped.
#[derive(Debug)]
pub struct DataDir {
    path: PathBuf,
    _lock: File,
}

/// Why a data folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataDirError {
    /// The folder or something in it cannot be read or written.
    #[error("cannot use {}", path.display())]
    Io {
        /// What.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// Other users can access it.
    #[error(
        "other users can access {0}, which holds private keys; run `chmod 700 {0}`, or choose another \
         folder with --data-dir",
        path.display()
    )]
    Shared {
        /// The folder.
        path: PathBuf,
    },
    /// Another server uses it.
    #[error("another server is running on {}; stop it first", path.display())]
    InUse {
        /// The folder.
        path: PathBuf,
    },
}

impl DataDir {
    /// Takes a folder for this process; makes it, for its owner only, if there is none.
    ///
    /// # Errors
    /// Every [`DataDirError`].
    pub fn open(path: &Path) -> Result<Self, DataDirError> {
        make_private(path)?;
        let lock_path = path.join("lock");
        let lock = OpenOptions::new()
            .create(true)
            .write(true)
            .truncate(false)
            .mode(0o600)
            .open(&lock_path)
            .map_err(at(&lock_path))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(DataDirError::InUse { path: path.to_owned() }),
            Err(TryLockError::Error(source)) => Err(DataDirError::Io { path: lock_path, source }),
        }
    }

    /// What clients need to find and to log in.
    pub fn credentials(&self) -> PathBuf {
        self.path.join("credentials.json")
    }

    /// The same while a first start is under way.
    pub fn unfinished_credentials(&self) -> PathBuf {
        self.path.join("credentials.json.new")
    }
}

/// Writes a file for its owner only; it is on disk when this returns.
///
/// # Errors
/// If it cannot be written.
pub fn write_private(path: &Path, content: &[u8]) -> Result<(), DataDirError> {
    let write = || {
        let mut options = OpenOptions::new();
        let mut file = options.create(true).truncate(true).write(true).mode(0o600).open(path)?;
        file.set_permissions(Permissions::from_mode(0o600))?;
        file.write_all(content)?;
        file.sync_all()
    };
    write().map_err(at(path))
}

/// The free space of the file system that a folder is on, in bytes, for processes without privileges.
///
/// # Errors
/// If the file system cannot be queried.
pub fn free_bytes(folder: &Path) -> io::Result<u64> {
    let found = rustix::fs::statvfs(folder)?;
    Ok(found.f_bavail.saturating_mul(found.f_frsize))
}

/// Puts a file in the place of another; it stays there even if the power fails.
///
/// # Errors
/// If it cannot be moved.
pub fn replace(from: &Path, to: &Path) -> Result<(), DataDirError> {
    fs::rename(from, to).map_err(at(to))?;
    sync_folder_of(to)
}

/// Gives a file its final name, unless that is taken; it stays there even if the power fails.
///
/// # Errors
/// If there is a file of that name, or the file cannot be moved.
pub fn publish(from: &Path, to: &Path) -> Result<(), DataDirError> {
    fs::hard_link(from, to).map_err(at(to))?;
    fs::remove_file(from).map_err(at(from))?;
    sync_folder_of(to)
}

fn sync_folder_of(file: &Path) -> Result<(), DataDirError> {
    // A bare name has an empty parent.
    let parent = file.parent().filter(|folder| *folder != Path::new(""));
    let folder = parent.unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(at(folder))
}

/// Names the path in an error.
pub fn at(path: &Path) -> impl Fn(io::Error) -> DataDirError {
    move |source| DataDirError::Io { path: path.to_owned(), source }
}

fn make_private(path: &Path) -> Result<(), DataDirError> {
    let mut builder = DirBuilder::new();
    builder.recursive(true).mode(0o700).create(path).map_err(at(path))?;
    let mode = fs::metadata(path).map_err(at(path))?.permissions().mode();
    if mode & 0o077 == 0 {
        return Ok(());
    }
    // An empty folder is taken as one that was made for this server a moment ago.
    if fs::read_dir(path).map_err(at(path))?.next().is_some() {
        return Err(DataDirError::Shared { path: path.to_owned() });
    }
    fs::set_permissions(path, Permissions::from_mode(0o700)).map_err(at(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_private_and_taken_once() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("a/b");
        let taken = DataDir::open(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
        assert!(matches!(DataDir::open(&path), Err(DataDirError::InUse { .. })));
        drop(taken);
        assert!(DataDir::open(&path).is_ok());
    }

    #[test]
    fn a_folder_that_others_see_into_is_refused_unless_empty() {
        let path = tempfile::tempdir().unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
        drop(DataDir::open(path.path()).unwrap());
        fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
        let refused = DataDir::open(path.path()).unwrap_err();
        assert!(refused.to_string().contains("chmod 700"), "{refused}");
    }

    #[test]
    fn a_private_file_stays_private_when_written_again() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "old and longer").unwrap();
        write_private(&file, b"new").unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"new");
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
