//! The keyring of master keys: sealing and unsealing.
//!
//! `file` reads and writes the keyring file, `turn` rotates it to another master key; the format of sealed
//! bytes is described in `sealed`.

mod file;
mod reseal;
mod turn;

use std::{fmt, path::Path};

use scm_pki::{KeyEncoding, PrivateKey};
use zeroize::Zeroizing;

use crate::{
    check::{KeyCheck, KeyCheckValue},
    derive::{MASTER_KEY_LEN, RecordKey, SALT_LEN, TAG_LEN},
    error::{KeyringError, UnsealError},
    id::{KeyId, KeyringId},
    random::fill_random,
    sealed::{self, FORMAT, Header, SealedKey, encoding_byte, encoding_of},
    secret::{self, SealedSecret, SecretHeader},
};

/// One or more master keys, one of which seals what is new; the others only open. Those from before
/// it still open what they sealed; one that was added after it is ready to take its place.
///
/// No `Clone`, no accessor to a master key, and `Debug` shows public names only.
pub struct Keyring {
    keyring_id: KeyringId,
    /// Never empty; the oldest first.
    keys: Vec<MasterKey>,
    /// Which one seals.
    active: usize,
}

impl Keyring {
    /// Makes a keyring with one master key and writes it to `path`, which must not exist.
    ///
    /// The file has mode 0600, and it and its folder are on disk when this returns.
    ///
    /// # Errors
    /// [`KeyringError::Exists`] and [`KeyringError::Unwritable`].
    pub fn create(path: &Path) -> Result<Self, KeyringError> {
        let keyring =
            Self { keyring_id: KeyringId::random(), keys: vec![MasterKey::random()], active: 0 };
        file::write_new(path, &keyring)?;
        Ok(keyring)
    }

    /// Reads the keyring at `path`; its format is described in `src/keyring/file.rs`.
    ///
    /// # Errors
    /// Every variant of [`KeyringError`] but those of [`Keyring::create`].
    pub fn open(path: &Path) -> Result<Self, KeyringError> {
        file::read(path)
    }

    /// Reads a keyring from the text of its file. `place` is where the text comes from, for errors.
    ///
    /// # Errors
    /// [`KeyringError::UnknownVersion`] and [`KeyringError::Malformed`].
    pub fn from_text(text: &str, place: &Path) -> Result<Self, KeyringError> {
        file::from_text(text.as_bytes(), place)
    }

    /// The keyring's public name, for a store to remember.
    pub fn keyring_id(&self) -> KeyringId {
        self.keyring_id
    }

    /// The master key that seals what is new.
    pub fn active_id(&self) -> KeyId {
        self.active().id
    }

    /// The master keys that sealed what is old, the oldest first.
    pub fn old_ids(&self) -> Vec<KeyId> {
        self.keys[..self.active].iter().map(|key| key.id).collect()
    }

    /// The newest master key, if it does not seal yet.
    pub fn prepared_id(&self) -> Option<KeyId> {
        self.keys[self.active + 1..].last().map(|key| key.id)
    }

    /// Every master key's id with its check value, the oldest first, for a store to record.
    pub fn checks(&self) -> Vec<KeyCheck> {
        let check = |key: &MasterKey| KeyCheck { key_id: key.id, value: key.check_value() };
        self.keys.iter().map(check).collect()
    }

    /// Seals a certificate's private key under the active master key.
    ///
    /// `id`, `project` and `public_key` (SubjectPublicKeyInfo, DER) are those of the certificate, and are
    /// needed to unseal. The last must be the certificate's own bytes: the same key can be encoded in
    /// several ways, and the one derived from `key` may differ.
    pub fn seal(&self, id: &str, project: &str, public_key: &[u8], key: &PrivateKey) -> SealedKey {
        let mut salt = [0; SALT_LEN];
        fill_random(&mut salt);
        self.seal_with_salt(id, project, public_key, key, salt)
    }

    /// Opens what [`Keyring::seal`] gave, if `id`, `project` and `public_key` (the certificate's
    /// SubjectPublicKeyInfo as DER) are those that it was sealed for.
    ///
    /// # Errors
    /// Every variant of [`UnsealError`].
    pub fn unseal(
        &self,
        id: &str,
        project: &str,
        public_key: &[u8],
        sealed: &SealedKey,
    ) -> Result<PrivateKey, UnsealError> {
        let (encoding, der) = self.unseal_der(id, project, public_key, sealed)?;
        PrivateKey::from_der(encoding, der).map_err(|_| UnsealError::NotAKey)
    }

    fn unseal_der(
        &self,
        id: &str,
        project: &str,
        public_key: &[u8],
        sealed: &SealedKey,
    ) -> Result<(KeyEncoding, Zeroizing<Vec<u8>>), UnsealError> {
        let (header, body) = sealed.parts()?;
        let encoding = encoding_of(header.encoding)?;
        let key = self.master(header.key_id)?.record_key(sealed::INFO_LABEL, FORMAT, &header.salt);
        let aad = header.associated_data(id, project, public_key);
        let der = key.open(&aad, body).ok_or(UnsealError::Refused)?;
        Ok((encoding, der))
    }

    /// Seals any other secret under the active master key.
    ///
    /// `purpose` names the kind of secret and `id` the secret; both are needed to unseal.
    pub fn seal_secret(&self, purpose: &str, id: &str, secret: &[u8]) -> SealedSecret {
        let mut salt = [0; SALT_LEN];
        fill_random(&mut salt);
        self.seal_secret_with_salt(purpose, id, secret, salt)
    }

    /// Opens what [`Keyring::seal_secret`] gave, if `purpose` and `id` are those that it was sealed
    /// for. Takes a few microseconds.
    ///
    /// # Errors
    /// Every variant of [`UnsealError`] but [`UnsealError::NotAKey`].
    pub fn unseal_secret(
        &self,
        purpose: &str,
        id: &str,
        sealed: &SealedSecret,
    ) -> Result<Zeroizing<Vec<u8>>, UnsealError> {
        let (header, body) = sealed.parts()?;
        let master = self.master(header.key_id)?;
        let key = master.record_key(secret::INFO_LABEL, secret::FORMAT, &header.salt);
        let aad = header.associated_data(purpose, id);
        key.open(&aad, body).ok_or(UnsealError::Refused)
    }

    /// Sealing without chance, so that the format can be held fast by test vectors.
    fn seal_with_salt(
        &self,
        id: &str,
        project: &str,
        public_key: &[u8],
        key: &PrivateKey,
        salt: [u8; SALT_LEN],
    ) -> SealedKey {
        let encoding = encoding_byte(key.encoding());
        self.seal_der(id, project, public_key, (encoding, key.secret_der()), salt)
    }

    fn seal_der(
        &self,
        id: &str,
        project: &str,
        public_key: &[u8],
        (encoding, plain): (u8, &[u8]),
        salt: [u8; SALT_LEN],
    ) -> SealedKey {
        let master = self.active();
        let header = Header { key_id: master.id, encoding, salt };
        let aad = header.associated_data(id, project, public_key);
        let mut sealed = SealedKey::assemble(&header, plain.len() + TAG_LEN);
        let (cipher, tag) = sealed.body_mut().split_at_mut(plain.len());
        master.record_key(sealed::INFO_LABEL, FORMAT, &header.salt).seal(&aad, plain, cipher, tag);
        sealed
    }

    /// The same for secrets.
    pub(crate) fn seal_secret_with_salt(
        &self,
        purpose: &str,
        id: &str,
        secret: &[u8],
        salt: [u8; SALT_LEN],
    ) -> SealedSecret {
        let master = self.active();
        let header = SecretHeader { key_id: master.id, salt };
        let aad = header.associated_data(purpose, id);
        let mut sealed = SealedSecret::assemble(&header, secret.len() + TAG_LEN);
        let (cipher, tag) = sealed.body_mut().split_at_mut(secret.len());
        let key = master.record_key(secret::INFO_LABEL, secret::FORMAT, &header.salt);
        key.seal(&aad, secret, cipher, tag);
        sealed
    }

    fn master(&self, key_id: KeyId) -> Result<&MasterKey, UnsealError> {
        let known = self.keys.iter().find(|key| key.id == key_id);
        known.ok_or(UnsealError::UnknownKey { key_id })
    }

    fn active(&self) -> &MasterKey {
        &self.keys[self.active]
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keyring")
            .field("keyring_id", &self.keyring_id)
            .field("active", &self.active().id)
            .field("keys", &self.keys.len())
            .finish_non_exhaustive()
    }
}

/// 256 random bits and their public name. On the heap, so that moving the value copies no secret.
struct MasterKey {
    id: KeyId,
    secret: Zeroizing<Vec<u8>>,
}

impl MasterKey {
    fn random() -> Self {
        let mut secret = Zeroizing::new(vec![0; MASTER_KEY_LEN]);
        fill_random(&mut secret);
        Self { id: KeyId::random(), secret }
    }

    fn check_value(&self) -> KeyCheckValue {
        KeyCheckValue::of(&self.secret, self.id)
    }

    fn record_key(&self, label: &[u8], format: u8, salt: &[u8; SALT_LEN]) -> RecordKey {
        RecordKey::derive(label, &self.secret, format, self.id, salt)
    }
}

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
