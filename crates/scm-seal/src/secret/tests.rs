//! What opens, what does not, and that the format stays as it is.

use crate::{Keyring, SealedKey, SealedSecret, UnsealError, keyring::testing};

const PURPOSE: &str = "access key";
const ID: &str = "AK0123456789ABCDEF01";
const SECRET: &[u8] = b"a secret of forty characters, not random";

#[test]
fn a_sealed_secret_opens_as_what_it_was_sealed_as() {
    let keyring = testing::keyring();
    for secret in [SECRET, b"", &[0; 5000]] {
        let sealed = keyring.seal_secret(PURPOSE, ID, secret);
        assert_eq!(*keyring.unseal_secret(PURPOSE, ID, &sealed).unwrap(), secret);
        assert_eq!(sealed.as_bytes().len(), 65 + secret.len());
    }
}

#[test]
fn nothing_of_the_secret_shows_and_nothing_repeats() {
    let keyring = testing::keyring();
    let sealed = keyring.seal_secret(PURPOSE, ID, SECRET);
    assert!(!sealed.as_bytes().windows(8).any(|window| window == &SECRET[..8]));
    assert_eq!(format!("{sealed:?}"), "SealedSecret(105 bytes)");
    assert_ne!(sealed, keyring.seal_secret(PURPOSE, ID, SECRET));
}

#[test]
fn anything_else_is_refused() {
    let keyring = testing::keyring();
    let sealed = keyring.seal_secret(PURPOSE, ID, SECRET);
    // The last is the same text, but parted elsewhere.
    for (purpose, id) in [("access", ID), (PURPOSE, "AK"), ("", ""), ("access keyA", &ID[1..])] {
        let refused = keyring.unseal_secret(purpose, id, &sealed);
        assert!(matches!(refused, Err(UnsealError::Refused)), "{refused:?}");
    }
    for bit in 0..sealed.as_bytes().len() * 8 {
        let mut bytes = sealed.as_bytes().to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let altered = SealedSecret::from_kept(bytes);
        assert!(keyring.unseal_secret(PURPOSE, ID, &altered).is_err(), "bit {bit}");
    }
    for length in 0..sealed.as_bytes().len() {
        let cut = SealedSecret::from_kept(sealed.as_bytes()[..length].to_vec());
        assert!(keyring.unseal_secret(PURPOSE, ID, &cut).is_err(), "{length}");
    }
}

#[test]
fn another_ring_and_another_format_are_refused_as_such() {
    let keyring = testing::keyring();
    let sealed = keyring.seal_secret(PURPOSE, ID, SECRET);
    let refused = testing::keyring().unseal_secret(PURPOSE, ID, &sealed);
    assert!(matches!(refused, Err(UnsealError::UnknownKey { .. })), "{refused:?}");
    let mut bytes = sealed.as_bytes().to_vec();
    bytes[0] = 2;
    let refused = keyring.unseal_secret(PURPOSE, ID, &SealedSecret::from_kept(bytes));
    assert!(matches!(refused, Err(UnsealError::UnknownFormat { found: 2 })), "{refused:?}");
}

/// With the byte that a key's encoding has there, the rest of the two formats is alike.
#[test]
fn a_secret_does_not_open_as_a_key() {
    let keyring = testing::keyring();
    let mut bytes = keyring.seal_secret(PURPOSE, ID, SECRET).as_bytes().to_vec();
    bytes.insert(17, 3);
    let refused = keyring.unseal(PURPOSE, ID, b"", &SealedKey::from_kept(bytes));
    assert!(matches!(refused, Err(UnsealError::Refused)), "{refused:?}");
}

/// Computed from the text of `secret.rs` with another library (Python's `cryptography`). If this
/// fails, stored records cannot be opened any more: correct the code, never the vector.
#[test]
fn format_1_is_as_it_always_was() {
    let stored = "01000102030405060708090a0b0c0d0e0f404142434445464748494a4b4c4d4e\
                4f505152535455565758595a5b5c5d5e5f429e4fa8190ba8ae7dbbec384d4703\
                69f4a8351b19a01fe18f1d2ea1fec25db34b60fdbb814b769cbd442137b25a7a\
                9dd6e8f91fd231884e";
    let keyring: Keyring = testing::known_keyring();
    let salt = std::array::from_fn(|i| 64 + i as u8);
    let sealed = keyring.seal_secret_with_salt(PURPOSE, ID, SECRET, salt);
    assert_eq!(sealed, SealedSecret::from_kept(testing::bytes(stored)));
    assert_eq!(*keyring.unseal_secret(PURPOSE, ID, &sealed).unwrap(), SECRET);
}
