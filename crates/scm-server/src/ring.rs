//! The keyring as its file is now: a ring that is turned counts from the next request on.
//!
//! Nobody tells a server that its ring was turned. It looks at the file whenever it is about to seal or
//! open something, which takes about a microsecond, and reads it when it is another one. What the file
//! has become counts only if it is a keyring, and the same one; else the server goes on with what it has.

use std::{
    fmt, fs,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};

use scm_seal::{Keyring, KeyringError};
use zeroize::Zeroizing;

use crate::error::chain;

/// The name of the variable that may hold a ring.
pub const VARIABLE: &str = "SCM_KEYRING";

/// Where a ring comes from.
#[derive(Clone)]
pub enum RingSource {
    /// A file, which may be another one at any time.
    File(PathBuf),
    /// The text of such a file, in a setting.
    Text(Arc<Zeroizing<String>>),
}

impl RingSource {
    /// Reads the ring.
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

impl fmt::Debug for RingSource {
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

/// A ring that follows its source.
#[derive(Debug)]
pub struct SharedRing {
    source: RingSource,
    held: RwLock<Held>,
}

#[derive(Debug, Clone)]
struct Held {
    ring: Arc<Keyring>,
    /// Of the file when it was last looked at, before it was read.
    stamp: Option<Stamp>,
}

impl SharedRing {
    /// Reads a ring, which is then followed.
    ///
    /// # Errors
    /// See [`RingSource::open`].
    pub fn open(source: RingSource) -> Result<Self, KeyringError> {
        let stamp = source.stamp();
        let ring = Arc::new(source.open()?);
        Ok(Self { source, held: RwLock::new(Held { ring, stamp }) })
    }

    /// The ring as it is now.
    pub fn current(&self) -> Arc<Keyring> {
        let stamp = self.source.stamp();
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner).clone();
        if held.stamp == stamp { held.ring } else { self.read_again() }
    }

    fn read_again(&self) -> Arc<Keyring> {
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        let stamp = self.source.stamp();
        if held.stamp != stamp {
            held.stamp = stamp;
            match self.source.open() {
                Ok(ring) if ring.ring_id() == held.ring.ring_id() => {
                    tracing::info!(seals = %ring.active_id(), "the keyring was changed");
                    held.ring = Arc::new(ring);
                }
                Ok(ring) => tracing::error!(
                    found = %ring.ring_id(),
                    "another keyring is in the place of this server's, which goes on with its own"
                ),
                Err(error) => tracing::error!(
                    error = %chain(&error),
                    "the keyring was changed and cannot be read; the server goes on with what it has"
                ),
            }
        }
        Arc::clone(&held.ring)
    }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    fn made() -> (TempDir, PathBuf, SharedRing) {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("keyring.json");
        Keyring::create(&path).unwrap();
        let shared = SharedRing::open(RingSource::File(path.clone())).unwrap();
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
        let source = RingSource::Text(Arc::new(Zeroizing::new(text)));
        assert_eq!(format!("{source:?}"), "…");
        let held = SharedRing::open(source).unwrap();
        assert_eq!(held.current().active_id(), shared.current().active_id());
    }
}
