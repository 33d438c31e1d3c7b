//! The defects that a test bundle can have: each causes exactly one finding or warning.

use crate::FindingClass;

/// A single defect of a bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Flaw {
    /// `certificate` is empty.
    CertificateEmpty,
    /// `certificate` has BEGIN and END lines with nothing between.
    CertificateHollow,
    /// `certificate` has no BEGIN and END lines.
    CertificateUnmarked,
    /// `certificate` holds a public key.
    CertificateIsPublicKey,
    /// `certificate` has a character outside base64.
    CertificateBase64,
    /// `certificate` is truncated.
    CertificateCut,
    /// `certificate_chain` has no BEGIN and END lines.
    ChainUnmarked,
    /// `certificate_chain` has a character outside base64.
    ChainBase64,
    /// The root stands before the intermediate.
    WrongOrder,
    /// The intermediate occurs twice.
    Repeated,
    /// The intermediate is missing between leaf and root.
    MissingLink,
    /// A certificate follows the root.
    AfterRoot,
    /// The leaf's signature was changed.
    BadSignature,
    /// The root's own signature was changed.
    BadRootSignature,
    /// The intermediate is no authority.
    NotCa,
    /// The intermediate's keyUsage lacks keyCertSign.
    NoCertSign,
    /// Two intermediates, where the upper one allows none below itself.
    PathTooLong,
    /// No chain. Refused by a policy with `require_chain` only.
    NoChain,
    /// The leaf is valid for TLS clients only. Refused by a strict policy, as are the next three.
    NotForServers,
    /// The leaf has an unknown critical extension.
    CriticalExtension,
    /// The intermediate may not certify the leaf's name.
    NameNotPermitted,
    /// The last certificate was issued by the intermediate.
    Loop,
    /// `private_key` is empty.
    KeyEmpty,
    /// `private_key` has no BEGIN and END lines.
    KeyUnmarked,
    /// `private_key` holds the public key.
    KeyIsPublicKey,
    /// `private_key` is encrypted.
    KeyEncrypted,
    /// `private_key` is truncated.
    KeyCut,
    /// The key is another one, of the leaf's kind.
    WrongKey,
    /// The key is that of the intermediate.
    IssuersKey,
    /// The leaf has no name.
    NoName,
    /// The leaf has a malformed name.
    MalformedName,
    /// The leaf expired yesterday. Accepted by a policy with `accept_expired`.
    Expired,
    /// The intermediate expired yesterday. Accepted by a policy with `accept_expired`.
    ExpiredIntermediate,
    /// The leaf is signed with SHA-1, by an RSA intermediate for any kind of authority.
    WeakSignature,
    /// The leaf's key is RSA with 1024 bits, for any kind of authority.
    WeakKey,
}

impl Flaw {
    /// All of them.
    pub const ALL: [Self; 35] = [
        Self::CertificateEmpty,
        Self::CertificateHollow,
        Self::CertificateUnmarked,
        Self::CertificateIsPublicKey,
        Self::CertificateBase64,
        Self::CertificateCut,
        Self::ChainUnmarked,
        Self::ChainBase64,
        Self::WrongOrder,
        Self::Repeated,
        Self::MissingLink,
        Self::AfterRoot,
        Self::BadSignature,
        Self::BadRootSignature,
        Self::NotCa,
        Self::NoCertSign,
        Self::PathTooLong,
        Self::NoChain,
        Self::NotForServers,
        Self::CriticalExtension,
        Self::NameNotPermitted,
        Self::Loop,
        Self::KeyEmpty,
        Self::KeyUnmarked,
        Self::KeyIsPublicKey,
        Self::KeyEncrypted,
        Self::KeyCut,
        Self::WrongKey,
        Self::IssuersKey,
        Self::NoName,
        Self::MalformedName,
        Self::Expired,
        Self::ExpiredIntermediate,
        Self::WeakSignature,
        Self::WeakKey,
    ];

    /// The class of its finding under the default policy; `None` if that accepts it.
    pub const fn class(self) -> Option<FindingClass> {
        Some(match self {
            Self::CertificateEmpty | Self::CertificateHollow => FindingClass::CertificateEmpty,
            Self::CertificateUnmarked | Self::CertificateIsPublicKey => {
                FindingClass::CertificateMarks
            }
            Self::CertificateBase64 | Self::CertificateCut => FindingClass::CertificateUnreadable,
            Self::ChainUnmarked | Self::ChainBase64 => FindingClass::ChainUnreadable,
            Self::WrongOrder
            | Self::Repeated
            | Self::MissingLink
            | Self::AfterRoot
            | Self::BadSignature
            | Self::BadRootSignature
            | Self::NotCa
            | Self::NoCertSign
            | Self::PathTooLong => FindingClass::ChainOrder,
            Self::NoChain
            | Self::NotForServers
            | Self::CriticalExtension
            | Self::NameNotPermitted
            | Self::Loop => return None,
            Self::KeyEmpty => FindingClass::KeyEmpty,
            Self::KeyUnmarked | Self::KeyIsPublicKey => FindingClass::KeyMarks,
            Self::KeyEncrypted | Self::KeyCut => FindingClass::KeyUnusable,
            Self::WrongKey | Self::IssuersKey => FindingClass::KeyMismatch,
            Self::NoName => FindingClass::NoName,
            Self::MalformedName => FindingClass::MalformedName,
            Self::Expired | Self::ExpiredIntermediate => FindingClass::Expired,
            Self::WeakSignature | Self::WeakKey => FindingClass::Weak,
        })
    }
}
