//! Checks each certificate by itself: dates, keys, algorithms.

use time::OffsetDateTime;

use crate::{Certificate, Finding, Place, Policy};

/// Checks one certificate. Of a root (`is_root`) only the key is checked: its signature proves
/// nothing, and its dates are up to those who trust it.
pub(crate) fn check(
    policy: Policy,
    now: OffsetDateTime,
    place: Place,
    certificate: &Certificate,
    is_root: bool,
) -> Vec<Finding> {
    let mut found = Vec::new();
    found.extend(key(place, certificate));
    if !is_root {
        found.extend(signature(place, certificate));
        found.extend(dates(policy, now, place, certificate));
    }
    found
}

fn key(place: Place, certificate: &Certificate) -> Option<Finding> {
    if let Some(kind) = certificate.unsupported_key() {
        return Some(Finding::UnsupportedKey { place, kind: kind.to_owned() });
    }
    let algorithm = certificate.key_algorithm().filter(|algorithm| algorithm.is_weak())?;
    Some(Finding::WeakKey { place, algorithm })
}

fn signature(place: Place, certificate: &Certificate) -> Option<Finding> {
    let algorithm = certificate.signature_algorithm();
    if !algorithm.is_supported() {
        return Some(Finding::UnsupportedSignature { place, algorithm: algorithm.clone() });
    }
    algorithm.is_weak().then(|| Finding::WeakSignature {
        place,
        subject: certificate.subject(),
        algorithm: algorithm.clone(),
    })
}

fn dates(
    policy: Policy,
    now: OffsetDateTime,
    place: Place,
    certificate: &Certificate,
) -> Option<Finding> {
    let not_after = certificate.not_after();
    let expired = now > not_after && !policy.accept_expired;
    expired.then(|| Finding::Expired { place, subject: certificate.subject(), not_after, now })
}
