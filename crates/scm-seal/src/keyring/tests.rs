//! What opens, what does not, and that the format stays as it is.

use scm_pki::{
    KeyEncoding, Policy, Verifier,
    testing::{Algorithm, TestAuthority},
};
use time::{OffsetDateTime, macros::datetime};

use super::{
    testing::{bytes, keyring, known_keyring},
    *,
};

const NOW: OffsetDateTime = datetime!(2026-06-01 12:00 UTC);
const ID: &str = "scs1600313391074";
const PROJECT: &str = "a4a5d4098fb4474fa22cd05f897d6b99";

#[test]
fn a_sealed_key_opens_in_its_place() {
    let keyring = keyring();
    for (algorithm, encoding) in [
        (Algorithm::Rsa2048, KeyEncoding::Pkcs1),
        (Algorithm::P256, KeyEncoding::Sec1),
        (Algorithm::Ed25519, KeyEncoding::Pkcs8),
    ] {
        let key = key(algorithm, encoding);
        let sealed = keyring.seal(ID, PROJECT, key.public_key(), &key);
        let opened = keyring.unseal(ID, PROJECT, key.public_key(), &sealed).unwrap();
        assert_eq!(opened.encoding(), encoding);
        assert_eq!(opened.secret_der(), key.secret_der());
    }
}

#[test]
fn nothing_of_the_key_shows() {
    let key = key(Algorithm::P256, KeyEncoding::Pkcs8);
    let sealed = keyring().seal(ID, PROJECT, key.public_key(), &key);
    let secret = &key.secret_der()[..16];
    assert!(!sealed.as_bytes().windows(16).any(|window| window == secret));
    let length = sealed.as_bytes().len();
    assert_eq!(format!("{sealed:?}"), format!("SealedKey({length} bytes)"));
    assert_eq!(length, 50 + key.secret_der().len() + 16);
}

#[test]
fn the_same_key_is_never_sealed_the_same() {
    let key = key(Algorithm::P256, KeyEncoding::Pkcs8);
    let keyring = keyring();
    assert_ne!(
        keyring.seal(ID, PROJECT, key.public_key(), &key),
        keyring.seal(ID, PROJECT, key.public_key(), &key)
    );
}

#[test]
fn any_bit_changed_is_refused() {
    let keyring = keyring();
    let key = key(Algorithm::P256, KeyEncoding::Pkcs8);
    let sealed = keyring.seal(ID, PROJECT, key.public_key(), &key);
    for bit in 0..sealed.as_bytes().len() * 8 {
        let mut bytes = sealed.as_bytes().to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let altered = SealedKey::from_kept(bytes);
        assert!(keyring.unseal(ID, PROJECT, key.public_key(), &altered).is_err(), "bit {bit}");
    }
}

#[test]
fn any_length_but_its_own_is_refused() {
    let keyring = keyring();
    let key = key(Algorithm::P256, KeyEncoding::Pkcs8);
    let sealed = keyring.seal(ID, PROJECT, key.public_key(), &key);
    let mut bytes = sealed.as_bytes().to_vec();
    bytes.push(0);
    for length in (0..sealed.as_bytes().len()).chain([bytes.len()]) {
        let cut = SealedKey::from_kept(bytes[..length].to_vec());
        let refused = keyring.unseal(ID, PROJECT, key.public_key(), &cut);
        let expected = match length {
            0..66 => matches!(refused, Err(UnsealError::Malformed)),
            _ => matches!(refused, Err(UnsealError::Refused)),
        };
        assert!(expected, "{length}: {refused:?}");
    }
}

#[test]
fn another_place_is_refused() {
    let keyring = keyring();
    let ours = key(Algorithm::P256, KeyEncoding::Pkcs8);
    let other = key(Algorithm::P256, KeyEncoding::Pkcs8);
    assert_ne!(ours.public_key(), other.public_key());
    let sealed = keyring.seal(ID, PROJECT, ours.public_key(), &ours);
    for (id, project, public_key) in [
        ("scs1600313391075", PROJECT, ours.public_key()),
        (ID, "b4a5d4098fb4474fa22cd05f897d6b99", ours.public_key()),
        (ID, PROJECT, other.public_key()),
        // The same text, but parted elsewhere.
        ("scs1600313391074a", &PROJECT[1..], ours.public_key()),
    ] {
        let refused = keyring.unseal(id, project, public_key, &sealed);
        assert!(matches!(refused, Err(UnsealError::Refused)), "{refused:?}");
    }
}

#[test]
fn another_ring_knows_no_such_key() {
    let key = key(Algorithm::P256, KeyEncoding::Pkcs8);
    let sealed = keyring().seal(ID, PROJECT, key.public_key(), &key);
    let refused = keyring().unseal(ID, PROJECT, key.public_key(), &sealed);
    assert!(matches!(refused, Err(UnsealError::UnknownKey { .. })), "{refused:?}");
}

#[test]
fn another_format_is_refused_as_such() {
    let keyring = keyring();
    let key = key(Algorithm::P256, KeyEncoding::Pkcs8);
    let mut bytes = keyring.seal(ID, PROJECT, key.public_key(), &key).as_bytes().to_vec();
    bytes[0] = 2;
    let refused = keyring.unseal(ID, PROJECT, key.public_key(), &SealedKey::from_kept(bytes));
    assert!(matches!(refused, Err(UnsealError::UnknownFormat { found: 2 })), "{refused:?}");
}

#[test]
fn an_older_master_key_still_opens() {
    let key = key(Algorithm::P256, KeyEncoding::Pkcs8);
    let old = keyring();
    let sealed = old.seal(ID, PROJECT, key.public_key(), &key);
    let Keyring { keyring_id, mut keys, .. } = old;
    keys.push(MasterKey::random());
    let rotated = Keyring { keyring_id, keys, active: 1 };
    assert!(rotated.unseal(ID, PROJECT, key.public_key(), &sealed).is_ok());
    let resealed = rotated.seal(ID, PROJECT, key.public_key(), &key);
    assert_ne!(resealed.as_bytes()[1..17], sealed.as_bytes()[1..17]);
}

/// Computed from the text of `sealed.rs` with another library (Python's `cryptography`). If this
/// fails, stored records cannot be opened any more: correct the code, never the vector.
#[test]
fn format_1_is_as_it_always_was() {
    let stored = "01000102030405060708090a0b0c0d0e0f03404142434445464748494a4b4c4d\
                4e4f505152535455565758595a5b5c5d5e5fc9000871be05b61e6a323d487373\
                693d7df63c9c8dade3b5ad08406b6928a6bc64028e3f523868082c588551439d\
                1aaafaa421f7425812aed23fba6c2c564b12";
    // The key of RFC 8410 section 10.3.
    let der = "302e020100300506032b657004220420d4ee72dbf913584ad5b6d8f1f769f8ad3afe7c28cbf1d4fb\
               e097a88f44755842";
    let key = PrivateKey::from_der(KeyEncoding::Pkcs8, Zeroizing::new(bytes(der))).unwrap();
    let keyring = known_keyring();

    let salt = std::array::from_fn(|i| 64 + i as u8);
    let sealed = keyring.seal_with_salt(ID, PROJECT, key.public_key(), &key, salt);
    assert_eq!(sealed, SealedKey::from_kept(bytes(stored)));
    let opened = keyring.unseal(ID, PROJECT, key.public_key(), &sealed).unwrap();
    assert_eq!(opened.secret_der(), key.secret_der());
}

#[test]
fn debug_shows_public_names_only() {
    let keyring = keyring();
    let shown = format!("{keyring:?}");
    assert!(shown.contains(&keyring.keyring_id.to_string()));
    assert!(shown.ends_with("keys: 1, .. }"), "{shown}");
}

fn key(algorithm: Algorithm, encoding: KeyEncoding) -> PrivateKey {
    let authority = TestAuthority::new(algorithm, NOW);
    let bundle = authority.leaf("www.example.com").key_encoding(encoding).issue();
    let verified = Verifier::new(Policy::default()).verify(bundle.read(), NOW).unwrap();
    verified.into_parts().2
}
