//! Writes SubjectPublicKeyInfo (RFC 5280 4.1.2.7).

use super::PublicHalf;
use crate::KeyAlgorithm;

// The AlgorithmIdentifier of each kind, as DER.
const RSA: &[u8] = b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00";
const P256: &[u8] =
    b"\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07";
const P384: &[u8] = b"\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x22";
const P521: &[u8] = b"\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x23";
const ED25519: &[u8] = b"\x30\x05\x06\x03\x2b\x65\x70";

const SEQUENCE: u8 = 0x30;
const BIT_STRING: u8 = 0x03;

/// The public half with these bits.
pub(super) fn public_half(algorithm: KeyAlgorithm, bits: &[u8]) -> PublicHalf {
    let identifier = match algorithm {
        KeyAlgorithm::Rsa { .. } => RSA,
        KeyAlgorithm::P256 => P256,
        KeyAlgorithm::P384 => P384,
        KeyAlgorithm::P521 => P521,
        KeyAlgorithm::Ed25519 => ED25519,
    };
    let mut info = Vec::with_capacity(identifier.len() + bits.len() + 12);
    let bit_string = 1 + bits.len();
    header(&mut info, SEQUENCE, identifier.len() + header_len(bit_string) + bit_string);
    info.extend_from_slice(identifier);
    header(&mut info, BIT_STRING, bit_string);
    info.push(0);
    let start = info.len();
    info.extend_from_slice(bits);
    PublicHalf { algorithm, info, bits: start }
}

/// Appends a tag and a length in DER.
fn header(out: &mut Vec<u8>, tag: u8, length: usize) {
    out.push(tag);
    let bytes = length.to_be_bytes();
    let digits = &bytes[length.leading_zeros() as usize / 8..];
    match digits {
        [] => out.push(0),
        [short @ ..0x80] => out.push(*short),
        _ => {
            out.push(0x80 | u8::try_from(digits.len()).expect("a length has at most 8 bytes"));
            out.extend_from_slice(digits);
        }
    }
}

/// How long tag and length are.
fn header_len(length: usize) -> usize {
    let mut out = Vec::with_capacity(10);
    header(&mut out, SEQUENCE, length);
    out.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_der() {
        for (length, expected) in [
            (0, &b"\x30\x00"[..]),
            (127, b"\x30\x7f"),
            (128, b"\x30\x81\x80"),
            (256, b"\x30\x82\x01\x00"),
        ] {
            let mut out = Vec::new();
            header(&mut out, SEQUENCE, length);
            assert_eq!(out, expected);
        }
    }
}
