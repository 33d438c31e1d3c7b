//! The bytes of a sealed key: what they look like and what they are bound to.
//!
//! # Format 1
//!
//! | offset | bytes | what |
//! |---|---|---|
//! | 0 | 1 | format, `1` |
//! | 1 | 16 | id of the master key |
//! | 17 | 1 | encoding of the private key inside: `1` PKCS#1, `2` SEC1, `3` PKCS#8 |
//! | 18 | 32 | salt, random, one for each record |
//! | 50 | n | the private key's DER, under AES-256-GCM |
//! | 50 + n | 16 | the tag |
//!
//! In what follows `F(a, b, …)` is each field behind its length in 8 bytes, big endian.
//!
//! - Key (32 bytes) and nonce (12 bytes) are the output of HKDF-SHA256 (RFC 5869) with the master
//!   key as input, the salt as salt, and `F("scm-seal record key", format, master key id)` as info.
//!   No record shares its key with another, so a nonce can't be used twice.
//! - Associated data: `F("scm-seal private key", format, master key id, certificate id, project,
//!   SHA-256 of the public key's SubjectPublicKeyInfo DER, encoding)`. So a sealed key opens only in
//!   the place that it was sealed for: not under another id, project or certificate, and not as
//!   another encoding.

use std::fmt;

use scm_pki::KeyEncoding;

use crate::{
    derive::{Fields, SALT_LEN, sha256},
    envelope::split,
    error::UnsealError,
    id::KeyId,
};

pub(crate) const FORMAT: u8 = 1;
pub(crate) const INFO_LABEL: &[u8] = b"scm-seal record key";

const HEADER_LEN: usize = 1 + 16 + 1 + SALT_LEN;
const AAD_LABEL: &[u8] = b"scm-seal private key";

/// A private key that only its keyring can open, and only for the certificate it belongs to. Safe to
/// store and to copy; `Debug` shows its length only.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedKey(Vec<u8>);

impl SealedKey {
    /// The bytes to store; their format is described at the head of `src/sealed.rs`.
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

    /// Puts the parts together, with `body` holding ciphertext and tag.
    pub(crate) fn assemble(header: &Header, body_len: usize) -> Self {
        let mut bytes = Vec::with_capacity(HEADER_LEN + body_len);
        bytes.push(FORMAT);
        bytes.extend_from_slice(&header.key_id.to_bytes());
        bytes.push(header.encoding);
        bytes.extend_from_slice(&header.salt);
        bytes.resize(HEADER_LEN + body_len, 0);
        Self(bytes)
    }

    /// Where ciphertext and tag go.
    pub(crate) fn body_mut(&mut self) -> &mut [u8] {
        &mut self.0[HEADER_LEN..]
    }

    /// The parts again: header, and ciphertext with tag.
    pub(crate) fn parts(&self) -> Result<(Header, &[u8]), UnsealError> {
        let (header, body) = split(&self.0, FORMAT, HEADER_LEN)?;
        Ok((Header::read(header), body))
    }
}

impl fmt::Debug for SealedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealedKey({} bytes)", self.0.len())
    }
}

/// What stands before the ciphertext, the format aside.
pub(crate) struct Header {
    pub(crate) key_id: KeyId,
    pub(crate) encoding: u8,
    pub(crate) salt: [u8; SALT_LEN],
}

impl Header {
    fn read(bytes: &[u8]) -> Self {
        let key_id = bytes[1..17].try_into().expect("16 bytes");
        let salt = bytes[18..HEADER_LEN].try_into().expect("32 bytes");
        Self { key_id: KeyId::from_bytes(key_id), encoding: bytes[17], salt }
    }

    /// What the ciphertext is bound to.
    pub(crate) fn associated_data(&self, id: &str, project: &str, public_key: &[u8]) -> Vec<u8> {
        Fields::new()
            .add(AAD_LABEL)
            .add(&[FORMAT])
            .add(&self.key_id.to_bytes())
            .add(id.as_bytes())
            .add(project.as_bytes())
            .add(sha256(public_key).as_ref())
            .add(&[self.encoding])
            .into_bytes()
    }
}

/// The byte that stands for an encoding. Never give one of them another meaning.
pub(crate) fn encoding_byte(encoding: KeyEncoding) -> u8 {
    match encoding {
        KeyEncoding::Pkcs1 => 1,
        KeyEncoding::Sec1 => 2,
        KeyEncoding::Pkcs8 => 3,
    }
}

/// The encoding that a byte stands for.
pub(crate) fn encoding_of(byte: u8) -> Result<KeyEncoding, UnsealError> {
    match byte {
        1 => Ok(KeyEncoding::Pkcs1),
        2 => Ok(KeyEncoding::Sec1),
        3 => Ok(KeyEncoding::Pkcs8),
        _ => Err(UnsealError::Malformed),
    }
}
