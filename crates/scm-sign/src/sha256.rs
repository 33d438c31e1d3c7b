//! SHA-256 hashes, and how the scheme writes them.

use std::fmt;

use aws_lc_rs::digest;

/// A SHA-256 hash: of a body, or of a canonical request. Shown as 64 lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Sha256([u8; 32]);

impl Sha256 {
    /// The hash of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self::finished(digest::digest(&digest::SHA256, bytes))
    }

    /// The outcome of hashing piece by piece.
    pub(crate) fn finished(digest: digest::Digest) -> Self {
        Self(digest.as_ref().try_into().expect("a SHA-256 hash has 32 bytes"))
    }
}

/// From a hash made elsewhere, such as of a body while it arrived.
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

/// Bytes, shown as lower-case hex digits.
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
    fn is_written_in_lower_case_hex() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(Sha256::of(b"").to_string(), empty);
        assert_eq!(Sha256::from([0xab; 32]).to_string(), "ab".repeat(32));
    }
}
