//! Signature algorithms of certificates: their names, and whether a signature verifies.

use std::{fmt, sync::OnceLock};

use aws_lc_rs::signature::{self as lc, ParsedPublicKey, UnparsedPublicKey, VerificationAlgorithm};
use pkcs1::{RsaPssParamsOwned, der::asn1::AnyRef};

use crate::{KeyAlgorithm, oid};

/// How a certificate was signed. Shown by its name in the Java Cryptography Architecture:
/// `SHA256withRSA`, `SHA384withECDSA`, `Ed25519`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignatureAlgorithm {
    /// MD5 with RSA: broken.
    Md5Rsa,
    /// SHA-1 with RSA: broken.
    Sha1Rsa,
    /// SHA-1 with ECDSA: broken.
    Sha1Ecdsa,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Sha256Rsa,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    Sha384Rsa,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    Sha512Rsa,
    /// RSASSA-PSS with SHA-256, a mask of the same hash and a salt as long as it.
    Sha256RsaPss,
    /// RSASSA-PSS with SHA-384, likewise.
    Sha384RsaPss,
    /// RSASSA-PSS with SHA-512, likewise.
    Sha512RsaPss,
    /// ECDSA with SHA-256.
    Sha256Ecdsa,
    /// ECDSA with SHA-384.
    Sha384Ecdsa,
    /// ECDSA with SHA-512.
    Sha512Ecdsa,
    /// Ed25519.
    Ed25519,
    /// An unsupported algorithm, by name or dotted number.
    Other(String),
}

impl SignatureAlgorithm {
    /// Reads an AlgorithmIdentifier: its OID's content and its parameters.
    pub(crate) fn read(algorithm: &[u8], parameters: Option<AnyRef<'_>>) -> Self {
        let Some(algorithm) = oid::read(algorithm) else {
            return Self::Other("an unknown algorithm".to_owned());
        };
        match algorithm {
            oid::MD5_RSA => Self::Md5Rsa,
            oid::SHA1_RSA | oid::SHA1_RSA_OIW => Self::Sha1Rsa,
            oid::SHA256_RSA => Self::Sha256Rsa,
            oid::SHA384_RSA => Self::Sha384Rsa,
            oid::SHA512_RSA => Self::Sha512Rsa,
            oid::RSA_PSS => pss(parameters),
            oid::SHA1_ECDSA => Self::Sha1Ecdsa,
            oid::SHA256_ECDSA => Self::Sha256Ecdsa,
            oid::SHA384_ECDSA => Self::Sha384Ecdsa,
            oid::SHA512_ECDSA => Self::Sha512Ecdsa,
            oid::ED25519 => Self::Ed25519,
            other => Self::Other(oid::name(&other)),
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Md5Rsa => "MD5withRSA",
            Self::Sha1Rsa => "SHA1withRSA",
            Self::Sha1Ecdsa => "SHA1withECDSA",
            Self::Sha256Rsa => "SHA256withRSA",
            Self::Sha384Rsa => "SHA384withRSA",
            Self::Sha512Rsa => "SHA512withRSA",
            Self::Sha256RsaPss => "SHA256withRSAandMGF1",
            Self::Sha384RsaPss => "SHA384withRSAandMGF1",
            Self::Sha512RsaPss => "SHA512withRSAandMGF1",
            Self::Sha256Ecdsa => "SHA256withECDSA",
            Self::Sha384Ecdsa => "SHA384withECDSA",
            Self::Sha512Ecdsa => "SHA512withECDSA",
            Self::Ed25519 => "Ed25519",
            Self::Other(name) => name,
        }
    }

    /// Whether its hash is broken: MD5 or SHA-1.
    pub fn is_weak(&self) -> bool {
        matches!(self, Self::Md5Rsa | Self::Sha1Rsa | Self::Sha1Ecdsa)
    }

    /// Whether signatures of this kind can be verified.
    pub fn is_supported(&self) -> bool {
        !matches!(self, Self::Other(_))
    }
}

impl fmt::Display for SignatureAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The outcome of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The signature verifies with the key.
    Good,
    /// It does not.
    Bad,
    /// Not checked: the algorithm or the key is weak or unsupported, which is reported separately.
    Unchecked,
}

/// The key of an issuer, ready to check signatures.
pub(crate) struct IssuerKey<'a> {
    pub(crate) kind: KeyAlgorithm,
    /// The content of subjectPublicKey.
    pub(crate) bits: &'a [u8],
    pub(crate) parsed: &'a OnceLock<ParsedFor>,
}

/// A key that was parsed for signatures of one algorithm; none if it does not parse.
pub(crate) struct ParsedFor(SignatureAlgorithm, Option<ParsedPublicKey>);

impl IssuerKey<'_> {
    /// Whether the signature verifies with this key. An issuer mostly signs with one algorithm: for
    /// the first one the key is parsed once.
    fn verify(
        &self,
        algorithm: &SignatureAlgorithm,
        check: &'static dyn VerificationAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> bool {
        let parse = || ParsedFor(algorithm.clone(), ParsedPublicKey::new(check, self.bits).ok());
        let verified = match self.parsed.get_or_init(parse) {
            ParsedFor(parsed, Some(key)) if parsed == algorithm => {
                key.verify_sig(message, signature)
            }
            _ => UnparsedPublicKey::new(check, self.bits).verify(message, signature),
        };
        verified.is_ok()
    }
}

/// Checks a signature over `message`.
pub(crate) fn verify(
    algorithm: &SignatureAlgorithm,
    issuer: &IssuerKey<'_>,
    message: &[u8],
    signature: &[u8],
) -> Verdict {
    let key = issuer.kind;
    let fitting = match key {
        KeyAlgorithm::Rsa { bits } => of_rsa(algorithm, bits),
        KeyAlgorithm::P256 => of_p256(algorithm),
        KeyAlgorithm::P384 => of_p384(algorithm),
        KeyAlgorithm::P521 => of_p521(algorithm),
        KeyAlgorithm::Ed25519 if *algorithm == SignatureAlgorithm::Ed25519 => {
            Some(&lc::ED25519 as _)
        }
        KeyAlgorithm::Ed25519 => None,
    };
    match fitting {
        Some(check) if issuer.verify(algorithm, check, message, signature) => Verdict::Good,
        None if algorithm.is_weak() || !algorithm.is_supported() || key.is_weak() => {
            Verdict::Unchecked
        }
        _ => Verdict::Bad,
    }
}

type Check = Option<&'static dyn VerificationAlgorithm>;

fn of_rsa(algorithm: &SignatureAlgorithm, bits: u32) -> Check {
    Some(match (algorithm, bits) {
        (_, ..1024) => return None,
        (SignatureAlgorithm::Sha1Rsa, _) => &lc::RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY,
        (SignatureAlgorithm::Sha256Rsa, ..2048) => {
            &lc::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY
        }
        (SignatureAlgorithm::Sha512Rsa, ..2048) => {
            &lc::RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY
        }
        (_, ..2048) => return None,
        (SignatureAlgorithm::Sha256Rsa, _) => &lc::RSA_PKCS1_2048_8192_SHA256,
        (SignatureAlgorithm::Sha384Rsa, _) => &lc::RSA_PKCS1_2048_8192_SHA384,
        (SignatureAlgorithm::Sha512Rsa, _) => &lc::RSA_PKCS1_2048_8192_SHA512,
        (SignatureAlgorithm::Sha256RsaPss, _) => &lc::RSA_PSS_2048_8192_SHA256,
        (SignatureAlgorithm::Sha384RsaPss, _) => &lc::RSA_PSS_2048_8192_SHA384,
        (SignatureAlgorithm::Sha512RsaPss, _) => &lc::RSA_PSS_2048_8192_SHA512,
        _ => return None,
    })
}

fn of_p256(algorithm: &SignatureAlgorithm) -> Check {
    Some(match algorithm {
        SignatureAlgorithm::Sha1Ecdsa => &lc::ECDSA_P256_SHA1_ASN1,
        SignatureAlgorithm::Sha256Ecdsa => &lc::ECDSA_P256_SHA256_ASN1,
        SignatureAlgorithm::Sha384Ecdsa => &lc::ECDSA_P256_SHA384_ASN1,
        SignatureAlgorithm::Sha512Ecdsa => &lc::ECDSA_P256_SHA512_ASN1,
        _ => return None,
    })
}

fn of_p384(algorithm: &SignatureAlgorithm) -> Check {
    Some(match algorithm {
        SignatureAlgorithm::Sha256Ecdsa => &lc::ECDSA_P384_SHA256_ASN1,
        SignatureAlgorithm::Sha384Ecdsa => &lc::ECDSA_P384_SHA384_ASN1,
        SignatureAlgorithm::Sha512Ecdsa => &lc::ECDSA_P384_SHA512_ASN1,
        _ => return None,
    })
}

fn of_p521(algorithm: &SignatureAlgorithm) -> Check {
    Some(match algorithm {
        SignatureAlgorithm::Sha1Ecdsa => &lc::ECDSA_P521_SHA1_ASN1,
        SignatureAlgorithm::Sha256Ecdsa => &lc::ECDSA_P521_SHA256_ASN1,
        SignatureAlgorithm::Sha384Ecdsa => &lc::ECDSA_P521_SHA384_ASN1,
        SignatureAlgorithm::Sha512Ecdsa => &lc::ECDSA_P521_SHA512_ASN1,
        _ => return None,
    })
}

/// RSASSA-PSS-params (RFC 4055 3.1), as far as they can be verified.
fn pss(parameters: Option<AnyRef<'_>>) -> SignatureAlgorithm {
    let unusual = || SignatureAlgorithm::Other("RSASSA-PSS with unusual parameters".to_owned());
    let Some(Ok(params)) = parameters.map(|p| p.decode_as::<RsaPssParamsOwned>()) else {
        return unusual();
    };
    let hash = params.hash.oid;
    let mask = (params.mask_gen.oid, params.mask_gen.parameters.map(|hash| hash.oid));
    if mask != (oid::MGF1, Some(hash)) {
        return unusual();
    }
    match (hash, params.salt_len) {
        (oid::SHA256, 32) => SignatureAlgorithm::Sha256RsaPss,
        (oid::SHA384, 48) => SignatureAlgorithm::Sha384RsaPss,
        (oid::SHA512, 64) => SignatureAlgorithm::Sha512RsaPss,
        _ => unusual(),
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::{
        rand::SystemRandom,
        signature::{KeyPair, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RsaEncoding, RsaKeyPair},
    };

    use super::*;

    #[test]
    fn a_key_that_was_parsed_for_one_algorithm_checks_all() {
        let pair = rcgen::KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).expect("RSA");
        let pair = RsaKeyPair::from_pkcs8(&pair.serialize_der()).expect("its own form");
        let sign = |encoding: &'static dyn RsaEncoding| {
            let mut signature = vec![0; pair.public_modulus_len()];
            pair.sign(encoding, &SystemRandom::new(), b"message", &mut signature).expect("signs");
            signature
        };
        let parsed = OnceLock::new();
        let kind = KeyAlgorithm::Rsa { bits: 2048 };
        let key = IssuerKey { kind, bits: pair.public_key().as_ref(), parsed: &parsed };
        let (shorter, longer) = (SignatureAlgorithm::Sha256Rsa, SignatureAlgorithm::Sha384Rsa);
        for _ in 0..2 {
            for (algorithm, right, wrong) in [
                (&shorter, sign(&RSA_PKCS1_SHA256), sign(&RSA_PKCS1_SHA384)),
                (&longer, sign(&RSA_PKCS1_SHA384), sign(&RSA_PKCS1_SHA256)),
            ] {
                assert_eq!(verify(algorithm, &key, b"message", &right), Verdict::Good);
                assert_eq!(verify(algorithm, &key, b"message!", &right), Verdict::Bad);
                assert_eq!(verify(algorithm, &key, b"message", &wrong), Verdict::Bad);
            }
        }
        assert!(parsed.get().is_some_and(|parsed| parsed.0 == shorter));
    }
}
