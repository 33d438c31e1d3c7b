//! Keys on curves: derives the public key from the private value, by aws-lc-rs.

use aws_lc_rs::{
    agreement::{self, ECDH_P256, ECDH_P384, ECDH_P521},
    signature::{Ed25519KeyPair, KeyPair},
};
use zeroize::Zeroizing;

use super::{KeyError, PublicHalf, spki::public_half};
use crate::{KeyAlgorithm, public_key::same_bits};

/// The public half of a private value on a curve, compared with the `embedded` one, if any.
pub(super) fn check(
    curve: KeyAlgorithm,
    private: &[u8],
    embedded: Option<&[u8]>,
) -> Result<PublicHalf, KeyError> {
    let public = match curve {
        KeyAlgorithm::Ed25519 => ed25519(private)?,
        _ => point(curve, private)?,
    };
    if embedded.is_some_and(|embedded| !same_bits(embedded, &public)) {
        return Err(KeyError::PublicKeyDiffers);
    }
    Ok(public_half(curve, &public))
}

fn ed25519(seed: &[u8]) -> Result<Vec<u8>, KeyError> {
    let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| KeyError::OutOfRange)?;
    Ok(pair.public_key().as_ref().to_vec())
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
