//! The order in which certificates make a chain.

use crate::{Certificate, PrivateKey, signature::Verdict};

/// No chain is longer: more certificates are not sorted.
const SORTED_MAX: usize = 16;

/// The order that makes a chain of all certificates, leaf first, as indices. `None` if there is
/// none, or if there are more than 16.
pub(crate) fn chain_of_all(
    certificates: &[&Certificate],
    key: Option<&PrivateKey>,
) -> Option<Vec<usize>> {
    if certificates.len() > SORTED_MAX {
        return None;
    }
    let order = path(certificates, leaf(certificates, key)?);
    (order.len() == certificates.len()).then_some(order)
}

/// The leaf by content: the one that the key belongs to, else the first that issues no other.
pub(crate) fn leaf(certificates: &[&Certificate], key: Option<&PrivateKey>) -> Option<usize> {
    let of_key = key.and_then(|key| certificates.iter().position(|found| found.has_key_of(key)));
    of_key.or_else(|| {
        certificates.iter().position(|found| {
            certificates.iter().all(|other| other == found || !other.names_as_issuer(found))
        })
    })
}

/// The path from a leaf towards a root, as far as issuers are given. Among issuers of one name
/// the one whose key made the signature is chosen.
pub(crate) fn path(certificates: &[&Certificate], leaf: usize) -> Vec<usize> {
    let mut path = vec![leaf];
    let mut left: Vec<usize> = (0..certificates.len()).filter(|&index| index != leaf).collect();
    let mut child = certificates[leaf];
    while let Some(at) = issuer(certificates, &left, child) {
        let index = left.remove(at);
        child = certificates[index];
        path.push(index);
    }
    path
}

/// Where in `left` the issuer of `child` stands.
fn issuer(certificates: &[&Certificate], left: &[usize], child: &Certificate) -> Option<usize> {
    let named: Vec<usize> = (0..left.len())
        .filter(|&at| child.names_as_issuer(certificates[left[at]]))
        .take(SORTED_MAX)
        .collect();
    let signed = named.iter().copied().find(|&at| {
        named.len() == 1 || child.verify_signature(certificates[left[at]]) != Verdict::Bad
    });
    signed.or(named.first().copied())
}
