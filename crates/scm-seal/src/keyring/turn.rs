//! Turning a keyring: another master key comes in, takes over, and what nothing needs any more goes.
//!
//! Each step replaces the keyring's file as a whole, under a lock, and only if the keyring is still the one
//! that was read: of two concurrent steps the second is refused, and no key is lost. A key is on disk
//! before it seals anything, so that every sealed record can be opened after a crash.

use std::path::Path;

use super::{Keyring, MasterKey, file};
use crate::error::KeyringError;

impl Keyring {
    /// Adds a master key that opens and does not seal yet; none if there is such a key. `path` is
    /// the file that this keyring was read from. Returns the keyring as it is now.
    ///
    /// # Errors
    /// Every variant of [`KeyringError`] but [`KeyringError::Exists`].
    pub fn prepare(&self, path: &Path) -> Result<Self, KeyringError> {
        file::change(path, |keyring| {
            self.must_be(keyring, path)?;
            if keyring.prepared_id().is_none() {
                keyring.keys.push(MasterKey::random());
            }
            Ok(())
        })
    }

    /// Lets the newest master key seal from now on.
    ///
    /// # Errors
    /// As for [`Keyring::prepare`].
    pub fn activate(&self, path: &Path) -> Result<Self, KeyringError> {
        file::change(path, |keyring| {
            self.must_be(keyring, path)?;
            keyring.active = keyring.keys.len() - 1;
            Ok(())
        })
    }

    /// Forgets the master keys that are older than the active one: whatever is sealed under them
    /// can't be opened any more.
    ///
    /// # Errors
    /// As for [`Keyring::prepare`].
    pub fn forget_old(&self, path: &Path) -> Result<Self, KeyringError> {
        file::change(path, |keyring| {
            self.must_be(keyring, path)?;
            keyring.keys.drain(..keyring.active);
            keyring.active = 0;
            Ok(())
        })
    }

    /// Adds the check values to a file of version 1, which has none. Does nothing to a later version.
    ///
    /// # Errors
    /// As for [`Keyring::prepare`].
    pub fn add_check_values(&self, path: &Path) -> Result<(), KeyringError> {
        if file::lacks_checks(path)? {
            file::change(path, |keyring| self.must_be(keyring, path))?;
        }
        Ok(())
    }

    fn must_be(&self, found: &Self, path: &Path) -> Result<(), KeyringError> {
        let same = self.keyring_id == found.keyring_id
            && self.active_id() == found.active_id()
            && self.checks() == found.checks();
        if same { Ok(()) } else { Err(KeyringError::Changed { path: path.into() }) }
    }
}

#[cfg(test)]
mod tests;
