//! The two published revisions of the API, and what each narrows.
//!
//! The types of this crate accept the union of both, since a client also calls the cloud. A server
//! runs one revision and refuses what that revision does not accept.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{Length, limits};

/// A published revision of the import page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Revision {
    /// The revision of 2021: a mandatory chain, a certificate of up to 4096 characters.
    #[default]
    #[serde(rename = "2021")]
    R2021,
    /// The revision of 2025: an optional chain, a certificate that may include it, stricter names.
    #[serde(rename = "2025")]
    R2025,
}

/// The rule for names of certificates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NameRule {
    /// The accepted lengths.
    pub length: Length,
    /// The accepted characters as a regular expression, if they are limited.
    pub pattern: Option<&'static str>,
}

impl Revision {
    /// Every revision, the oldest first.
    pub const ALL: [Self; 2] = [Self::R2021, Self::R2025];

    /// The rule for names of certificates.
    pub const fn name(self) -> NameRule {
        match self {
            Self::R2021 => NameRule { length: limits::NAME_2021, pattern: None },
            Self::R2025 => {
                NameRule { length: limits::NAME_2025, pattern: Some("^[A-Za-z0-9_.-]+$") }
            }
        }
    }

    /// The accepted lengths of `certificate`.
    pub const fn certificate(self) -> Length {
        match self {
            Self::R2021 => limits::CERTIFICATE_2021,
            Self::R2025 => limits::CERTIFICATE_2025,
        }
    }

    /// Whether `certificate_chain` is mandatory.
    pub const fn chain_is_mandatory(self) -> bool {
        matches!(self, Self::R2021)
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::R2021 => "2021",
            Self::R2025 => "2025",
        })
    }
}

/// The text is not a published revision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a published revision of the API: use 2021 or 2025")]
pub struct UnknownRevision;

impl FromStr for Revision {
    type Err = UnknownRevision;

    fn from_str(text: &str) -> Result<Self, UnknownRevision> {
        Self::ALL.into_iter().find(|r| r.to_string() == text).ok_or(UnknownRevision)
    }
}
