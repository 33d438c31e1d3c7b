//! Keys on curves: derives the public key from the private value, by aws-lc-rs.

use aws_lc_rs::{
    agreement::{self, ECDH_P256, ECDH_P384, ECDH_P521},
    signature::{
        ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING,
        ECDSA_P521_SHA512_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair,
    },
};
use zeroize::Zeroizing;

use super::{KeyError, PublicHalf, spki::public_half};
use crate::{KeyAlgorithm, public_key::same_bits};

/// The public half of a private value on a NIST curve, compared with the `embedded` one, if any.
/// `structure` is the ECPrivateKey around it.
pub(super) fn check(
    curve: KeyAlgorithm,
    structure: &[u8],
    private: &[u8],
    embedded: Option<&[u8]>,
) -> Result<PublicHalf, KeyError> {
    if let Some(embedded) = embedded.filter(|point| confirmed(curve, structure, point)) {
        return Ok(public_half(curve, embedded));
    }
    let public = point(curve, private)?;
    if embedded.is_some_and(|embedded| !same_bits(embedded, &public)) {
        return Err(KeyError::PublicKeyDiffers);
    }
    Ok(public_half(curve, &public))
}

/// The public half of an Ed25519 seed.
pub(super) fn ed25519(seed: &[u8]) -> Result<PublicHalf, KeyError> {
    let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| KeyError::OutOfRange)?;
    Ok(public_half(KeyAlgorithm::Ed25519, pair.public_key().as_ref()))
}

/// Whether aws-lc confirms a public key inside, which it does with one multiplication: deriving
/// it takes two. Why it does not is left to the slow way.
fn confirmed(curve: KeyAlgorithm, structure: &[u8], embedded: &[u8]) -> bool {
    let algorithm = match curve {
        KeyAlgorithm::P384 => &ECDSA_P384_SHA384_ASN1_SIGNING,
        KeyAlgorithm::P521 => &ECDSA_P521_SHA512_ASN1_SIGNING,
        _ => &ECDSA_P256_SHA256_ASN1_SIGNING,
    };
    EcdsaKeyPair::from_private_key_der(algorithm, structure)
        .is_ok_and(|pair| pair.public_key().as_ref() == embedded)
}

/// The uncompressed point of a private value.
fn point(curve: KeyAlgorithm, private: &[u8]) -> Result<Vec<u8>, KeyError> {
    let algorithm = match curve {
        KeyAlgorithm::P384 => &ECDH_P384,
        KeyAlgorithm::P521 => &ECDH_P521,
        _ => &ECDH_P256,
    };
    let length = curve.scalar_len().expect("curves have scalars");
    let private = padded(private, length).ok_or(KeyError::OutOfRange)?;
    let key = agreement::PrivateKey::from_private_key(algorithm, &private)
        .map_err(|_| KeyError::OutOfRange)?;
    let public = key.compute_public_key().map_err(|_| KeyError::OutOfRange)?;
    Ok(public.as_ref().to_vec())
}

/// The value at its full length: some writers drop leading zeros, against RFC 5915.
fn padded(private: &[u8], length: usize) -> Option<Zeroizing<Vec<u8>>> {
    let missing = length.checked_sub(private.len())?;
    let mut full = Zeroizing::new(vec![0; length]);
    full[missing..].copy_from_slice(private);
    Some(full)
}
