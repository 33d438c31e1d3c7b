//! Checks the chain: names, signatures and the rules of issuers (RFC 5280 6.1).

use crate::{
    Certificate, Finding, Place, PrivateKey,
    bundle::Slot,
    finding::Ordered,
    issuers::{Fingerprint, IssuerCache, fingerprint},
    order::chain_of_all,
    signature::Verdict,
};

/// Sorts the certificates if their order is wrong and another one is right, and reports that. Later
/// findings are then independent of the order.
pub(crate) fn mend_order(slots: &mut Vec<Slot>, key: Option<&PrivateKey>) -> Option<Finding> {
    let certificates: Vec<&Certificate> =
        slots.iter().map(|slot| slot.certificate.as_ref()).collect::<Option<_>>()?;
    if certificates.is_sorted_by(|child, issuer| child.names_as_issuer(issuer)) {
        return None;
    }
    let order = chain_of_all(&certificates, key)?;
    let misplaced = order.iter().enumerate().find(|&(right, given)| right != *given)?;
    let field = slots[misplaced.0].place.field();
    let mut given: Vec<Option<Slot>> = std::mem::take(slots).into_iter().map(Some).collect();
    slots.extend(order.iter().filter_map(|&index| given[index].take()));
    Some(Finding::WrongOrder { field, order: slots.iter().filter_map(ordered).collect() })
}

fn ordered(slot: &Slot) -> Option<Ordered> {
    let subject = slot.certificate.as_ref()?.subject();
    Some(Ordered { place: slot.place, subject })
}

/// Checks every link. Of a cached chain only the link to the leaf is checked.
pub(crate) fn check(slots: &[Slot], issuers: &IssuerCache) -> Vec<Finding> {
    let fingerprint = whole_chain(slots);
    if fingerprint.is_some_and(|chain| issuers.contains(&chain)) {
        cache_certificates(slots, issuers);
        return links(&slots[..2]);
    }
    let mut found = links(slots);
    found.extend(authorities(slots));
    found.extend(own_signature(slots));
    if let (Some(chain), true) = (fingerprint, found.is_empty()) {
        issuers.insert(chain);
        cache_certificates(slots, issuers);
    }
    found
}

fn cache_certificates(slots: &[Slot], issuers: &IssuerCache) {
    let certificates = slots[1..].iter().filter_map(|slot| slot.certificate.as_ref());
    certificates.for_each(|certificate| issuers.insert_certificate(certificate));
}

/// The fingerprint of the issuers, if there are any and all of them parse.
fn whole_chain(slots: &[Slot]) -> Option<Fingerprint> {
    let chain = slots.get(1..).filter(|chain| !chain.is_empty())?;
    let readable = slots.iter().all(|slot| slot.certificate.is_some());
    readable.then(|| fingerprint(chain.iter().filter_map(|slot| slot.certificate.as_ref())))
}

/// A certificate and the next one, both parsed.
#[derive(Clone, Copy)]
struct Link<'a> {
    child: (Place, &'a Certificate),
    issuer: (Place, &'a Certificate),
}

impl<'a> Link<'a> {
    fn of(pair: &'a [Slot]) -> Option<Self> {
        let [child, issuer] = pair else { return None };
        Some(Self {
            child: (child.place, child.certificate.as_ref()?),
            issuer: (issuer.place, issuer.certificate.as_ref()?),
        })
    }

    fn names_match(self) -> bool {
        self.child.1.names_as_issuer(self.issuer.1)
    }
}

/// Names and signatures of each certificate and the next.
fn links(slots: &[Slot]) -> Vec<Finding> {
    slots.windows(2).filter_map(Link::of).filter_map(|link| check_link(slots, link)).collect()
}

fn check_link(slots: &[Slot], link: Link<'_>) -> Option<Finding> {
    let Link { child: (child, certificate), issuer: (next, issuer) } = link;
    if link.names_match() {
        return (certificate.verify_signature(issuer) == Verdict::Bad)
            .then(|| Finding::BadSignature { child, issuer: next, subject: issuer.subject() });
    }
    if certificate.is_self_issued() {
        return Some(Finding::AfterRoot { root: child, next, subject: issuer.subject() });
    }
    let elsewhere = slots.iter().find(|slot| {
        slot.certificate.as_ref().is_some_and(|found| certificate.names_as_issuer(found))
    });
    Some(Finding::NotTheIssuer {
        child,
        named: certificate.issuer(),
        next,
        found: issuer.subject(),
        elsewhere: elsewhere.map(|slot| slot.place),
    })
}

/// Checks the rules of issuers, for each certificate that another one names.
fn authorities(slots: &[Slot]) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut below = 0;
    for link in slots.windows(2).map(Link::of) {
        let Some(link) = link.filter(|link| link.names_match()) else { continue };
        found.extend(check_authority(link.issuer, below));
        below += u32::from(!link.issuer.1.is_self_issued());
    }
    found
}

/// Checks an issuer with `below` intermediates below it.
fn check_authority((place, issuer): (Place, &Certificate), below: u32) -> Option<Finding> {
    let subject = || issuer.subject();
    if !issuer.is_ca() {
        return Some(Finding::NotCa { issuer: place, subject: subject() });
    }
    if !issuer.may_sign() {
        return Some(Finding::NoCertSign { issuer: place, subject: subject() });
    }
    let allowed = issuer.path_len().filter(|&allowed| below > allowed)?;
    Some(Finding::PathTooLong { issuer: place, subject: subject(), allowed, found: below })
}

/// The signature of a root by itself, if the last certificate is one.
fn own_signature(slots: &[Slot]) -> Option<Finding> {
    let last = slots.last()?;
    let root = last.certificate.as_ref().filter(|root| root.is_self_issued())?;
    (root.verify_signature(root) == Verdict::Bad).then(|| Finding::BadSignature {
        child: last.place,
        issuer: last.place,
        subject: root.subject(),
    })
}
