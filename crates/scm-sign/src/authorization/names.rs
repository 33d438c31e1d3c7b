//! The names of the scheme's algorithms and parameters.

use std::fmt;

use super::{OtherAlgorithm, Parameter, ParseError};

impl OtherAlgorithm {
    const ALL: [Self; 4] =
        [Self::HmacSm3, Self::EcdsaP256Sha256, Self::Sm2Sm3, Self::V11HmacSha256];

    fn name(self) -> &'static str {
        match self {
            Self::HmacSm3 => "SDK-HMAC-SM3",
            Self::EcdsaP256Sha256 => "SDK-ECDSA-P256-SHA256",
            Self::Sm2Sm3 => "SDK-SM2-SM3",
            Self::V11HmacSha256 => "V11-HMAC-SHA256",
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name().eq_ignore_ascii_case(name))
    }
}

impl From<OtherAlgorithm> for ParseError {
    fn from(algorithm: OtherAlgorithm) -> Self {
        Self::OtherAlgorithm(algorithm)
    }
}

impl fmt::Display for OtherAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Parameter {
    const ALL: [Self; 3] = [Self::Access, Self::SignedHeaders, Self::Signature];

    fn name(self) -> &'static str {
        match self {
            Self::Access => "Access",
            Self::SignedHeaders => "SignedHeaders",
            Self::Signature => "Signature",
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|parameter| parameter.name() == name)
    }
}

impl fmt::Display for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
