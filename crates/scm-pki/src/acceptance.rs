//! What verifiers of TLS servers reject although keys and signatures are sound.
//!
//! Reports only what they agree on. Trust, revocation and certificate policies are left to them.

use crate::{Certificate, Place, Warning, bundle::Slot, name_constraints::NameConstraints};

/// Every reason to reject the bundle, from the leaf upwards.
pub(crate) fn check(slots: &[Slot]) -> Vec<Warning> {
    let mut found = Vec::new();
    for (index, (place, certificate)) in certificates(slots).enumerate() {
        found.extend(critical_extension(place, certificate));
        let is_root = index > 0 && certificate.is_self_issued();
        if !is_root && !certificate.is_for_servers() {
            found.push(Warning::NotForServers { place, subject: certificate.subject() });
        }
        if index > 0 {
            found.extend(names(slots, place, certificate));
        }
    }
    found.extend(chain_loop(slots));
    found
}

fn certificates(slots: &[Slot]) -> impl DoubleEndedIterator<Item = (Place, &Certificate)> {
    slots.iter().filter_map(|slot| Some((slot.place, slot.certificate.as_ref()?)))
}

fn critical_extension(place: Place, certificate: &Certificate) -> Option<Warning> {
    let oid = certificate.unknown_critical_extension()?;
    Some(Warning::UnknownCriticalExtension { place, subject: certificate.subject(), oid })
}

/// The first name of the leaf that the issuer does not permit.
fn names(slots: &[Slot], place: Place, issuer: &Certificate) -> Option<Warning> {
    let constraints = issuer.name_constraints()?;
    let subject = issuer.subject();
    let Ok(constraints) = NameConstraints::read(constraints) else {
        return Some(Warning::UnreadableConstraints { issuer: place, subject });
    };
    let (leaf, certificate) = certificates(slots).next()?;
    let hosts = certificate.hosts();
    let name = hosts.iter().find(|host| !constraints.permit(host))?.to_string();
    Some(Warning::NameNotPermitted { leaf, name, issuer: place, subject })
}

fn chain_loop(slots: &[Slot]) -> Option<Warning> {
    let (top, last) = certificates(slots).next_back()?;
    if last.is_self_issued() {
        return None;
    }
    let (below, issuer) = certificates(slots).find(|(_, found)| last.names_as_issuer(found))?;
    Some(Warning::Loop { top, below, subject: issuer.subject() })
}
