//! Name constraints (RFC 5280 4.2.1.10): the DNS names and IP addresses that an issuer may certify.
//!
//! Subtrees are matched as OpenSSL matches them. Constraints on other kinds of names are left to
//! verifiers.

use crate::{
    name::Host,
    tlv::{Element, Malformed, SEQUENCE},
};

// Tags of the parts.
const PERMITTED: u8 = 0xa0;
const EXCLUDED: u8 = 0xa1;
const DNS_NAME: u8 = 0x82;
const IP_ADDRESS: u8 = 0x87;

/// The subtrees of an issuer.
pub(crate) struct NameConstraints<'a> {
    permitted: Vec<Element<'a>>,
    excluded: Vec<Element<'a>>,
}

impl<'a> NameConstraints<'a> {
    /// Reads the value of the extension.
    pub(crate) fn read(constraints: Element<'a>) -> Result<Self, Malformed> {
        let mut parts = constraints.parts();
        let permitted = parts.next_if(PERMITTED)?.map_or(Ok(Vec::new()), subtrees)?;
        let excluded = parts.next_if(EXCLUDED)?.map_or(Ok(Vec::new()), subtrees)?;
        parts.end()?;
        Ok(Self { permitted, excluded })
    }

    /// Whether the host is in a permitted subtree, if there are any of its kind, and in no excluded
    /// one.
    pub(crate) fn permit(&self, host: &Host) -> bool {
        let contains = |subtree: &Element<'_>| contains(*subtree, host);
        let mut of_its_kind = self.permitted.iter().filter_map(contains).peekable();
        let permitted = of_its_kind.peek().is_none() || of_its_kind.any(|inside| inside);
        permitted && !self.excluded.iter().filter_map(contains).any(|inside| inside)
    }
}

fn subtrees(list: Element<'_>) -> Result<Vec<Element<'_>>, Malformed> {
    let mut list = list.parts();
    let mut found = Vec::new();
    while !list.is_empty() {
        found.push(list.next(SEQUENCE)?.parts().any()?);
    }
    Ok(found)
}

/// Whether the host is in the subtree; `None` if that is of another kind.
fn contains(subtree: Element<'_>, host: &Host) -> Option<bool> {
    match (subtree.tag, host) {
        (DNS_NAME, Host::Dns(name)) => Some(contains_dns(subtree.content, name.as_bytes())),
        (IP_ADDRESS, Host::Ip(address)) => Some(contains_ip(subtree.content, address)),
        _ => None,
    }
}

/// `example.com` contains itself and what is below it, `.example.com` only what is below it.
fn contains_dns(base: &[u8], name: &[u8]) -> bool {
    let Some(start) = name.len().checked_sub(base.len()) else { return false };
    let (labels, end) = name.split_at(start);
    let at_label = labels.is_empty() || labels.ends_with(b".") || matches!(base, [] | [b'.', ..]);
    at_label && end.eq_ignore_ascii_case(base)
}

/// The base is an address followed by its mask.
fn contains_ip(base: &[u8], address: &[u8]) -> bool {
    let (network, mask) = base.split_at(base.len() / 2);
    let masked = |of: &[u8]| of.iter().zip(mask).map(|(a, b)| a & b).collect::<Vec<_>>();
    base.len() == 2 * address.len() && masked(network) == masked(address)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tlv::Elements;

    #[test]
    fn dns_subtrees_contain_whole_labels() {
        for (base, name, inside) in [
            ("example.com", "example.com", true),
            ("example.com", "www.EXAMPLE.com", true),
            ("example.com", "*.example.com", true),
            ("example.com", "myexample.com", false),
            ("example.com", "com", false),
            (".example.com", "example.com", false),
            (".example.com", "a.example.com", true),
            ("", "anything", true),
        ] {
            assert_eq!(contains_dns(base.as_bytes(), name.as_bytes()), inside, "{base} {name}");
        }
    }

    #[test]
    fn ip_subtrees_have_masks() {
        let base = [10, 1, 0, 0, 255, 255, 0, 0];
        assert!(contains_ip(&base, &[10, 1, 2, 3]));
        assert!(!contains_ip(&base, &[10, 2, 2, 3]));
        assert!(!contains_ip(&base, &[0; 16]), "another family");
        assert!(!contains_ip(&base[..7], &[10, 1, 2, 3]), "half a mask");
    }

    #[test]
    fn kinds_are_constrained_apart() {
        // Permitted: DNS "a.b". Excluded: DNS "x.a.b".
        let value = b"\x30\x14\xa0\x07\x30\x05\x82\x03a.b\xa1\x09\x30\x07\x82\x05x.a.b";
        let element = Elements(value).next(SEQUENCE).expect("sound");
        let constraints = NameConstraints::read(element).expect("sound");
        let dns = |name: &str| Host::Dns(name.to_owned());
        for (host, permitted) in [
            (dns("a.b"), true),
            (dns("www.a.b"), true),
            (dns("b"), false),
            (dns("www.x.a.b"), false),
            (Host::Ip(vec![10, 0, 0, 1]), true),
        ] {
            assert_eq!(constraints.permit(&host), permitted, "{host}");
        }
        let other = Elements(b"\x30\x04\x02\x02\x01\x00").next(SEQUENCE).expect("a sequence");
        assert!(NameConstraints::read(other).is_err());
    }
}
