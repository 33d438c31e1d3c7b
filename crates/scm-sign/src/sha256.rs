//! SHA-256 hashes in the format of the scheme.

use std::fmt;

use aws_lc_rs::digest;

/// The SHA-256 of a body or of a canonical request. Displays as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Sha256([u8; 32]);

impl Sha256 {
    /// The hash of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self::finished(digest::digest(&digest::SHA256, bytes))
    }

    /// The hash of a digest that was computed piece by piece.
    pub(crate) fn finished(digest: digest::Digest) -> Self {
        Self(digest.as_ref().try_into().expect("a SHA-256 hash has 32 bytes"))
    }
}

/// A hash that was computed elsewhere, for example while the body arrived.
impl From<[u8; 32]> for Sha256 {
    fn from(hash: [u8; 32]) -> Self {
        Self(hash)
    }
}

impl fmt::Display for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Hex(&self.0).fmt(f)
    }
}

impl fmt::Debug for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sha256({self})")
    }
}

/// Displays bytes as lower-case hexadecimal digits.
pub(crate) struct Hex<'a>(pub(crate) &'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_displays_as_lower_case_hexadecimal_digits() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(Sha256::of(b"").to_string(), empty);
        assert_eq!(Sha256::from([0xab; 32]).to_string(), "ab".repeat(32));
    }
}
