//! The certificate of the chain that a finding is about.

use scm_pki::{Finding, Place};

/// The place to mark. `None` for a finding about a whole field.
pub(super) fn of(finding: &Finding) -> Option<Place> {
    match finding {
        Finding::UnreadableCertificate { place, .. }
        | Finding::Repeated { place, .. }
        | Finding::NotTheIssuer { next: place, .. }
        | Finding::AfterRoot { next: place, .. }
        | Finding::BadSignature { child: place, .. }
        | Finding::NotCa { issuer: place, .. }
        | Finding::NoCertSign { issuer: place, .. }
        | Finding::PathTooLong { issuer: place, .. }
        | Finding::NoName { leaf: place, .. }
        | Finding::MalformedName { leaf: place, .. }
        | Finding::Expired { place, .. }
        | Finding::WeakKey { place, .. }
        | Finding::WeakSignature { place, .. }
        | Finding::UnsupportedKey { place, .. }
        | Finding::UnsupportedSignature { place, .. } => Some(*place),
        Finding::NotAccepted(warning) => Some(warning.place()),
        Finding::EncryptedKey { .. } | Finding::BadKey { .. } | Finding::KeyMismatch { .. } => {
            Some(Place::KEY)
        }
        Finding::Empty { .. }
        | Finding::NothingBetweenMarks { .. }
        | Finding::NoMarks { .. }
        | Finding::Pem { .. }
        | Finding::WrongContent { .. }
        | Finding::WrongOrder { .. }
        | Finding::ChainRequired { .. }
        | Finding::SeveralKeys { .. } => None,
    }
}
