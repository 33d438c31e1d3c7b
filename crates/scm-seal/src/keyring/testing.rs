//! Rings to test with.

use zeroize::Zeroizing;

use super::{Keyring, MasterKey};
use crate::id::KeyringId;

/// A new keyring, without a file.
pub(crate) fn keyring() -> Keyring {
    Keyring { keyring_id: KeyringId::random(), keys: vec![MasterKey::random()], active: 0 }
}

/// A keyring whose master key is always the same: the bytes 0 to 31, under an id of the bytes 0 to 15.
pub(crate) fn known_keyring() -> Keyring {
    let id = "000102030405060708090a0b0c0d0e0f".parse().unwrap();
    let master = MasterKey { id, secret: Zeroizing::new((0..32).collect()) };
    Keyring { keyring_id: KeyringId::random(), keys: vec![master], active: 0 }
}

/// Reads hexadecimal digits.
pub(crate) fn bytes(hex: &str) -> Vec<u8> {
    let digits = hex.as_bytes().chunks(2).map(|pair| str::from_utf8(pair).unwrap());
    digits.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
}
