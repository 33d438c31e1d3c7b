//! The keyring's file: JSON, readable by its owner only, and only ever replaced as a whole.
//!
//! ```json
//! {
//!   "version": 2,
//!   "ring_id": "32 hexadecimal digits",
//!   "active": "id of the master key that seals what is new",
//!   "keys": [{
//!     "id": "32 hexadecimal digits",
//!     "secret": "32 bytes in base64",
//!     "check": "check value, 32 hexadecimal digits"
//!   }]
//! }
//! ```
//!
//! The keys stand in the order of their age: those before the active one are old, those after it are
//! ready to take its place.
//!
//! A message of serde about a malformed file may quote it, so only the place is passed on.

mod change;

use std::{
    ffi::{OsStr, OsString},
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use base64_simd::STANDARD as BASE64;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

pub(super) use self::change::change;
use super::{Keyring, MasterKey};
use crate::{
    derive::MASTER_KEY_LEN,
    error::KeyringError,
    id::{KeyId, KeyringId},
};

/// The version that is written. Version 1 had no check values; it is still read.
const VERSION: u64 = 2;
const WITHOUT_CHECKS: u64 = 1;
/// Room for some thousand master keys; more is not a keyring.
const LENGTH_LIMIT: u64 = 256 * 1024;
/// What one master key takes in the file, and the rest, at most: enough that writing never moves
/// the text, which would leave copies behind.
const LENGTH_PER_KEY: usize = 512;

#[derive(Deserialize)]
struct VersionOnly {
    version: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyringFile<'a> {
    version: u64,
    ring_id: String,
    active: String,
    #[serde(borrow)]
    keys: Vec<KeyEntry<'a>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyEntry<'a> {
    id: String,
    secret: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    check: Option<String>,
}

/// Writes a keyring to a file that must not exist.
pub(super) fn write_new(path: &Path, keyring: &Keyring) -> Result<(), KeyringError> {
    let unwritable = |source| KeyringError::Unwritable { path: path.into(), source };
    let text = to_text(keyring);
    let draft = Draft::write(path, &text).map_err(unwritable)?;
    match draft.publish(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            Err(KeyringError::Exists { path: path.into() })
        }
        outcome => outcome.map_err(unwritable),
    }
}

/// Reads the keyring that a file holds.
pub(super) fn read(path: &Path) -> Result<Keyring, KeyringError> {
    from_text(&read_private(path)?, path)
}

/// Reads a keyring from the text of its file.
pub(super) fn from_text(text: &[u8], path: &Path) -> Result<Keyring, KeyringError> {
    let malformed = |what: String| KeyringError::Malformed { path: path.into(), what };
    let VersionOnly { version } =
        serde_json::from_slice(text).map_err(|error| malformed(place(&error)))?;
    if !matches!(version, WITHOUT_CHECKS | VERSION) {
        return Err(KeyringError::UnknownVersion { path: path.into(), found: version });
    }
    let file: KeyringFile<'_> =
        serde_json::from_slice(text).map_err(|error| malformed(place(&error)))?;
    let keyring = to_keyring(&file).map_err(|what| malformed(what.to_owned()))?;
    for (entry, key) in file.keys.iter().zip(&keyring.keys) {
        let Some(check) = &entry.check else {
            if version == WITHOUT_CHECKS {
                continue;
            }
            return Err(malformed("a key has no check value".to_owned()));
        };
        if *check != key.check_value().to_string() {
            return Err(KeyringError::Damaged { path: path.into(), key_id: key.id });
        }
    }
    Ok(keyring)
}

/// Whether the keyring in a file is of the version that has no check values.
pub(super) fn lacks_checks(path: &Path) -> Result<bool, KeyringError> {
    let text = read_private(path)?;
    let version = serde_json::from_slice(&text).map(|VersionOnly { version }| version);
    Ok(version.is_ok_and(|version| version == WITHOUT_CHECKS))
}

fn place(error: &serde_json::Error) -> String {
    format!("not the JSON of a keyring at line {} column {}", error.line(), error.column())
}

fn to_text(keyring: &Keyring) -> Zeroizing<Vec<u8>> {
    let secrets: Vec<_> = keyring
        .keys
        .iter()
        .map(|key| Zeroizing::new(BASE64.encode_to_string(&*key.secret)))
        .collect();
    let file = KeyringFile {
        version: VERSION,
        ring_id: keyring.keyring_id.to_string(),
        active: keyring.active().id.to_string(),
        keys: (keyring.keys.iter().zip(&secrets))
            .map(|(key, secret)| KeyEntry {
                id: key.id.to_string(),
                secret,
                check: Some(key.check_value().to_string()),
            })
            .collect(),
    };
    let mut text = Zeroizing::new(Vec::with_capacity(LENGTH_PER_KEY * (1 + keyring.keys.len())));
    serde_json::to_writer_pretty(&mut *text, &file).expect("plain fields always have a JSON form");
    text.push(b'\n');
    text
}

fn to_keyring(file: &KeyringFile<'_>) -> Result<Keyring, &'static str> {
    let keyring_id: KeyringId =
        file.ring_id.parse().map_err(|_| "ring_id has not 32 hexadecimal digits")?;
    let active: KeyId = file.active.parse().map_err(|_| "active has not 32 hexadecimal digits")?;
    let keys = file.keys.iter().map(KeyEntry::to_key).collect::<Result<Vec<_>, _>>()?;
    let repeated = (keys.iter().enumerate()).any(|(i, a)| keys[..i].iter().any(|b| a.id == b.id));
    if repeated {
        return Err("two keys have the same id");
    }
    let active = keys.iter().position(|key| key.id == active).ok_or("no key has the active id")?;
    Ok(Keyring { keyring_id, keys, active })
}

impl KeyEntry<'_> {
    fn to_key(&self) -> Result<MasterKey, &'static str> {
        let id = self.id.parse().map_err(|_| "a key's id has not 32 hexadecimal digits")?;
        let secret = BASE64.decode_to_vec(self.secret).map(Zeroizing::new);
        match secret {
            Ok(secret) if secret.len() == MASTER_KEY_LEN => Ok(MasterKey { id, secret }),
            _ => Err("a key's secret is not 32 bytes in base64"),
        }
    }
}

fn read_private(path: &Path) -> Result<Zeroizing<Vec<u8>>, KeyringError> {
    let unreadable = |source| KeyringError::Unreadable { path: path.into(), source };
    // Before it is opened, too: a pipe would make that wait for ever.
    let found = fs::metadata(path).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => KeyringError::Missing { path: path.into() },
        _ => unreadable(source),
    })?;
    require_file(path, &found)?;
    let file = File::open(path).map_err(unreadable)?;
    let found = file.metadata().map_err(unreadable)?;
    require_file(path, &found)?;
    let mode = found.permissions().mode() & 0o7777;
    if mode & !0o600 != 0 {
        return Err(KeyringError::TooOpen { path: path.into(), mode });
    }
    if found.len() > LENGTH_LIMIT {
        return Err(KeyringError::Malformed { path: path.into(), what: "it is too long".into() });
    }
    let mut text = Zeroizing::new(Vec::with_capacity(found.len() as usize + 1));
    file.take(found.len()).read_to_end(&mut text).map_err(unreadable)?;
    Ok(text)
}

fn require_file(path: &Path, found: &fs::Metadata) -> Result<(), KeyringError> {
    if found.is_file() {
        return Ok(());
    }
    Err(KeyringError::Malformed { path: path.into(), what: "it is not a file".into() })
}

/// The file under a name of its own, until it is whole; gone again if it never is.
struct Draft(PathBuf);

impl Draft {
    fn write(target: &Path, text: &[u8]) -> io::Result<Self> {
        Self::write_like(target, text, |_| Ok(()))
    }

    /// Writes the file; `belong` may set its owner before it has content.
    fn write_like(
        target: &Path,
        text: &[u8],
        belong: impl FnOnce(&File) -> io::Result<()>,
    ) -> io::Result<Self> {
        let name = target.file_name().ok_or(io::ErrorKind::InvalidInput)?;
        let mut draft_name = prefix_of_drafts(name);
        draft_name.push(KeyId::random().to_string());
        let path = target.with_file_name(draft_name);
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
        let draft = Self(path);
        belong(&file)?;
        file.write_all(text)?;
        file.sync_all()?;
        Ok(draft)
    }

    /// A hard link is a renaming that fails where a file is in the way.
    fn publish(self, target: &Path) -> io::Result<()> {
        fs::hard_link(&self.0, target)?;
        fs::remove_file(&self.0)?;
        sync_folder(target)
    }
}

fn prefix_of_drafts(name: &OsStr) -> OsString {
    let mut prefix = OsString::from(".");
    prefix.push(name);
    prefix.push(".");
    prefix
}

impl Drop for Draft {
    fn drop(&mut self) {
        // Gone already where all went well; where not, the first error is what counts.
        let _ = fs::remove_file(&self.0);
    }
}

fn sync_folder(target: &Path) -> io::Result<()> {
    let folder = match target.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests;
