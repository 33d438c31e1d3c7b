//! Sealing anew, under the active master key, what was sealed under another one.
//!
//! What is inside is not looked at: it goes from one seal to the next as it is, and is wiped.

use super::Keyring;
use crate::{
    derive::SALT_LEN,
    error::UnsealError,
    random::fill_random,
    sealed::{SealedKey, encoding_byte},
    secret::SealedSecret,
};

impl Keyring {
    /// Opens a certificate's private key with this keyring, and seals it for the same place under the
    /// active key of `under`: of this keyring, or of what became of it.
    ///
    /// # Errors
    /// Every variant of [`UnsealError`] but [`UnsealError::NotAKey`].
    pub fn reseal(
        &self,
        under: &Self,
        id: &str,
        project: &str,
        public_key: &[u8],
        sealed: &SealedKey,
    ) -> Result<SealedKey, UnsealError> {
        let (encoding, der) = self.unseal_der(id, project, public_key, sealed)?;
        let mut salt = [0; SALT_LEN];
        fill_random(&mut salt);
        Ok(under.seal_der(id, project, public_key, (encoding_byte(encoding), &der), salt))
    }

    /// The same for what [`Keyring::seal_secret`] gave.
    ///
    /// # Errors
    /// Every variant of [`UnsealError`] but [`UnsealError::NotAKey`].
    pub fn reseal_secret(
        &self,
        under: &Self,
        purpose: &str,
        id: &str,
        sealed: &SealedSecret,
    ) -> Result<SealedSecret, UnsealError> {
        let secret = self.unseal_secret(purpose, id, sealed)?;
        Ok(under.seal_secret(purpose, id, &secret))
    }
}
