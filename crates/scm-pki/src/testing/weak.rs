//! RSA with 1024 bits and signatures with SHA-1, which no current library makes.

use std::sync::OnceLock;

use aws_lc_rs::{
    digest::{SHA1_FOR_LEGACY_USE_ONLY, digest},
    rand,
};
use crypto_bigint::{
    BoxedUint, ConcatenatingMul, NonZero, Odd, Resize,
    modular::{BoxedMontyForm, BoxedMontyParams},
};
use pkcs1::{
    RsaPrivateKeyRef, RsaPublicKeyRef, UintRef,
    der::{Decode, Encode},
};
use rcgen::{KeyPair, PublicKeyData, SignatureAlgorithm};

use super::keys::private_part;
use crate::pem;

/// An RSA key of 1024 bits.
pub(super) struct WeakKey {
    public: Vec<u8>,
    private: Vec<u8>,
}

impl WeakKey {
    /// The private key as PEM, in PKCS#1.
    pub(super) fn pem(&self) -> String {
        pem::encode("RSA PRIVATE KEY", &self.private)
    }
}

impl PublicKeyData for WeakKey {
    fn der_bytes(&self) -> &[u8] {
        &self.public
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &rcgen::PKCS_RSA_SHA256
    }
}

/// The weak key of the process.
pub(super) fn key() -> &'static WeakKey {
    static KEY: OnceLock<WeakKey> = OnceLock::new();
    KEY.get_or_init(|| WeakKey::of(prime(), prime()).expect("primes fit the exponent"))
}

const EXPONENT: u32 = 65537;

/// The length of a prime, in bits.
const PRIME_BITS: u32 = 512;

impl WeakKey {
    /// The key of two primes; `None` if the public exponent divides one of them less one.
    fn of(p: BoxedUint, q: BoxedUint) -> Option<Self> {
        let (order_p, order_q) = (less_one(&p), less_one(&q));
        let e = BoxedUint::from(EXPONENT);
        let n = p.concatenating_mul(&q);
        let order = nonzero(order_p.concatenating_mul(&order_q))?;
        let d = e.clone().resize(order.bits_precision()).invert_mod(&order).into_option()?;
        let d_p = d.rem(&nonzero(order_p)?);
        let d_q = d.rem(&nonzero(order_q)?);
        let q_inv = q.invert_mod(&nonzero(p.clone())?).into_option()?;
        let numbers = [&n, &e, &d, &p, &q, &d_p, &d_q, &q_inv].map(BoxedUint::to_be_bytes);
        Self::encode(&numbers)
    }

    fn encode(numbers: &[Box<[u8]>; 8]) -> Option<Self> {
        let at = |index: usize| UintRef::new(&numbers[index]).ok();
        let public = RsaPublicKeyRef { modulus: at(0)?, public_exponent: at(1)? };
        let private = RsaPrivateKeyRef {
            modulus: at(0)?,
            public_exponent: at(1)?,
            private_exponent: at(2)?,
            prime1: at(3)?,
            prime2: at(4)?,
            exponent1: at(5)?,
            exponent2: at(6)?,
            coefficient: at(7)?,
            other_prime_infos: None,
        };
        Some(Self { public: public.to_der().ok()?, private: private.to_der().ok()? })
    }
}

fn nonzero(number: BoxedUint) -> Option<NonZero<BoxedUint>> {
    NonZero::new(number).into_option()
}

fn less_one(number: &BoxedUint) -> BoxedUint {
    number.wrapping_sub(BoxedUint::one())
}

/// A random prime with its two highest bits set, so that products have full length.
fn prime() -> BoxedUint {
    let mut bytes = [0; PRIME_BITS as usize / 8];
    loop {
        rand::fill(&mut bytes).expect("the system has randomness");
        bytes[0] |= 0xc0;
        bytes[bytes.len() - 1] |= 1;
        let number = BoxedUint::from_be_slice(&bytes, PRIME_BITS).expect("it has this length");
        if is_prime(&number) {
            return number;
        }
    }
}

/// Fermat's test, which random numbers of this size do not cheat.
fn is_prime(number: &BoxedUint) -> bool {
    let base = BoxedUint::from(2u32).resize(PRIME_BITS);
    power(&base, &less_one(number), number).is_one().to_bool()
}

fn power(base: &BoxedUint, exponent: &BoxedUint, odd_modulus: &BoxedUint) -> BoxedUint {
    let modulus = Odd::new(odd_modulus.clone()).into_option().expect("the modulus is odd");
    let params = BoxedMontyParams::new_vartime(modulus);
    BoxedMontyForm::new(base.clone(), &params).pow(exponent).retrieve()
}

/// The last octets of the object identifiers sha256WithRSAEncryption and sha1WithRSAEncryption
/// differ, and only they.
const RSA_OID: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01";
const SHA256: u8 = 11;
const SHA1: u8 = 5;

/// DigestInfo of SHA-1, before the digest (RFC 8017 9.2).
const SHA1_INFO: &[u8] = b"\x30\x21\x30\x09\x06\x05\x2b\x0e\x03\x02\x1a\x05\x00\x04\x14";

/// Replaces an RSA signature with SHA-256 by a true one with SHA-1.
pub(super) fn sign_again(mut certificate: Vec<u8>, issuer: &KeyPair) -> Vec<u8> {
    let length = RSA_OID.len() + 1;
    for start in 0..certificate.len() - length {
        let found = &mut certificate[start..start + length];
        if found.starts_with(RSA_OID) && found[length - 1] == SHA256 {
            found[length - 1] = SHA1;
        }
    }
    let parsed = crate::Certificate::from_der(certificate.clone()).expect("still a certificate");
    let signature = sign_sha1(parsed.signed(), issuer);
    let start = certificate.len() - signature.len();
    certificate[start..].copy_from_slice(&signature);
    certificate
}

/// RSASSA-PKCS1-v1_5 with SHA-1 (RFC 8017 8.2.1).
fn sign_sha1(message: &[u8], key: &KeyPair) -> Box<[u8]> {
    let key = RsaPrivateKeyRef::from_der(private_part(key.serialized_der())).expect("RSA");
    let n = BoxedUint::from_be_slice_vartime(key.modulus.as_bytes());
    let d = BoxedUint::from_be_slice_vartime(key.private_exponent.as_bytes());
    let digest = digest(&SHA1_FOR_LEGACY_USE_ONLY, message);
    let tail = [&[0], SHA1_INFO, digest.as_ref()].concat();
    let mut encoded = vec![0xff; key.modulus.as_bytes().len()];
    encoded[..2].copy_from_slice(&[0, 1]);
    let start = encoded.len() - tail.len();
    encoded[start..].copy_from_slice(&tail);
    power(&BoxedUint::from_be_slice_vartime(&encoded), &d, &n).to_be_bytes()
}
