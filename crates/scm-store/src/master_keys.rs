//! The record of master keys: a store recognizes each key that seals something in it.
//!
//! A master key that was damaged after it had sealed something still seals: what it seals then cannot be
//! opened with the right key. So the store records the check value of each key before the key seals
//! anything, and compares it whenever a keyring is read.

use async_trait::async_trait;
use scm_seal::{KeyCheck, KeyringId};

use crate::error::StoreError;

/// The record of master keys.
#[async_trait]
pub trait MasterKeys: Send + Sync {
    /// Compares the check values of a keyring's master keys with those recorded, and records the keys
    /// that are new. They are on disk when this returns; if all are recorded already, nothing is written.
    ///
    /// # Errors
    /// [`StoreError::WrongMasterKey`], and then nothing is recorded; [`StoreError::Busy`],
    /// [`StoreError::Unavailable`], [`StoreError::Corrupt`] or [`StoreError::Closed`].
    async fn record_master_keys(&self, keys: Vec<KeyCheck>) -> Result<(), StoreError>;
}

/// What a store records about the keyring that it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyringRecord {
    /// The keyring's id.
    pub keyring: String,
    /// The master keys that may have sealed something in the store.
    pub keys: Vec<KeyCheck>,
}

impl KeyringRecord {
    /// Refuses a keyring that does not belong to the store.
    ///
    /// # Errors
    /// [`StoreError::ForeignKeyring`] and [`StoreError::WrongMasterKey`].
    pub fn require(&self, keyring: KeyringId, keys: &[KeyCheck]) -> Result<(), StoreError> {
        let given = keyring.to_string();
        if self.keyring != given {
            return Err(StoreError::ForeignKeyring { stored: self.keyring.clone(), given });
        }
        unrecorded(keys, &self.keys).map(drop)
    }
}

/// Those keys that are not recorded.
pub(crate) fn unrecorded<'a>(
    given: &'a [KeyCheck],
    recorded: &[KeyCheck],
) -> Result<Vec<&'a KeyCheck>, StoreError> {
    let mut unrecorded = Vec::new();
    for key in given {
        match recorded.iter().find(|recorded| recorded.key_id == key.key_id) {
            None => unrecorded.push(key),
            Some(recorded) if recorded.value == key.value => {}
            Some(_) => return Err(StoreError::WrongMasterKey { key: key.key_id }),
        }
    }
    Ok(unrecorded)
}

/// A row of the record.
pub(crate) fn read(id: &str, value: &str) -> Result<KeyCheck, StoreError> {
    let (Ok(key_id), Ok(value)) = (id.parse(), value.parse()) else {
        return Err(StoreError::corrupt(format!("{id:?} has no check value of a master key")));
    };
    Ok(KeyCheck { key_id, value })
}
