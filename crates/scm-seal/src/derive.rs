//! From a master key and a record's salt to the one key and nonce of that record.
//!
//! Every record has its own random salt and therefore its own key, so a nonce is never used twice
//! under one key however many records a keyring seals.

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    digest, hkdf,
};
use zeroize::Zeroizing;

use crate::id::KeyId;

pub(crate) const SALT_LEN: usize = 32;
pub(crate) const TAG_LEN: usize = 16;
pub(crate) const MASTER_KEY_LEN: usize = 32;
pub(crate) const CHECK_VALUE_LEN: usize = 16;

const AES_KEY_LEN: usize = 32;
const CHECK_LABEL: &[u8] = b"scm-seal key check value";
const CHECK_FORMAT: u8 = 1;

/// The AEAD key of one record, and the nonce that goes with it.
pub(crate) struct RecordKey {
    aead: LessSafeKey,
    nonce: [u8; NONCE_LEN],
}

impl RecordKey {
    /// HKDF-SHA256 (RFC 5869) with the record's salt; 44 bytes out, key first, then nonce. Another
    /// `label` is another key: each kind of record has its own.
    pub(crate) fn derive(
        label: &[u8],
        master: &[u8],
        version: u8,
        key_id: KeyId,
        salt: &[u8; SALT_LEN],
    ) -> Self {
        let info = Fields::new().add(label).add(&[version]).add(&key_id.to_bytes()).into_bytes();
        let mut okm = Zeroizing::new([0; AES_KEY_LEN + NONCE_LEN]);
        expand(master, salt, &info, okm.as_mut_slice());
        let (key, nonce) = okm.split_at(AES_KEY_LEN);
        let key = UnboundKey::new(&AES_256_GCM, key).expect("the key has 32 bytes");
        let nonce = nonce.try_into().expect("the nonce has 12 bytes");
        Self { aead: LessSafeKey::new(key), nonce }
    }

    /// Encrypts `plain` into `cipher`, which is as long, and `tag`; no copy of `plain` is made.
    pub(crate) fn seal(self, aad: &[u8], plain: &[u8], cipher: &mut [u8], tag: &mut [u8]) {
        self.aead
            .seal_out_of_place_scatter(self.nonce(), Aad::from(aad), plain, cipher, &[], tag)
            .expect("a secret is far shorter than AES-GCM's limit of 64 GiB");
    }

    /// Decrypts ciphertext and tag; nothing if one bit of them or of `aad` is another.
    pub(crate) fn open(self, aad: &[u8], body: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (cipher, tag) = body.split_at_checked(body.len().checked_sub(TAG_LEN)?)?;
        let mut plain = Zeroizing::new(vec![0; cipher.len()]);
        self.aead
            .open_separate_gather(self.nonce(), Aad::from(aad), cipher, tag, &mut plain)
            .ok()?;
        Some(plain)
    }

    fn nonce(&self) -> Nonce {
        Nonce::assume_unique_for_key(self.nonce)
    }
}

/// The check value of a master key: HKDF-SHA256 without a salt, under a label of its own, so that
/// nothing about the master key or about any record key follows from it.
pub(crate) fn check_value(master: &[u8], key_id: KeyId) -> [u8; CHECK_VALUE_LEN] {
    let info = Fields::new().add(CHECK_LABEL).add(&[CHECK_FORMAT]).add(&key_id.to_bytes());
    let mut value = [0; CHECK_VALUE_LEN];
    expand(master, &[], &info.into_bytes(), &mut value);
    value
}

/// HKDF-SHA256 (RFC 5869), as many bytes as `okm` has.
fn expand(master: &[u8], salt: &[u8], info: &[u8], okm: &mut [u8]) {
    hkdf::Salt::new(hkdf::HKDF_SHA256, salt)
        .extract(master)
        .expand(&[info], OkmLen(okm.len()))
        .and_then(|expanded| expanded.fill(okm))
        .expect("HKDF-SHA256 gives up to 8160 bytes");
}

struct OkmLen(usize);

impl hkdf::KeyType for OkmLen {
    fn len(&self) -> usize {
        self.0
    }
}

/// Byte strings one after another, each behind its length as 8 bytes big endian, so that no two
/// different lists give the same bytes.
pub(crate) struct Fields(Vec<u8>);

impl Fields {
    pub(crate) fn new() -> Self {
        Self(Vec::with_capacity(256))
    }

    pub(crate) fn add(mut self, field: &[u8]) -> Self {
        self.0.extend_from_slice(&(field.len() as u64).to_be_bytes());
        self.0.extend_from_slice(field);
        self
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

pub(crate) fn sha256(data: &[u8]) -> digest::Digest {
    digest::digest(&digest::SHA256, data)
}
