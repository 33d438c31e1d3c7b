//! Malformed keys: every number of an RSA key changed, every part of a curve key.

use pkcs1::{
    RsaPrivateKeyRef, UintRef,
    der::{Decode, Encode},
};
use proptest::prelude::*;
use rcgen::KeyPair;

use super::*;

const MODULUS: usize = 0;
const PUBLIC: usize = 1;
const PRIVATE: usize = 2;
const PRIME_P: usize = 3;
const PRIME_Q: usize = 4;
const EXPONENT_P: usize = 5;
const EXPONENT_Q: usize = 6;
const COEFFICIENT: usize = 7;

type Numbers = [Vec<u8>; 8];

/// The numbers of a sound RSA key of 2048 bits.
fn numbers() -> Numbers {
    static PKCS8: std::sync::OnceLock<Vec<u8>> = std::sync::OnceLock::new();
    let pkcs8 = PKCS8.get_or_init(|| {
        KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).expect("RSA").serialize_der()
    });
    let parts = Vec::<pkcs1::der::asn1::AnyRef<'_>>::from_der(pkcs8).expect("PKCS#8");
    let key = RsaPrivateKeyRef::from_der(parts[2].value()).expect("PKCS#1");
    [
        key.modulus,
        key.public_exponent,
        key.private_exponent,
        key.prime1,
        key.prime2,
        key.exponent1,
        key.exponent2,
        key.coefficient,
    ]
    .map(|number| number.as_bytes().to_vec())
}

fn check(numbers: &Numbers) -> Result<PrivateKey, KeyError> {
    let at = |index: usize| UintRef::new(&numbers[index]).expect("a number");
    let key = RsaPrivateKeyRef {
        modulus: at(0),
        public_exponent: at(1),
        private_exponent: at(2),
        prime1: at(3),
        prime2: at(4),
        exponent1: at(5),
        exponent2: at(6),
        coefficient: at(7),
        other_prime_infos: None,
    };
    let der = Zeroizing::new(key.to_der().expect("DER"));
    PrivateKey::from_der(KeyEncoding::Pkcs1, der)
}

/// The rule that is broken when one number is replaced.
fn broken_by(index: usize, value: &[u8]) -> Option<RsaRule> {
    let mut numbers = numbers();
    numbers[index] = value.to_vec();
    match check(&numbers) {
        Ok(_) => None,
        Err(KeyError::Inconsistent { rule }) => Some(rule),
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn a_sound_rsa_key_is_taken_with_its_primes_in_either_order() {
    let mut numbers = numbers();
    let key = check(&numbers).expect("sound");
    assert_eq!(key.algorithm(), KeyAlgorithm::Rsa { bits: 2048 });
    numbers.swap(PRIME_P, PRIME_Q);
    numbers.swap(EXPONENT_P, EXPONENT_Q);
    let rule = RsaRule::Coefficient;
    assert_eq!(check(&numbers).err(), Some(KeyError::Inconsistent { rule }));
    let (p, q) = (odd(&numbers[PRIME_P]), odd(&numbers[PRIME_Q]));
    let inverse = q.as_ref().invert_odd_mod(&p).into_option().expect("primes are coprime");
    numbers[COEFFICIENT] = inverse.to_be_bytes().to_vec();
    assert!(check(&numbers).is_ok());
}

fn odd(bytes: &[u8]) -> crypto_bigint::Odd<crypto_bigint::BoxedUint> {
    let number = crypto_bigint::BoxedUint::from_be_slice_vartime(bytes);
    crypto_bigint::Odd::new(number).into_option().expect("primes are odd")
}

#[test]
fn every_number_is_checked_against_the_others() {
    let sound = numbers();
    for (index, rule) in [
        (MODULUS, RsaRule::Modulus),
        (PRIVATE, RsaRule::PrivateExponent),
        (PRIME_P, RsaRule::Modulus),
        (PRIME_Q, RsaRule::Modulus),
        (EXPONENT_P, RsaRule::PrivateExponent),
        (EXPONENT_Q, RsaRule::PrivateExponent),
        (COEFFICIENT, RsaRule::Coefficient),
    ] {
        let mut other = sound[index].clone();
        let middle = other.len() / 2;
        other[middle] ^= 4;
        assert_eq!(broken_by(index, &other), Some(rule), "number {index}");
        let mut even = sound[index].clone();
        *even.last_mut().expect("not empty") ^= 1;
        assert_eq!(broken_by(index, &even), Some(rule), "the other parity of number {index}");
    }
    assert_eq!(broken_by(PUBLIC, &[3]), Some(RsaRule::PrimeExponents));
}

#[test]
fn zero_one_two_and_huge_numbers_are_refused() {
    for index in 0..8 {
        for hostile in [vec![0], vec![1], vec![2], vec![0xff; 256], vec![0xff; 257], vec![1; 1000]]
        {
            let broken = std::panic::catch_unwind(|| broken_by(index, &hostile));
            if index == MODULUS && hostile.len() > 1000 {
                continue;
            }
            assert!(broken.is_ok_and(|rule| rule.is_some()), "number {index}");
        }
    }
    let mut huge = numbers();
    huge[MODULUS] = vec![0xff; 1025];
    assert_eq!(check(&huge).err(), Some(KeyError::TooLong { bits: 8200 }));
}

#[test]
fn one_prime_twice_and_a_prime_of_one_are_refused() {
    let mut numbers = numbers();
    numbers[PRIME_Q] = vec![1];
    numbers[PRIME_P] = numbers[MODULUS].clone();
    assert!(check(&numbers).is_err());
    // p = q = 7, e = 5, d = 5: all hold but the coefficient.
    let tiny = [49, 5, 5, 7, 7, 5, 5, 1].map(|number| vec![number]);
    let rule = RsaRule::Coefficient;
    assert_eq!(check(&tiny).err(), Some(KeyError::Inconsistent { rule }));
    // p = 11, q = 7, e = 7: a sound key of no use, which is weak but consistent.
    let small = [77, 7, 43, 11, 7, 3, 1, 8].map(|number| vec![number]);
    assert_eq!(check(&small).expect("sound").algorithm(), KeyAlgorithm::Rsa { bits: 7 });
}

#[test]
fn trailing_bytes_and_a_wrong_encoding_are_refused() {
    let key = check(&numbers()).expect("sound");
    let mut der = Zeroizing::new(key.secret_der().to_vec());
    for encoding in [KeyEncoding::Sec1, KeyEncoding::Pkcs8] {
        let refused = PrivateKey::from_der(encoding, der.clone()).err();
        assert_eq!(refused, Some(KeyError::Malformed { encoding }));
    }
    der.push(0);
    let encoding = KeyEncoding::Pkcs1;
    let refused = PrivateKey::from_der(encoding, der).err();
    assert_eq!(refused, Some(KeyError::Malformed { encoding }));
}

const ON_P256: &[u8] = b"\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07";

fn tlv(tag: u8, value: &[u8]) -> Vec<u8> {
    [&[tag, u8::try_from(value.len()).expect("short")], value].concat()
}

/// A key on P-256 in SEC1, from its private value and public key.
fn p256(private: &[u8], public: Option<&[u8]>) -> Result<PrivateKey, KeyError> {
    let mut body = [&[2, 1, 1][..], &tlv(4, private)].concat();
    body.extend(tlv(0xa0, ON_P256));
    if let Some(public) = public {
        body.extend(tlv(0xa1, &tlv(3, &[&[0], public].concat())));
    }
    PrivateKey::from_der(KeyEncoding::Sec1, Zeroizing::new(tlv(0x30, &body)))
}

#[test]
fn private_values_out_of_range_are_refused() {
    let order = [0xff; 32];
    for private in [&[0; 32][..], &order, &[1; 33], &[]] {
        assert_eq!(p256(private, None).err(), Some(KeyError::OutOfRange), "{private:?}");
    }
}

#[test]
fn an_embedded_public_key_must_match() {
    let key = p256(&[7; 32], None).expect("sound");
    let public = key.public_bits().to_vec();
    assert!(p256(&[7; 32], Some(&public)).is_ok());
    assert!(p256(&[7; 31], Some(&public)).is_err(), "leading zeros may be dropped, not digits");
    assert_eq!(p256(&[8; 32], Some(&public)).err(), Some(KeyError::PublicKeyDiffers));
    assert_eq!(p256(&[7; 32], Some(&[])).err(), Some(KeyError::PublicKeyDiffers));
}

/// A key on P-256 in PKCS#8: its version, what the inner structure holds beside the private value,
/// and what follows it.
fn p256_in_pkcs8(version: u8, inside: &[u8], behind: &[u8]) -> Result<(), KeyError> {
    let inner = tlv(0x30, &[b"\x02\x01\x01", &tlv(4, &[7; 32])[..], inside].concat());
    let algorithm = tlv(0x30, &[b"\x06\x07\x2a\x86\x48\xce\x3d\x02\x01", ON_P256].concat());
    let parts = [&tlv(2, &[version]), &algorithm, &tlv(4, &inner), behind].concat();
    // Over 127 octets the length takes one more.
    let length = u8::try_from(parts.len()).expect("short");
    let header = if length < 0x80 { vec![0x30, length] } else { vec![0x30, 0x81, length] };
    let der = Zeroizing::new([header, parts].concat());
    PrivateKey::from_der(KeyEncoding::Pkcs8, der).map(|_| ())
}

#[test]
fn the_optional_parts_of_pkcs8_are_read_strictly() {
    let public = p256(&[7; 32], None).expect("sound").public_bits().to_vec();
    let bits = |tag: u8, unused: u8| tlv(tag, &[&[unused], &public[..]].concat());
    let inside = |tag: u8, unused: u8| tlv(tag, &bits(3, unused));
    let name = tlv(0x30, b"\x06\x03\x55\x04\x03\x31\x03\x0c\x01a");
    for (version, inner, behind) in [
        (0, &b""[..], &b""[..]),
        (1, b"", b""),
        (0, &tlv(0xa0, ON_P256), b""),
        (0, &inside(0xa1, 0), b""),
        (0, b"", b"\xa0\x00"),
        (0, b"", &tlv(0xa0, &name)),
        (1, b"", &bits(0x81, 0)),
    ] {
        assert_eq!(p256_in_pkcs8(version, inner, behind), Ok(()), "{inner:x?} {behind:x?}");
    }
    let malformed = Err(KeyError::Malformed { encoding: KeyEncoding::Pkcs8 });
    for (version, inner, behind) in [
        (2, &b""[..], &b""[..]),
        (0, &inside(0xa1, 1), b""),
        (0, b"", &bits(0x81, 0)),
        (1, b"", &bits(0x81, 1)),
        (1, b"", &bits(0xa1, 0)),
        (0, b"", b"\xa0\x02\x05\x00"),
        (0, b"", b"\xa0\x00\xa0\x00"),
        (0, b"", b"\xa0\x0a\x30\x08\x06\x01\x2a\x31\x03\x1e\x01a"),
        (1, b"", &[bits(0x81, 0), b"\xa0\x00".to_vec()].concat()),
        (0, &tlv(0xa0, b"\x06\x05\x2b\x81\x04\x00\x22"), b""),
        (0, &inside(0xa0, 0), b""),
    ] {
        assert_eq!(p256_in_pkcs8(version, inner, behind), malformed, "{inner:x?} {behind:x?}");
    }
}

#[test]
fn pkcs8_names_no_parameters_but_those_of_the_kind() {
    let sound = KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).expect("RSA").serialize_der();
    let take = |der: Vec<u8>| PrivateKey::from_der(KeyEncoding::Pkcs8, Zeroizing::new(der)).err();
    assert_eq!(take(sound.clone()), None);
    let null = sound.windows(4).position(|part| part == b"\x01\x01\x05\x00").expect("NULL") + 2;
    let mut other = sound;
    other[null] = 4;
    assert_eq!(take(other), Some(KeyError::Malformed { encoding: KeyEncoding::Pkcs8 }));
    let seed = tlv(4, &tlv(4, &[7; 32]));
    let ed25519 = |algorithm: &[u8]| {
        take(tlv(0x30, &[b"\x02\x01\x00", &tlv(0x30, algorithm)[..], &seed].concat()))
    };
    assert_eq!(ed25519(b"\x06\x03\x2b\x65\x70"), None);
    let refused = Some(KeyError::Malformed { encoding: KeyEncoding::Pkcs8 });
    assert_eq!(ed25519(b"\x06\x03\x2b\x65\x70\x05\x00"), refused);
}

#[test]
fn ed25519_with_a_foreign_public_key_is_refused() {
    let (own, other) = (ed25519_pair(), ed25519_pair());
    let take = |der: Vec<u8>| PrivateKey::from_der(KeyEncoding::Pkcs8, Zeroizing::new(der));
    let key = take(own.clone()).expect("sound");
    let at = own.windows(32).rposition(|part| part == key.public_bits());
    let at = at.expect("rcgen writes the public key too");
    let mut mixed = own;
    mixed[at..at + 32].copy_from_slice(take(other).expect("sound").public_bits());
    assert_eq!(take(mixed).err(), Some(KeyError::PublicKeyDiffers));
}

fn ed25519_pair() -> Vec<u8> {
    KeyPair::generate_for(&rcgen::PKCS_ED25519).expect("Ed25519").serialize_der()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_changed_number_passes(
        index in 2usize..8,
        at in any::<prop::sample::Index>(),
        bit in 0u8..8,
    ) {
        let mut changed = numbers();
        let at = at.index(changed[index].len());
        changed[index][at] ^= 1 << bit;
        prop_assert!(check(&changed).is_err());
    }

    #[test]
    fn numbers_of_any_length_do_not_panic(
        lengths in prop::array::uniform8(1usize..300),
        fill in any::<u8>(),
    ) {
        let _ = check(&lengths.map(|length| vec![fill | 1; length]));
    }
}
