//! The bytes of a sealed secret: what they look like and what they are bound to.
//!
//! For what must be known again in plain to be of use, such as the secret half of an access key.
//! Private keys of certificates have a format of their own, in `sealed`; neither opens as the other.
//!
//! # Format 1
//!
//! | offset | bytes | what |
//! |---|---|---|
//! | 0 | 1 | format, `1` |
//! | 1 | 16 | id of the master key |
//! | 17 | 32 | salt, random, one for each record |
//! | 49 | n | the secret, under AES-256-GCM |
//! | 49 + n | 16 | the tag |
//!
//! In what follows `F(a, b, …)` is each field behind its length in 8 bytes, big endian.
//!
//! - Key (32 bytes) and nonce (12 bytes) are the output of HKDF-SHA256 (RFC 5869) with the master
//!   key as input, the salt as salt, and `F("scm-seal secret key", format, master key id)` as info.
//! - Associated data: `F("scm-seal secret", format, master key id, purpose, id)`. So a secret opens
//!   only as what it was sealed as.

use std::fmt;

use crate::{
    derive::{Fields, SALT_LEN},
    envelope::split,
    error::UnsealError,
    id::KeyId,
};

pub(crate) const FORMAT: u8 = 1;
pub(crate) const INFO_LABEL: &[u8] = b"scm-seal secret key";

const HEADER_LEN: usize = 1 + 16 + SALT_LEN;
const AAD_LABEL: &[u8] = b"scm-seal secret";

/// A secret that only its keyring can open, and only as what it was sealed as. Safe to store and to
/// copy; its length is that of the secret and 65 bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedSecret(Vec<u8>);

impl SealedSecret {
    /// The bytes to store; their format is described at the head of `src/secret.rs`.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Wraps stored bytes. They are checked when they are unsealed.
    pub fn from_kept(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The master key that it was sealed under.
    ///
    /// # Errors
    /// [`UnsealError::Malformed`] and [`UnsealError::UnknownFormat`].
    pub fn key_id(&self) -> Result<KeyId, UnsealError> {
        Ok(self.parts()?.0.key_id)
    }

    /// Puts the parts together, with room for ciphertext and tag.
    pub(crate) fn assemble(header: &SecretHeader, body_len: usize) -> Self {
        let mut bytes = Vec::with_capacity(HEADER_LEN + body_len);
        bytes.push(FORMAT);
        bytes.extend_from_slice(&header.key_id.to_bytes());
        bytes.extend_from_slice(&header.salt);
        bytes.resize(HEADER_LEN + body_len, 0);
        Self(bytes)
    }

    /// Where ciphertext and tag go.
    pub(crate) fn body_mut(&mut self) -> &mut [u8] {
        &mut self.0[HEADER_LEN..]
    }

    /// The parts again: header, and ciphertext with tag.
    pub(crate) fn parts(&self) -> Result<(SecretHeader, &[u8]), UnsealError> {
        let (header, body) = split(&self.0, FORMAT, HEADER_LEN)?;
        Ok((SecretHeader::read(header), body))
    }
}

impl fmt::Debug for SealedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealedSecret({} bytes)", self.0.len())
    }
}

/// What stands in front of the ciphertext.
pub(crate) struct SecretHeader {
    pub(crate) key_id: KeyId,
    pub(crate) salt: [u8; SALT_LEN],
}

impl SecretHeader {
    fn read(bytes: &[u8]) -> Self {
        let key_id = bytes[1..17].try_into().expect("16 bytes");
        let salt = bytes[17..].try_into().expect("32 bytes");
        Self { key_id: KeyId::from_bytes(key_id), salt }
    }

    /// What the ciphertext is bound to.
    pub(crate) fn associated_data(&self, purpose: &str, id: &str) -> Vec<u8> {
        Fields::new()
            .add(AAD_LABEL)
            .add(&[FORMAT])
            .add(&self.key_id.to_bytes())
            .add(purpose.as_bytes())
            .add(id.as_bytes())
            .into_bytes()
    }
}

#[cfg(test)]
mod tests;
