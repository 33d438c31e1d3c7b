//! Keys for tests: RSA once per process, since making one takes a fifth of a second.

use std::sync::OnceLock;

use pkcs1::der::{
    Decode, Encode,
    asn1::{AnyRef, ContextSpecific, OctetStringRef},
};
use rcgen::KeyPair;

use super::Algorithm;
use crate::{KeyEncoding, oid, pem};

/// The part that a key plays: RSA keys are shared among all of one part.
#[derive(Clone, Copy)]
pub(super) enum Slot {
    Root,
    Intermediate,
    Leaf,
    Other,
}

static RSA: [OnceLock<Vec<u8>>; 4] = [const { OnceLock::new() }; 4];

/// A key pair.
pub(super) fn pair(algorithm: Algorithm, slot: Slot) -> KeyPair {
    let kind = match algorithm {
        Algorithm::Rsa2048 => {
            let der = RSA[slot as usize]
                .get_or_init(|| new_pair(&rcgen::PKCS_RSA_SHA256).serialize_der());
            return KeyPair::try_from(der.as_slice()).expect("rcgen reads what it wrote");
        }
        Algorithm::P256 => &rcgen::PKCS_ECDSA_P256_SHA256,
        Algorithm::P384 => &rcgen::PKCS_ECDSA_P384_SHA384,
        Algorithm::P521 => &rcgen::PKCS_ECDSA_P521_SHA512,
        Algorithm::Ed25519 => &rcgen::PKCS_ED25519,
    };
    new_pair(kind)
}

fn new_pair(kind: &'static rcgen::SignatureAlgorithm) -> KeyPair {
    KeyPair::generate_for(kind).expect("every kind can be generated")
}

/// The key as PEM in an encoding.
///
/// # Panics
/// The kind of key has no such encoding.
pub(super) fn pem(algorithm: Algorithm, pair: &KeyPair, encoding: KeyEncoding) -> String {
    let pkcs8 = pair.serialized_der();
    let der = match (encoding, algorithm) {
        (KeyEncoding::Pkcs8, _) => pkcs8.to_vec(),
        (KeyEncoding::Pkcs1, Algorithm::Rsa2048) => private_part(pkcs8).to_vec(),
        (KeyEncoding::Sec1, Algorithm::P256) => sec1(private_part(pkcs8), oid::P256),
        (KeyEncoding::Sec1, Algorithm::P384) => sec1(private_part(pkcs8), oid::P384),
        (KeyEncoding::Sec1, Algorithm::P521) => sec1(private_part(pkcs8), oid::P521),
        (encoding, algorithm) => panic!("{algorithm:?} keys have no encoding {encoding}"),
    };
    pem::encode(encoding.label(), &der)
}

/// The private key inside PKCS#8: the third of its parts.
pub(super) fn private_part(pkcs8: &[u8]) -> &[u8] {
    let parts = parts(pkcs8);
    parts[2].value()
}

fn parts(der: &[u8]) -> Vec<AnyRef<'_>> {
    Vec::<AnyRef<'_>>::from_der(der).expect("rcgen writes DER")
}

/// ECPrivateKey with the curve that PKCS#8 names outside of it, and without the public key.
fn sec1(inner: &[u8], curve: pkcs1::ObjectIdentifier) -> Vec<u8> {
    let private = OctetStringRef::new(parts(inner)[1].value()).expect("a short string");
    let curve = ContextSpecific {
        tag_number: pkcs1::der::TagNumber(0),
        tag_mode: pkcs1::der::TagMode::Explicit,
        value: curve,
    };
    let parts = [1u8.to_der(), private.to_der(), curve.to_der()];
    let body: Vec<u8> = parts.into_iter().flat_map(|part| part.expect("short DER")).collect();
    AnyRef::new(pkcs1::der::Tag::Sequence, &body)
        .and_then(|sequence| sequence.to_der())
        .expect("short DER")
}
