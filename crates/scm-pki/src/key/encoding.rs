//! The encodings of private keys.

use std::{fmt, str::FromStr};

/// The structure of a private key's DER.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyEncoding {
    /// RSAPrivateKey (RFC 8017 A.1.2).
    Pkcs1,
    /// ECPrivateKey (RFC 5915).
    Sec1,
    /// PrivateKeyInfo and OneAsymmetricKey (RFC 5208, RFC 5958).
    Pkcs8,
}

impl KeyEncoding {
    const ALL: [Self; 3] = [Self::Pkcs1, Self::Sec1, Self::Pkcs8];

    /// Its PEM label: `RSA PRIVATE KEY`, `EC PRIVATE KEY` or `PRIVATE KEY`.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Pkcs1 => "RSA PRIVATE KEY",
            Self::Sec1 => "EC PRIVATE KEY",
            Self::Pkcs8 => "PRIVATE KEY",
        }
    }

    /// The encoding under a label.
    pub fn from_label(label: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|encoding| encoding.label() == label)
    }

    /// A stable name for storage: `pkcs1`, `sec1` or `pkcs8`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pkcs1 => "pkcs1",
            Self::Sec1 => "sec1",
            Self::Pkcs8 => "pkcs8",
        }
    }
}

impl fmt::Display for KeyEncoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A name that is none of `pkcs1`, `sec1` and `pkcs8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the encoding of a key is one of pkcs1, sec1 and pkcs8")]
pub struct UnknownEncoding;

impl FromStr for KeyEncoding {
    type Err = UnknownEncoding;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|encoding| encoding.as_str() == name).ok_or(UnknownEncoding)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_labels_are_read_back() {
        for encoding in KeyEncoding::ALL {
            assert_eq!(encoding.as_str().parse(), Ok(encoding));
            assert_eq!(KeyEncoding::from_label(encoding.label()), Some(encoding));
        }
        assert_eq!("PKCS8".parse::<KeyEncoding>(), Err(UnknownEncoding));
    }
}
