//! RSAPrivateKey (RFC 8017 A.1.2): every number is checked against the others.
//!
//! Computes with secrets in constant time; their lengths are not secret. This is cheaper
//! than a parse by aws-lc-rs (148 µs for 2048 bits), which computes the public operation too, and
//! more than ring checks (d and e against dP and dQ). That p and q are prime is not tested.

mod divides;

use crypto_bigint::{BoxedUint, Choice, ConcatenatingMul, CtEq, CtLt, Integer};
use pkcs1::{
    RsaPrivateKeyRef, UintRef,
    der::{Decode, Encode},
};
use zeroize::Zeroizing;

use self::divides::divides;
use super::{KeyEncoding, KeyError, PublicHalf, RsaRule, spki::public_half};
use crate::{
    KeyAlgorithm,
    public_key::{RSA_BITS_MAX, bit_len},
};

/// A number that is wiped when dropped.
type Secret = Zeroizing<BoxedUint>;

/// Longest public exponent that verifiers take, in bits.
const EXPONENT_BITS_MAX: u32 = 33;

/// Checks a key and gives its public half.
pub(super) fn check(der: &[u8]) -> Result<PublicHalf, KeyError> {
    const MALFORMED: KeyError = KeyError::Malformed { encoding: KeyEncoding::Pkcs1 };
    let key = RsaPrivateKeyRef::from_der(der).map_err(|_| MALFORMED)?;
    if key.other_prime_infos.is_some() {
        return Err(KeyError::MultiPrime);
    }
    let bits = bit_len(key.modulus.as_bytes());
    if bits > RSA_BITS_MAX {
        return Err(KeyError::TooLong { bits });
    }
    check_numbers(&key).map_err(|rule| KeyError::Inconsistent { rule })?;
    let public = key.public_key().to_der().map_err(|_| MALFORMED)?;
    Ok(public_half(KeyAlgorithm::Rsa { bits }, &public))
}

/// The rules, cheapest first. Lengths are bounded by the modulus before anything is multiplied.
fn check_numbers(key: &RsaPrivateKeyRef<'_>) -> Result<(), RsaRule> {
    let e = public_exponent(key.public_exponent).ok_or(RsaRule::PublicExponent)?;
    let (p, q) = primes(key).ok_or(RsaRule::Modulus)?;
    let d = number(key.private_exponent, key.modulus).ok_or(RsaRule::PrivateExponent)?;
    check_exponent(&d, &e, &p, number(key.exponent1, key.prime1))?;
    check_exponent(&d, &e, &q, number(key.exponent2, key.prime2))?;
    check_coefficient(p, &q, number(key.coefficient, key.prime1))
}

/// d leaves the exponent of the prime modulo prime - 1, and e is its inverse there.
fn check_exponent(
    d: &BoxedUint,
    e: &BoxedUint,
    prime: &Secret,
    exponent: Option<Secret>,
) -> Result<(), RsaRule> {
    let exponent = exponent.ok_or(RsaRule::PrivateExponent)?;
    let mut order = Secret::new(prime.wrapping_sub(BoxedUint::one()));
    let reduced = exponent.ct_lt(&order);
    let left = congruent(d, &exponent, &mut order.clone());
    holds(reduced & left, RsaRule::PrivateExponent)?;
    let product = Secret::new(exponent.concatenating_mul(e));
    holds(congruent(&product, &BoxedUint::one(), &mut order), RsaRule::PrimeExponents)
}

/// The coefficient is the inverse of q modulo p, reduced.
fn check_coefficient(
    mut p: Secret,
    q: &Secret,
    coefficient: Option<Secret>,
) -> Result<(), RsaRule> {
    let coefficient = coefficient.ok_or(RsaRule::Coefficient)?;
    let reduced = coefficient.ct_lt(&p);
    let product = Secret::new(coefficient.concatenating_mul(&**q));
    holds(reduced & congruent(&product, &BoxedUint::one(), &mut p), RsaRule::Coefficient)
}

/// Whether `more`, which is no less than `less`, is congruent to it modulo `modulus`, which is
/// consumed.
fn congruent(more: &BoxedUint, less: &BoxedUint, modulus: &mut BoxedUint) -> Choice {
    let (difference, below) = more.underflowing_sub(less);
    divides(modulus, &mut Secret::new(difference)) & !below
}

fn holds(choice: Choice, rule: RsaRule) -> Result<(), RsaRule> {
    if choice.to_bool() { Ok(()) } else { Err(rule) }
}

/// e, if it is odd, at least 3 and short.
fn public_exponent(e: UintRef<'_>) -> Option<BoxedUint> {
    let bytes = e.as_bytes();
    let odd = bytes.last().is_some_and(|last| last & 1 == 1);
    let fits = (2..=EXPONENT_BITS_MAX).contains(&bit_len(bytes));
    (odd && fits).then(|| BoxedUint::from_be_slice_vartime(bytes))
}

/// p and q, if they are odd, at least 3, and their product is n.
fn primes(key: &RsaPrivateKeyRef<'_>) -> Option<(Secret, Secret)> {
    let n = number(key.modulus, key.modulus)?;
    let p = number(key.prime1, key.prime1).filter(is_odd_and_more)?;
    let q = number(key.prime2, key.prime2).filter(is_odd_and_more)?;
    let (p_len, q_len) = (key.prime1.as_bytes().len(), key.prime2.as_bytes().len());
    if p_len + q_len > key.modulus.as_bytes().len() + 1 {
        return None;
    }
    let product = Secret::new(p.concatenating_mul(&*q));
    product.ct_eq(&*n).to_bool().then_some((p, q))
}

fn is_odd_and_more(prime: &Secret) -> bool {
    (prime.is_odd() & !prime.is_one()).to_bool()
}

/// A number no longer than `limit`, at the precision of `limit`.
fn number(value: UintRef<'_>, limit: UintRef<'_>) -> Option<Secret> {
    let bits = u32::try_from(limit.as_bytes().len() * 8).ok()?;
    BoxedUint::from_be_slice(value.as_bytes(), bits).ok().map(Secret::new)
}
