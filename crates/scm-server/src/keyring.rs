//! The keyring as its file is now: a rotated keyring is used from the next request on.
//!
//! A server looks at the file whenever it is about to seal or open something, which takes about a
//! microsecond, and reads it when it has changed. What the file holds then is used only if it is the same
//! keyring and each of its master keys matches its check value, in the file and in the store's record.
//! Otherwise the server continues with the keyring that it has, and is not ready.

use std::{
    fmt, fs,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};

use scm_seal::{Keyring, KeyringError, KeyringId, UnsealError};
use scm_store::{Location, Store, StoreError};
use tokio::sync::Mutex;
use zeroize::Zeroizing;

use crate::causes::chain;

/// The name of the variable that may hold a keyring.
pub const VARIABLE: &str = "SCM_KEYRING";

/// How soon to look again where the store cannot say whether a changed keyring fits.
const RETRY: Duration = Duration::from_secs(1);

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

/// What distinguishes one state of a file from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    file: (u64, u64),
    length: u64,
    changed: [(i64, i64); 2],
}

/// Why the keyring that is now in the source is not used.
#[derive(Debug, thiserror::Error)]
enum Unfit {
    #[error(transparent)]
    Keyring(#[from] KeyringError),
    #[error("it is keyring {found}, but this server works with keyring {expected}")]
    Foreign { found: KeyringId, expected: KeyringId },
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A keyring that follows its source, as far as what it finds there fits the store.
pub struct SharedKeyring {
    source: KeyringSource,
    store: Store,
    current: RwLock<Current>,
    /// Held while the source is read again.
    reading: Mutex<()>,
}

#[derive(Clone)]
struct Current {
    keyring: Arc<Keyring>,
    /// Of the file when it was last looked at, before it was read.
    stamp: Option<Stamp>,
    /// Whether a keyring was found since that does not fit.
    unfit: bool,
    /// When to look again, although the stamp is another one.
    retry: Option<Instant>,
}

/// Opens the store at `location` with the keyring from `source`, which is followed from then on.
///
/// The store recognizes each master key by its check value, or records it. A keyring file from before
/// there were check values gets them, unless it is read-only.
///
/// # Errors
/// See [`KeyringSource::open`] and [`scm_store::open`]; [`StoreError::WrongMasterKey`].
pub async fn open<E>(source: KeyringSource, location: Location) -> Result<(SharedKeyring, Store), E>
where
    E: From<KeyringError> + From<StoreError>,
{
    let keyring = source.open()?;
    let store = scm_store::open(location, keyring.keyring_id()).await?;
    if let Err(error) = store.record_master_keys(keyring.checks()).await {
        store.close().await;
        return Err(error.into());
    }
    if let Some(file) = source.file()
        && let Err(error) = keyring.add_check_values(file)
    {
        tracing::warn!(error = %chain(&error), "the keyring file cannot be given check values");
    }
    let stamp = source.stamp();
    let keyring = Arc::new(source.open()?);
    let current = RwLock::new(Current { keyring, stamp, unfit: false, retry: None });
    let shared = SharedKeyring { source, store: store.clone(), current, reading: Mutex::new(()) };
    Ok((shared, store))
}

impl SharedKeyring {
    /// The keyring as it is now. Usually takes a microsecond; reads the file where it has changed.
    pub async fn current(&self) -> Arc<Keyring> {
        let current = self.get();
        if current.is_of(self.source.stamp()) { current.keyring } else { self.follow().await }
    }

    /// Whether the keyring file holds what cannot be used: then a restart would fail.
    pub async fn is_unfit(&self) -> bool {
        self.current().await;
        self.get().unfit
    }

    /// Opens something with a keyring, or, if that lacks the master key, with the current one.
    ///
    /// # Errors
    /// Those of `open`.
    pub async fn opened<T>(
        &self,
        keyring: &Keyring,
        open: impl Fn(&Keyring) -> Result<T, UnsealError>,
    ) -> Result<T, UnsealError> {
        match open(keyring) {
            Err(UnsealError::UnknownKey { .. }) => open(&*self.current().await),
            opened => opened,
        }
    }

    async fn follow(&self) -> Arc<Keyring> {
        let _guard = self.reading.lock().await;
        let (before, stamp) = (self.get(), self.source.stamp());
        if before.is_of(stamp) {
            return before.keyring;
        }
        let current = self.read(before, stamp).await;
        let keyring = Arc::clone(&current.keyring);
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = current;
        keyring
    }

    async fn read(&self, before: Current, stamp: Option<Stamp>) -> Current {
        let unused = Current { stamp, unfit: true, retry: None, ..before.clone() };
        match self.fitting(&before.keyring).await {
            Ok(keyring) => {
                tracing::info!(seals = %keyring.active_id(), "the keyring was changed");
                Current { keyring: Arc::new(keyring), stamp, unfit: false, retry: None }
            }
            // What fits cannot be known now.
            Err(Unfit::Store(error)) if passes(&error) => {
                tracing::warn!(error = %chain(&error), "the changed keyring cannot be used yet");
                Current { retry: Some(Instant::now() + RETRY), ..before }
            }
            // It is read once, so it may be removed after the start.
            Err(Unfit::Keyring(error @ KeyringError::Missing { .. })) => {
                tracing::error!(error = %chain(&error), "the server continues with its keyring");
                Current { unfit: false, ..unused }
            }
            Err(error) => {
                tracing::error!(
                    error = %chain(&error),
                    "the keyring was changed and cannot be used; the server continues with the keyring \
                     that it read before"
                );
                unused
            }
        }
    }

    /// The keyring in the source, if it is the store's. New master keys are on record before they seal.
    async fn fitting(&self, before: &Keyring) -> Result<Keyring, Unfit> {
        let keyring = self.source.open()?;
        let (found, expected) = (keyring.keyring_id(), before.keyring_id());
        if found != expected {
            return Err(Unfit::Foreign { found, expected });
        }
        self.store.record_master_keys(keyring.checks()).await?;
        Ok(keyring)
    }

    fn get(&self) -> Current {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Current {
    fn is_of(&self, stamp: Option<Stamp>) -> bool {
        self.stamp == stamp || self.retry.is_some_and(|at| Instant::now() < at)
    }
}

impl fmt::Debug for SharedKeyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedKeyring")
            .field("source", &self.source)
            .field("keyring", &self.get().keyring)
            .finish_non_exhaustive()
    }
}

/// Whether the store may be able to answer a moment later.
fn passes(error: &StoreError) -> bool {
    matches!(
        error,
        StoreError::Busy | StoreError::Unavailable { .. } | StoreError::Unsettled { .. }
    )
}

#[cfg(test)]
mod tests {
    use scm_store::Location;
    use tempfile::TempDir;

    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error(transparent)]
    enum OpenError {
        Keyring(#[from] KeyringError),
        Store(#[from] StoreError),
    }

    async fn made() -> (TempDir, PathBuf, SharedKeyring) {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("keyring.json");
        Keyring::create(&path).unwrap();
        let shared = opened(&folder, KeyringSource::File(path.clone())).await.unwrap();
        (folder, path, shared)
    }

    async fn opened(folder: &TempDir, source: KeyringSource) -> Result<SharedKeyring, OpenError> {
        let location = Location::Sqlite(folder.path().join("scm.db"));
        Ok(open::<OpenError>(source, location).await?.0)
    }

    /// The text with another digit in the first secret, and with its check value or without.
    fn damaged(text: &str, with_check: bool) -> String {
        let at = text.find("\"secret\": \"").unwrap() + 13;
        let other = if text.as_bytes()[at] == b'A' { "B" } else { "A" };
        let mut text = text.to_owned();
        text.replace_range(at..=at, other);
        if with_check { text } else { without_checks(&text) }
    }

    /// As the first version of the file was.
    fn without_checks(text: &str) -> String {
        let mut file: serde_json::Value = serde_json::from_str(text).unwrap();
        file["version"] = 1.into();
        for key in file["keys"].as_array_mut().unwrap() {
            key.as_object_mut().unwrap().remove("check");
        }
        serde_json::to_string_pretty(&file).unwrap()
    }

    #[tokio::test]
    async fn a_rotated_keyring_is_used_at_once_and_read_once() {
        let (_folder, path, shared) = made().await;
        let first = shared.current().await;
        assert!(Arc::ptr_eq(&first, &shared.current().await));
        let rotated = first.prepare(&path).unwrap().activate(&path).unwrap();
        let second = shared.current().await;
        assert_eq!(second.active_id(), rotated.active_id());
        assert!(Arc::ptr_eq(&second, &shared.current().await));
        let recorded = shared.store.record_master_keys(second.checks()).await;
        assert!(recorded.is_ok(), "{recorded:?}");
    }

    #[tokio::test]
    async fn a_keyring_that_does_not_fit_is_not_used() {
        let (folder, path, shared) = made().await;
        let first = shared.current().await;
        let text = fs::read_to_string(&path).unwrap();
        let other = folder.path().join("other.json");
        Keyring::create(&other).unwrap();
        let foreign = fs::read_to_string(other).unwrap();
        for wrong in [
            text[..90].to_owned(),
            foreign,
            damaged(&text, true),
            // Only the store knows that it is damaged.
            damaged(&text, false),
        ] {
            fs::write(&path, &wrong).unwrap();
            assert!(Arc::ptr_eq(&first, &shared.current().await), "{wrong}");
            assert!(shared.is_unfit().await, "{wrong}");
        }
        fs::remove_file(&path).unwrap();
        assert!(Arc::ptr_eq(&first, &shared.current().await));
        assert!(!shared.is_unfit().await, "the server may have been meant to read it once");
        let copy = folder.path().join("copy.json");
        Keyring::create(&copy).unwrap();
        fs::write(&copy, text).unwrap();
        let prepared = first.prepare(&copy).unwrap();
        fs::rename(copy, path).unwrap();
        assert_eq!(shared.current().await.prepared_id(), prepared.prepared_id());
        assert!(!shared.is_unfit().await);
    }

    #[tokio::test]
    async fn a_damaged_keyring_does_not_open_its_store() {
        let (folder, path, shared) = made().await;
        let text = fs::read_to_string(&path).unwrap();
        drop(shared);
        for with_check in [true, false] {
            let text = damaged(&text, with_check);
            fs::write(&path, &text).unwrap();
            let refused = opened(&folder, KeyringSource::File(path.clone())).await.err();
            match refused {
                Some(OpenError::Keyring(KeyringError::Damaged { .. })) if with_check => {}
                Some(OpenError::Store(StoreError::WrongMasterKey { .. })) if !with_check => {}
                refused => panic!("{refused:?}"),
            }
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
            let text = KeyringSource::Text(Arc::new(Zeroizing::new(text)));
            assert!(opened(&folder, text).await.is_err());
        }
    }

    #[tokio::test]
    async fn a_keyring_from_before_check_values_gets_them_where_it_can_be_written() {
        let (folder, path, shared) = made().await;
        let before = without_checks(&fs::read_to_string(&path).unwrap());
        drop(shared);
        let source = KeyringSource::Text(Arc::new(Zeroizing::new(before.clone())));
        assert_eq!(format!("{source:?}"), "…");
        let text = opened(&folder, source).await.unwrap();
        fs::write(&path, &before).unwrap();
        let file = opened(&folder, KeyringSource::File(path.clone())).await.unwrap();
        assert_eq!(text.current().await.active_id(), file.current().await.active_id());
        assert!(fs::read_to_string(&path).unwrap().contains("\"version\": 2"));
    }
}
