//! A private key: parsed, checked for consistency, and never shown.
//!
//! Which kinds there are, and that the parts of a key agree, is checked here. The
//! [`Verifier`](crate::Verifier) checks whether it belongs to a certificate.

mod ec;
mod encoding;
mod error;
mod pkcs8;
mod rsa;
mod sec1;
mod spki;

use std::fmt;

use zeroize::Zeroizing;

use crate::{KeyAlgorithm, pem};

pub use encoding::{KeyEncoding, UnknownEncoding};
pub use error::{KeyError, RsaRule};

/// A private key whose parts agree. It cannot be copied or shown, and is wiped when dropped.
pub struct PrivateKey {
    encoding: KeyEncoding,
    der: Zeroizing<Vec<u8>>,
    public: PublicHalf,
}

/// The public key of a private one.
struct PublicHalf {
    algorithm: KeyAlgorithm,
    info: Vec<u8>,
    /// Where the content of subjectPublicKey starts in `info`.
    bits: usize,
}

impl PrivateKey {
    /// Reads a key and checks it in full: for RSA all parts against each other, for the others the
    /// public key against the private one, where it is given.
    ///
    /// # Errors
    /// It does not parse, its parts disagree, or it is of a kind that is not supported.
    pub fn from_der(encoding: KeyEncoding, der: Zeroizing<Vec<u8>>) -> Result<Self, KeyError> {
        let public = match encoding {
            KeyEncoding::Pkcs1 => rsa::check(&der),
            KeyEncoding::Sec1 => sec1::check(&der, None),
            KeyEncoding::Pkcs8 => pkcs8::check(&der),
        }?;
        Ok(Self { encoding, der, public })
    }

    /// The encoding of [`secret_der`](Self::secret_der).
    pub fn encoding(&self) -> KeyEncoding {
        self.encoding
    }

    /// Its kind and size.
    pub fn algorithm(&self) -> KeyAlgorithm {
        self.public.algorithm
    }

    /// Its public key: a SubjectPublicKeyInfo as DER.
    pub fn public_key(&self) -> &[u8] {
        &self.public.info
    }

    /// The key itself, as it was given.
    pub fn secret_der(&self) -> &[u8] {
        &self.der
    }

    /// The key itself as PEM in the normal form.
    pub fn secret_pem(&self) -> Zeroizing<String> {
        pem::encode_secret(self.encoding.label(), &self.der)
    }

    /// The content of subjectPublicKey.
    pub(crate) fn public_bits(&self) -> &[u8] {
        &self.public.info[self.public.bits..]
    }
}

/// Clears the buffer first: spare capacity is wiped at once, not byte by byte, which takes a third
/// of a microsecond.
impl Drop for PrivateKey {
    fn drop(&mut self) {
        self.der.clear();
    }
}

/// Shows the kind of key, nothing of its content.
impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrivateKey")
            .field("encoding", &self.encoding)
            .field("algorithm", &self.public.algorithm)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
