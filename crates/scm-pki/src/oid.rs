//! The supported object identifiers, and names for others.

use pkcs1::ObjectIdentifier;

/// Shorthand for a constant.
const fn oid(dotted: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(dotted)
}

// Keys (RFC 3279, RFC 5480, RFC 8410, RFC 4055).
pub(crate) const RSA: ObjectIdentifier = oid("1.2.840.113549.1.1.1");
pub(crate) const RSA_PSS: ObjectIdentifier = oid("1.2.840.113549.1.1.10");
pub(crate) const EC: ObjectIdentifier = oid("1.2.840.10045.2.1");
pub(crate) const ED25519: ObjectIdentifier = oid("1.3.101.112");

// Curves (RFC 5480).
pub(crate) const P256: ObjectIdentifier = oid("1.2.840.10045.3.1.7");
pub(crate) const P384: ObjectIdentifier = oid("1.3.132.0.34");
pub(crate) const P521: ObjectIdentifier = oid("1.3.132.0.35");

// Signatures (RFC 4055, RFC 5758).
pub(crate) const MD5_RSA: ObjectIdentifier = oid("1.2.840.113549.1.1.4");
pub(crate) const SHA1_RSA: ObjectIdentifier = oid("1.2.840.113549.1.1.5");
pub(crate) const SHA1_RSA_OIW: ObjectIdentifier = oid("1.3.14.3.2.29");
pub(crate) const SHA256_RSA: ObjectIdentifier = oid("1.2.840.113549.1.1.11");
pub(crate) const SHA384_RSA: ObjectIdentifier = oid("1.2.840.113549.1.1.12");
pub(crate) const SHA512_RSA: ObjectIdentifier = oid("1.2.840.113549.1.1.13");
pub(crate) const SHA1_ECDSA: ObjectIdentifier = oid("1.2.840.10045.4.1");
pub(crate) const SHA256_ECDSA: ObjectIdentifier = oid("1.2.840.10045.4.3.2");
pub(crate) const SHA384_ECDSA: ObjectIdentifier = oid("1.2.840.10045.4.3.3");
pub(crate) const SHA512_ECDSA: ObjectIdentifier = oid("1.2.840.10045.4.3.4");

// Hashes (RFC 4055).
pub(crate) const SHA256: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.1");
pub(crate) const SHA384: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.2");
pub(crate) const SHA512: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.3");
pub(crate) const MGF1: ObjectIdentifier = oid("1.2.840.113549.1.1.8");

/// Common names of kinds that are not supported.
const NAMES: &[(&str, &str)] = &[
    ("1.2.840.113549.1.1.2", "MD2withRSA"),
    ("1.2.840.113549.1.1.3", "MD4withRSA"),
    ("1.2.840.113549.1.1.10", "RSA-PSS"),
    ("1.2.840.113549.1.1.14", "SHA224withRSA"),
    ("1.2.840.113549.1.3.1", "Diffie-Hellman"),
    ("1.2.840.10040.4.1", "DSA"),
    ("1.2.840.10040.4.3", "SHA1withDSA"),
    ("2.16.840.1.101.3.4.3.1", "SHA224withDSA"),
    ("2.16.840.1.101.3.4.3.2", "SHA256withDSA"),
    ("1.2.840.10045.4.3.1", "SHA224withECDSA"),
    ("1.2.840.10045.3.1.1", "P-192"),
    ("1.3.132.0.10", "secp256k1"),
    ("1.3.132.0.33", "P-224"),
    ("1.3.36.3.3.2.8.1.1.3", "brainpoolP192r1"),
    ("1.3.36.3.3.2.8.1.1.5", "brainpoolP224r1"),
    ("1.3.36.3.3.2.8.1.1.7", "brainpoolP256r1"),
    ("1.3.36.3.3.2.8.1.1.8", "brainpoolP256t1"),
    ("1.3.36.3.3.2.8.1.1.9", "brainpoolP320r1"),
    ("1.3.36.3.3.2.8.1.1.11", "brainpoolP384r1"),
    ("1.3.36.3.3.2.8.1.1.12", "brainpoolP384t1"),
    ("1.3.36.3.3.2.8.1.1.13", "brainpoolP512r1"),
    ("1.3.36.3.3.2.8.1.1.14", "brainpoolP512t1"),
    ("1.2.156.10197.1.301", "SM2"),
    ("1.2.156.10197.1.501", "SM3withSM2"),
    ("1.3.101.110", "X25519"),
    ("1.3.101.111", "X448"),
    ("1.3.101.113", "Ed448"),
    ("2.16.840.1.101.3.4.3.17", "ML-DSA-44"),
    ("2.16.840.1.101.3.4.3.18", "ML-DSA-65"),
    ("2.16.840.1.101.3.4.3.19", "ML-DSA-87"),
];

/// The name of a kind that is not supported; where there is none, its dotted number.
pub(crate) fn name(oid: &ObjectIdentifier) -> String {
    let dotted = oid.to_string();
    let known = NAMES.iter().find(|(number, _)| *number == dotted);
    known.map_or(dotted, |(_, name)| (*name).to_owned())
}

/// Reads the content octets of an identifier; `None` for more than 39 octets.
pub(crate) fn read(content: &[u8]) -> Option<ObjectIdentifier> {
    ObjectIdentifier::from_bytes(content).ok()
}
