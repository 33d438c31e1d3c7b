//! The keyring as its file is now: a keyring that is turned counts from the next request on.
//!
//! Nobody tells a server that its keyring was turned. It looks at the file whenever it is about to seal or
//! open something, which takes about a microsecond, and reads it when it is another one. What the file
//! has become counts only if it is a keyring, and the same one; else the server goes on with what it has.

use std::{
    fmt, fs,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};

use scm_seal::{Keyring, KeyringError, UnsealError};
use zeroize::Zeroizing;

use crate::causes::chain;

/// The name of the variable that may hold a keyring.
pub const VARIABLE: &str = "SCM_KEYRING";

/// Where a keyring comes from.
#[derive(Clone)]
pub enum KeyringSource {
    /// A file, which may be another one at any time.
    File(PathBuf),
    /// The text of such a file, in a setting.
    Text(Arc<Zeroizing<String>>),
}

impl KeyringSource {
    /// Reads the keyring.
    ///
    /// # Errors
    /// See [`Keyring::open`] and [`Keyring::from_text`].
    pub fn open(&self) -> Result<Keyring, KeyringError> {
        match self {
            Self::File(path) => Keyring::open(path),
            Self::Text(text) => Keyring::from_text(text, Path::new(VARIABLE)),
        }
    }

    /// The file, if it is one.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            Self::Text(_) => None,
        }
    }

    fn stamp(&self) -> Option<Stamp> {
        let found = fs::metadata(self.file()?).ok()?;
        let changed = [(found.mtime(), found.mtime_nsec()), (found.ctime(), found.ctime_nsec())];
        Some(Stamp { file: (found.dev(), found.ino()), length: found.len(), changed })
    }
}

impl fmt::Debug for KeyringSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.file().and_then(Path::to_str).unwrap_or("…"))
    }
}

/// What tells one state of a file from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    file: (u64, u64),
    length: u64,
    changed: [(i64, i64); 2],
}

/// A keyring that follows its source.
#[derive(Debug)]
pub struct SharedKeyring {
    source: KeyringSource,
    held: RwLock<Held>,
}

#[derive(Debug, Clone)]
struct Held {
    keyring: Arc<Keyring>,
    /// Of the file when it was last looked at, before it was read.
    stamp: Option<Stamp>,
}

impl SharedKeyring {
    /// Reads a keyring, which is then followed.
    ///
    /// # Errors
    /// See [`KeyringSource::open`].
    pub fn open(source: KeyringSource) -> Result<Self, KeyringError> {
        let stamp = source.stamp();
        let keyring = Arc::new(source.open()?);
        Ok(Self { source, held: RwLock::new(Held { keyring, stamp }) })
    }

    /// The keyring as it is now.
    pub fn current(&self) -> Arc<Keyring> {
        let stamp = self.source.stamp();
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner).clone();
        if held.stamp == stamp { held.keyring } else { self.read_again() }
    }

    /// Opens something with a keyring, or, if that lacks the master key, with the current one.
    ///
    /// # Errors
    /// Those of `open`.
    pub fn opened<T>(
        &self,
        keyring: &Keyring,
        open: impl Fn(&Keyring) -> Result<T, UnsealError>,
    ) -> Result<T, UnsealError> {
        match open(keyring) {
            Err(UnsealError::UnknownKey { .. }) => open(&self.current()),
            opened => opened,
        }
    }

    fn read_again(&self) -> Arc<Keyring> {
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        let stamp = self.source.stamp();
        if held.stamp != stamp {
            held.stamp = stamp;
            match self.source.open() {
                Ok(keyring) if keyring.keyring_id() == held.keyring.keyring_id() => {
                    tracing::info!(seals = %keyring.active_id(), "the keyring was changed");
                    held.keyring = Arc::new(keyring);
                }
                Ok(keyring) => tracing::error!(
                    found = %keyring.keyring_id(),
                    "another keyring is in the place of this server's, which goes on with its own"
                ),
                Err(error) => tracing::error!(
                    error = %chain(&error),
                    "the keyring was changed and cannot be read; the server goes on with what it has"
                ),
            }
        }
        Arc::clone(&held.keyring)
    }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    fn made() -> (TempDir, PathBuf, SharedKeyring) {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("keyring.json");
        Keyring::create(&path).unwrap();
        let shared = SharedKeyring::open(KeyringSource::File(path.clone())).unwrap();
        (folder, path, shared)
    }

    #[test]
    fn a_ring_that_is_turned_counts_at_once_and_is_read_once() {
        let (_folder, path, shared) = made();
        let first = shared.current();
        assert!(Arc::ptr_eq(&first, &shared.current()));
        let turned = first.prepare(&path).unwrap().activate(&path).unwrap();
        let second = shared.current();
        assert_eq!(second.active_id(), turned.active_id());
        assert!(Arc::ptr_eq(&second, &shared.current()));
    }

    #[test]
    fn what_is_no_ring_or_another_one_changes_nothing() {
        let (folder, path, shared) = made();
        let first = shared.current();
        let text = fs::read(&path).unwrap();
        let other = folder.path().join("other.json");
        Keyring::create(&other).unwrap();
        for wrong in [text[..90].to_vec(), fs::read(other).unwrap()] {
            fs::write(&path, wrong).unwrap();
            assert!(Arc::ptr_eq(&first, &shared.current()));
        }
        fs::remove_file(&path).unwrap();
        assert!(Arc::ptr_eq(&first, &shared.current()));
        let copy = folder.path().join("copy.json");
        Keyring::create(&copy).unwrap();
        fs::write(&copy, text).unwrap();
        let turned = first.prepare(&copy).unwrap();
        fs::rename(copy, path).unwrap();
        assert_eq!(shared.current().prepared_id(), turned.prepared_id(), "and then it is followed");
    }

    #[test]
    fn a_ring_in_a_setting_stays_as_it_is_and_does_not_show() {
        let (_folder, path, shared) = made();
        let text = fs::read_to_string(&path).unwrap();
        let source = KeyringSource::Text(Arc::new(Zeroizing::new(text)));
        assert_eq!(format!("{source:?}"), "…");
        let held = SharedKeyring::open(source).unwrap();
        assert_eq!(held.current().active_id(), shared.current().active_id());
    }
}
