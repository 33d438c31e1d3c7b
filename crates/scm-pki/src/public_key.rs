//! Reads a SubjectPublicKeyInfo: the kind of the key, and its bits.

use std::fmt;

use pkcs1::{
    ObjectIdentifier, RsaPublicKeyRef,
    der::{Decode, Tag, Tagged, asn1::AnyRef},
};

use crate::oid;

/// The largest RSA modulus whose signatures can be checked, in bits.
pub(crate) const RSA_BITS_MAX: u32 = 8192;

/// A supported kind of key. Shown as `RSA-2048`, `P-256`, `P-384`, `P-521`, `Ed25519`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyAlgorithm {
    /// RSA (RFC 8017).
    Rsa {
        /// The length of the modulus.
        bits: u32,
    },
    /// NIST P-256, also secp256r1 and prime256v1.
    P256,
    /// NIST P-384, also secp384r1.
    P384,
    /// NIST P-521, also secp521r1.
    P521,
    /// Ed25519 (RFC 8032).
    Ed25519,
}

impl KeyAlgorithm {
    /// Whether the key is too short: RSA with less than 2048 bits.
    pub fn is_weak(self) -> bool {
        matches!(self, Self::Rsa { bits } if bits < 2048)
    }

    /// The curve of an identifier, if it is a supported one.
    pub(crate) fn of_curve(curve: &ObjectIdentifier) -> Option<Self> {
        match *curve {
            oid::P256 => Some(Self::P256),
            oid::P384 => Some(Self::P384),
            oid::P521 => Some(Self::P521),
            _ => None,
        }
    }

    /// Length of a coordinate, of a private value and of a seed, in bytes; none for RSA.
    pub(crate) fn scalar_len(self) -> Option<usize> {
        match self {
            Self::Rsa { .. } => None,
            Self::P256 | Self::Ed25519 => Some(32),
            Self::P384 => Some(48),
            Self::P521 => Some(66),
        }
    }
}

impl fmt::Display for KeyAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rsa { bits } => write!(f, "RSA-{bits}"),
            Self::P256 => f.write_str("P-256"),
            Self::P384 => f.write_str("P-384"),
            Self::P521 => f.write_str("P-521"),
            Self::Ed25519 => f.write_str("Ed25519"),
        }
    }
}

/// A kind of key as found: supported, or named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum KeyKind {
    Supported(KeyAlgorithm),
    Unsupported(String),
}

/// Why a public key does not parse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MalformedKey;

/// Reads the kind of a key from its algorithm identifier and the bits of its subjectPublicKey.
pub(crate) fn kind(
    algorithm: &[u8],
    parameters: Option<AnyRef<'_>>,
    bits: &[u8],
) -> Result<KeyKind, MalformedKey> {
    let algorithm = oid::read(algorithm).ok_or(MalformedKey)?;
    match algorithm {
        oid::RSA if parameters.is_some_and(is_null) => rsa(bits),
        oid::RSA => Err(MalformedKey),
        oid::EC => ec(parameters, bits),
        oid::ED25519 if bits.len() == 32 && parameters.is_none() => {
            Ok(KeyKind::Supported(KeyAlgorithm::Ed25519))
        }
        oid::ED25519 => Err(MalformedKey),
        _ => Ok(KeyKind::Unsupported(oid::name(&algorithm))),
    }
}

/// Whether parameters are NULL, as those of RSA are (RFC 3279 2.3.1).
pub(crate) fn is_null(parameters: AnyRef<'_>) -> bool {
    parameters.tag() == Tag::Null && parameters.value().is_empty()
}

fn rsa(bits: &[u8]) -> Result<KeyKind, MalformedKey> {
    let key = RsaPublicKeyRef::from_der(bits).map_err(|_| MalformedKey)?;
    let bits = bit_len(key.modulus.as_bytes());
    Ok(match bits {
        ..=RSA_BITS_MAX => KeyKind::Supported(KeyAlgorithm::Rsa { bits }),
        _ => KeyKind::Unsupported(format!("RSA-{bits}")),
    })
}

fn ec(parameters: Option<AnyRef<'_>>, bits: &[u8]) -> Result<KeyKind, MalformedKey> {
    let parameters = parameters.ok_or(MalformedKey)?;
    if parameters.tag() == Tag::Sequence {
        return Ok(KeyKind::Unsupported(EXPLICIT_CURVE.to_owned()));
    }
    let curve = parameters.decode_as::<ObjectIdentifier>().map_err(|_| MalformedKey)?;
    let Some(algorithm) = KeyAlgorithm::of_curve(&curve) else {
        return Ok(KeyKind::Unsupported(oid::name(&curve)));
    };
    let coordinate = algorithm.scalar_len().expect("curves have coordinates");
    match bits.first() {
        Some(4) if bits.len() == 1 + 2 * coordinate => Ok(KeyKind::Supported(algorithm)),
        Some(2 | 3) if bits.len() == 1 + coordinate => Ok(KeyKind::Supported(algorithm)),
        _ => Err(MalformedKey),
    }
}

/// What an elliptic curve with explicit parameters is called.
pub(crate) const EXPLICIT_CURVE: &str = "EC with explicit curve parameters";

/// The length of a big-endian number without leading zeros, in bits.
pub(crate) fn bit_len(number: &[u8]) -> u32 {
    let Some((first, rest)) = number.split_first() else { return 0 };
    let rest = u32::try_from(rest.len()).unwrap_or(u32::MAX / 8 - 1);
    rest * 8 + (8 - first.leading_zeros())
}

/// Whether two subjectPublicKey bit strings are the same point or number; one of the two EC
/// points may be compressed (RFC 5480 2.2).
pub(crate) fn same_bits(left: &[u8], right: &[u8]) -> bool {
    left == right || compresses(left, right) || compresses(right, left)
}

/// Whether `short` is the compressed form of the uncompressed point `long`.
fn compresses(short: &[u8], long: &[u8]) -> bool {
    let ([sign @ (2 | 3), x @ ..], [4, xy @ .., last]) = (short, long) else { return false };
    xy.len() + 1 == 2 * x.len() && xy.starts_with(x) && last & 1 == sign & 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_compressed_point_is_the_same_point() {
        let long = [4, 1, 2, 3, 5];
        assert!(same_bits(&[3, 1, 2], &long));
        assert!(same_bits(&long, &[3, 1, 2]));
        assert!(!same_bits(&[2, 1, 2], &long));
        assert!(!same_bits(&[3, 1, 3], &long));
        assert!(!same_bits(&[], &long));
    }

    #[test]
    fn bits_are_counted_from_the_highest_one() {
        assert_eq!(bit_len(&[]), 0);
        assert_eq!(bit_len(&[1]), 1);
        assert_eq!(bit_len(&[0x80, 0]), 16);
    }
}
