//! Why a private key is refused. Never a byte of it.

use super::KeyEncoding;

/// Why a private key is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// Not a complete key of the encoding that its label names.
    #[error("the data is not a complete {}, which its BEGIN line names", encoding.label())]
    Malformed {
        /// The encoding.
        encoding: KeyEncoding,
    },
    /// A kind of key that is not supported.
    #[error("{kind} keys are not supported")]
    Unsupported {
        /// The kind, named.
        kind: String,
    },
    /// A key restricted to RSASSA-PSS.
    #[error("the key is restricted to RSA-PSS, which is not supported")]
    RsaPss,
    /// Explicit curve parameters instead of a named curve.
    #[error("the key has explicit curve parameters instead of a named curve")]
    ExplicitCurve,
    /// An EC key that does not name its curve.
    #[error("the key does not name its curve")]
    NoCurve,
    /// RSA with more than two primes.
    #[error("RSA keys with more than two primes are not supported")]
    MultiPrime,
    /// RSA with more bits than verifiers support.
    #[error("RSA keys with more than 8192 bits are not supported; this key has {bits} bits")]
    TooLong {
        /// The length of the modulus, in bits.
        bits: u32,
    },
    /// The numbers of an RSA key contradict each other.
    #[error("the RSA key is inconsistent: {rule}")]
    Inconsistent {
        /// The rule that they break.
        rule: RsaRule,
    },
    /// The private value is out of the range of its curve.
    #[error("the private value is out of range for its curve")]
    OutOfRange,
    /// The public key stored with the private key does not belong to it.
    #[error("the public key stored with it does not belong to the private key")]
    PublicKeyDiffers,
}

/// The rules of RSA numbers (RFC 8017 3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RsaRule {
    /// The public exponent is odd, at least 3 and at most 33 bits long.
    #[error("the public exponent must be odd, at least 3 and at most 33 bits long")]
    PublicExponent,
    /// The primes are odd, at least 3, and their product is the modulus.
    #[error("the modulus must be the product of the two odd primes")]
    Modulus,
    /// The private exponent is not longer than the modulus, and leaves dP and dQ.
    #[error("the private exponent must leave the exponents of the primes")]
    PrivateExponent,
    /// dP and dQ are the inverses of the public exponent.
    #[error("the exponents of the primes must be inverses of the public exponent")]
    PrimeExponents,
    /// qInv is the inverse of q modulo p.
    #[error("the coefficient must be the inverse of the second prime")]
    Coefficient,
}
