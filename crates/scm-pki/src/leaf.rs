//! Checks the leaf: its names, its key, and whether its issuers are there.

use crate::{
    Certificate, Field, Finding, NameDefect, Names, Place, Policy, PrivateKey, bundle::Slot,
};

/// The names, or what is wrong with them.
pub(crate) fn names(place: Place, leaf: &Certificate) -> Result<Names, Vec<Finding>> {
    leaf.names().map_err(|defects| {
        let finding = |defect| match defect {
            NameDefect::Missing => Finding::NoName { leaf: place, subject: leaf.subject() },
            NameDefect::Malformed { name, rule } => {
                Finding::MalformedName { leaf: place, name, rule }
            }
        };
        defects.into_iter().map(finding).collect()
    })
}

/// Whether the key is that of the first certificate; if not, whose it is.
pub(crate) fn check_key(slots: &[Slot], key: &PrivateKey) -> Option<Finding> {
    let has_key = |slot: &&Slot| {
        let found = slot.certificate.as_ref();
        found.is_some_and(|found| found.has_key_of(key))
    };
    let leaf = slots.first().filter(|leaf| !has_key(leaf))?;
    Some(Finding::KeyMismatch {
        leaf: leaf.place,
        subject: leaf.certificate.as_ref()?.subject(),
        belongs_to: slots.iter().find(has_key).map(|slot| slot.place),
    })
}

/// Whether issuers are missing that the policy requires. A chain that does not parse is reported as
/// such, not as missing.
pub(crate) fn check_chain(
    policy: Policy,
    leaf: &Certificate,
    certificates: usize,
    found: &[Finding],
) -> Option<Finding> {
    let reported = found.iter().any(|finding| finding.field() == Field::CertificateChain);
    let missing = certificates == 1 && !leaf.is_self_issued() && !reported;
    (policy.require_chain && missing).then(|| Finding::ChainRequired { issuer: leaf.issuer() })
}
