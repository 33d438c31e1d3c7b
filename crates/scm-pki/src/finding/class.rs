//! The class and the field of each finding.

use super::Finding;
use crate::Field;

/// The classes of findings, in the order in which they are reported: the first decides the error
/// code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FindingClass {
    /// `certificate` is empty, or has nothing between BEGIN and END lines.
    CertificateEmpty,
    /// `certificate` has no intact PEM block, or holds other content.
    CertificateMarks,
    /// `certificate` has base64 or DER that does not parse.
    CertificateUnreadable,
    /// `certificate_chain` has PEM, base64 or DER that does not parse.
    ChainUnreadable,
    /// The certificates do not make a chain.
    ChainOrder,
    /// The policy requires a chain.
    ChainRequired,
    /// `private_key` is empty, or has nothing between BEGIN and END lines.
    KeyEmpty,
    /// `private_key` has no intact PEM block, or holds other content.
    KeyMarks,
    /// The key is encrypted, does not parse, is inconsistent or not supported.
    KeyUnusable,
    /// The key does not belong to the certificate.
    KeyMismatch,
    /// The leaf has no name.
    NoName,
    /// A name of the leaf is malformed.
    MalformedName,
    /// A certificate has expired.
    Expired,
    /// A key or signature is weak, or of a kind that is not supported.
    Weak,
    /// The policy is strict, and verifiers would not accept the bundle.
    NotAccepted,
}

impl Finding {
    /// The field that the finding is about.
    pub fn field(&self) -> Field {
        match self {
            Self::Empty { field }
            | Self::NothingBetweenMarks { field, .. }
            | Self::NoMarks { field, .. }
            | Self::Pem { field, .. }
            | Self::WrongContent { field, .. }
            | Self::WrongOrder { field, .. } => *field,
            Self::UnreadableCertificate { place, .. }
            | Self::Repeated { place, .. }
            | Self::NotTheIssuer { next: place, .. }
            | Self::AfterRoot { next: place, .. }
            | Self::BadSignature { child: place, .. }
            | Self::NotCa { issuer: place, .. }
            | Self::NoCertSign { issuer: place, .. }
            | Self::PathTooLong { issuer: place, .. }
            | Self::NoName { leaf: place, .. }
            | Self::MalformedName { leaf: place, .. }
            | Self::Expired { place, .. }
            | Self::WeakKey { place, .. }
            | Self::WeakSignature { place, .. }
            | Self::UnsupportedKey { place, .. }
            | Self::UnsupportedSignature { place, .. } => place.field(),
            Self::NotAccepted(warning) => warning.place().field(),
            Self::ChainRequired { .. } => Field::CertificateChain,
            Self::SeveralKeys { .. }
            | Self::EncryptedKey { .. }
            | Self::BadKey { .. }
            | Self::KeyMismatch { .. } => Field::PrivateKey,
        }
    }

    /// The class, which orders findings and decides the error code.
    pub fn class(&self) -> FindingClass {
        match self {
            Self::Empty { field } | Self::NothingBetweenMarks { field, .. } => empty(*field),
            Self::NoMarks { field, .. } | Self::WrongContent { field, .. } => marks(*field),
            Self::Pem { field, defect } if defect.is_of_marks() => marks(*field),
            Self::Pem { field, .. } => unreadable(*field),
            Self::UnreadableCertificate { place, .. } => unreadable(place.field()),
            Self::Repeated { .. }
            | Self::WrongOrder { .. }
            | Self::NotTheIssuer { .. }
            | Self::AfterRoot { .. }
            | Self::BadSignature { .. }
            | Self::NotCa { .. }
            | Self::NoCertSign { .. }
            | Self::PathTooLong { .. } => FindingClass::ChainOrder,
            Self::ChainRequired { .. } => FindingClass::ChainRequired,
            Self::SeveralKeys { .. } => FindingClass::KeyMarks,
            Self::EncryptedKey { .. } | Self::BadKey { .. } => FindingClass::KeyUnusable,
            Self::KeyMismatch { .. } => FindingClass::KeyMismatch,
            Self::NoName { .. } => FindingClass::NoName,
            Self::MalformedName { .. } => FindingClass::MalformedName,
            Self::Expired { .. } => FindingClass::Expired,
            Self::WeakKey { .. }
            | Self::WeakSignature { .. }
            | Self::UnsupportedKey { .. }
            | Self::UnsupportedSignature { .. } => FindingClass::Weak,
            Self::NotAccepted(_) => FindingClass::NotAccepted,
        }
    }
}

/// The class of an empty field or block.
fn empty(field: Field) -> FindingClass {
    match field {
        Field::Certificate => FindingClass::CertificateEmpty,
        Field::CertificateChain => FindingClass::ChainUnreadable,
        Field::PrivateKey => FindingClass::KeyEmpty,
    }
}

/// The class of damaged BEGIN or END lines and of content in the wrong field.
fn marks(field: Field) -> FindingClass {
    match field {
        Field::Certificate => FindingClass::CertificateMarks,
        Field::CertificateChain => FindingClass::ChainUnreadable,
        Field::PrivateKey => FindingClass::KeyMarks,
    }
}

/// The class of base64 and DER that does not parse.
fn unreadable(field: Field) -> FindingClass {
    match field {
        Field::Certificate => FindingClass::CertificateUnreadable,
        Field::CertificateChain => FindingClass::ChainUnreadable,
        Field::PrivateKey => FindingClass::KeyUnusable,
    }
}
