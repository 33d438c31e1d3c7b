//! The hosts and addresses that a leaf names (RFC 5280 4.2.1.6, RFC 6125, RFC 1034 3.5).
//!
//! subjectAltName counts (dNSName, iPAddress). The subject's common name counts if it is a valid
//! name itself, or if there is nothing else; a free text beside valid names is fine.

use std::{
    collections::HashSet,
    fmt,
    net::{IpAddr, Ipv6Addr},
};

use crate::{
    text::{hex, shown},
    tlv::{Element, Elements, Malformed, SEQUENCE},
};

/// The names of a certificate, valid and each once: at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    domain: String,
    sans: Vec<String>,
}

impl Names {
    /// The main name: the subject's common name if that is a valid name, else the first
    /// alternative one. Spelled as in the certificate; an address in its text form.
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// The further names in the certificate's order, without the domain and without repeats
    /// (compared without regard to case).
    pub fn sans(&self) -> &[String] {
        &self.sans
    }

    /// All names, the domain first.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.domain()).chain(self.sans.iter().map(String::as_str))
    }

    /// How many names there are.
    pub fn count(&self) -> usize {
        1 + self.sans.len()
    }

    /// How many of them have a wildcard.
    pub fn wildcard_count(&self) -> usize {
        self.iter().filter(|name| name.starts_with("*.")).count()
    }
}

/// What is wrong with the names of a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NameDefect {
    /// There is none.
    Missing,
    /// One breaks a rule.
    Malformed {
        /// The name, escaped and bounded.
        name: String,
        /// The rule.
        rule: NameRule,
    },
}

/// The rules of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameRule {
    /// 1 to 253 characters.
    Length,
    /// Labels between dots have 1 to 63 characters.
    LabelLength,
    /// Letters, digits, `-` and `_` only; others are written as A-labels (`xn--…`).
    Characters,
    /// A label neither begins nor ends with `-`.
    Hyphen,
    /// `*` is the whole left-most label, and not the only one.
    Wildcard,
    /// An address has 4 or 16 bytes.
    Address,
    /// The extension subjectAltName does not parse.
    Unreadable,
}

impl fmt::Display for NameRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Length => "a name must have 1 to 253 characters",
            Self::LabelLength => "each part between dots must have 1 to 63 characters",
            Self::Characters => {
                "a name has letters, digits, \"-\" and \"_\"; others are written as xn--…"
            }
            Self::Hyphen => "no part between dots may begin or end with \"-\"",
            Self::Wildcard => "\"*\" can only be the whole first part of a longer name",
            Self::Address => "an IP address must have 4 or 16 bytes",
            Self::Unreadable => "the extension subjectAltName does not parse",
        })
    }
}

/// How many malformed names of one certificate are reported.
const REPORTED: usize = 10;

/// Gathers the names of a certificate from its common name and the value of its subjectAltName.
pub(crate) fn read(
    common: Option<&str>,
    alternative: Option<&[u8]>,
) -> Result<Names, Vec<NameDefect>> {
    let mut defects = Vec::new();
    let mut names = Vec::new();
    for found in alternative_names(alternative) {
        match found {
            Ok(name) => names.push(name),
            Err(defect) if defects.len() < REPORTED => defects.push(defect),
            Err(_) => {}
        }
    }
    match common.map(|name| (name, check(name))) {
        Some((name, Ok(()))) => names.insert(0, name.to_owned()),
        Some((name, Err(rule))) if names.is_empty() && defects.is_empty() => {
            defects.push(malformed(name, rule));
        }
        _ => {}
    }
    if defects.is_empty() {
        once_each(names).ok_or(vec![NameDefect::Missing])
    } else {
        Err(defects)
    }
}

/// A host as name constraints see it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Host {
    /// A DNS name, wildcards included.
    Dns(String),
    /// The 4 or 16 bytes of an address.
    Ip(Vec<u8>),
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dns(name) => f.write_str(&shown(name)),
            Self::Ip(bytes) => match address(bytes) {
                Ok(text) => f.write_str(&text),
                Err(_) => f.write_str(&hex(bytes)),
            },
        }
    }
}

/// The hosts that name constraints apply to: dNSName and iPAddress entries, and the common name if
/// it is a DNS name and there is no dNSName.
pub(crate) fn hosts(common: Option<&str>, alternative: Option<&[u8]>) -> Vec<Host> {
    let names = alternative.and_then(|value| general_names(value).ok()).unwrap_or_default();
    let host = |name: &Element<'_>| match name.tag {
        DNS_NAME => Some(Host::Dns(String::from_utf8_lossy(name.content).into_owned())),
        IP_ADDRESS => Some(Host::Ip(name.content.to_vec())),
        _ => None,
    };
    let is_dns = |name: &&str| {
        name.contains('.') && name.parse::<IpAddr>().is_err() && check_dns(name).is_ok()
    };
    let common = common.filter(|_| names.iter().all(|name| name.tag != DNS_NAME)).filter(is_dns);
    let common = common.map(|name| Host::Dns(name.to_owned()));
    names.iter().filter_map(host).chain(common).collect()
}

fn malformed(name: &str, rule: NameRule) -> NameDefect {
    NameDefect::Malformed { name: shown(name), rule }
}

/// Drops repeats and parts the first from the others.
fn once_each(names: Vec<String>) -> Option<Names> {
    let mut seen = HashSet::new();
    let mut names = names.into_iter().filter(|name| seen.insert(name.to_ascii_lowercase()));
    let domain = names.next()?;
    Some(Names { domain, sans: names.collect() })
}

/// The dNSName and iPAddress entries, each judged.
fn alternative_names(value: Option<&[u8]>) -> Vec<Result<String, NameDefect>> {
    let Some(value) = value else { return Vec::new() };
    match general_names(value) {
        Ok(found) => found.into_iter().filter_map(alternative_name).collect(),
        Err(Malformed) => vec![Err(malformed("", NameRule::Unreadable))],
    }
}

fn general_names(value: &[u8]) -> Result<Vec<Element<'_>>, Malformed> {
    let mut outer = Elements(value);
    let mut names = outer.next(SEQUENCE)?.parts();
    outer.end()?;
    let mut found = Vec::new();
    while !names.is_empty() {
        let name = names.any()?;
        if !GENERAL_NAMES.contains(&name.tag) {
            return Err(Malformed);
        }
        found.push(name);
    }
    Ok(found)
}

/// The name of a host; `None` for names of mailboxes, directories and the like.
fn alternative_name(name: Element<'_>) -> Option<Result<String, NameDefect>> {
    match name.tag {
        DNS_NAME => Some(dns(name.content)),
        IP_ADDRESS => Some(address(name.content)),
        _ => None,
    }
}

// Tags of GeneralName.
const DNS_NAME: u8 = 0x82;
const IP_ADDRESS: u8 = 0x87;
/// All kinds: those that are structures are constructed, and so is a directoryName, being a choice.
const GENERAL_NAMES: [u8; 9] = [0xa0, 0x81, DNS_NAME, 0xa3, 0xa4, 0xa5, 0x86, IP_ADDRESS, 0x88];

fn dns(bytes: &[u8]) -> Result<String, NameDefect> {
    let name = String::from_utf8_lossy(bytes);
    match check_dns(&name) {
        Ok(()) => Ok(name.into_owned()),
        Err(rule) => Err(malformed(&name, rule)),
    }
}

fn address(bytes: &[u8]) -> Result<String, NameDefect> {
    if let Ok(four) = <[u8; 4]>::try_from(bytes) {
        return Ok(IpAddr::from(four).to_string());
    }
    match <[u8; 16]>::try_from(bytes) {
        Ok(sixteen) => Ok(Ipv6Addr::from(sixteen).to_string()),
        Err(_) => Err(malformed(&hex(&bytes[..bytes.len().min(20)]), NameRule::Address)),
    }
}

/// Judges a common name: a host or an address.
fn check(name: &str) -> Result<(), NameRule> {
    if name.parse::<IpAddr>().is_ok() { Ok(()) } else { check_dns(name) }
}

fn check_dns(name: &str) -> Result<(), NameRule> {
    if !(1..=253).contains(&name.len()) {
        return Err(NameRule::Length);
    }
    let rest = match name.split_once('.') {
        Some(("*", rest)) => rest,
        _ => name,
    };
    rest.split('.').try_for_each(check_label)
}

fn check_label(label: &str) -> Result<(), NameRule> {
    if label.contains('*') {
        return Err(NameRule::Wildcard);
    }
    if !label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_') {
        return Err(NameRule::Characters);
    }
    if !(1..=63).contains(&label.len()) {
        return Err(NameRule::LabelLength);
    }
    if label.starts_with('-') || label.ends_with('-') {
        return Err(NameRule::Hyphen);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_rules() {
        let long = format!("{}.com", "a".repeat(64));
        for (name, verdict) in [
            ("www.example.com", Ok(())),
            ("localhost", Ok(())),
            ("*.example.com", Ok(())),
            ("_dmarc.x-y.example", Ok(())),
            ("xn--bcher-kva.example", Ok(())),
            ("", Err(NameRule::Length)),
            ("*", Err(NameRule::Wildcard)),
            ("a.*.example.com", Err(NameRule::Wildcard)),
            ("w*.example.com", Err(NameRule::Wildcard)),
            ("*.*.com", Err(NameRule::Wildcard)),
            ("a..b", Err(NameRule::LabelLength)),
            ("example.com.", Err(NameRule::LabelLength)),
            ("-a.com", Err(NameRule::Hyphen)),
            ("a-.com", Err(NameRule::Hyphen)),
            ("bücher.example", Err(NameRule::Characters)),
            ("a b", Err(NameRule::Characters)),
            (long.as_str(), Err(NameRule::LabelLength)),
            (&"a.".repeat(127), Err(NameRule::Length)),
        ] {
            assert_eq!(check_dns(name), verdict, "{name}");
        }
    }

    #[test]
    fn a_common_name_counts_if_it_is_a_name_or_the_only_one() {
        assert_eq!(read(None, None), Err(vec![NameDefect::Missing]));
        assert_eq!(read(Some("10.0.0.1"), None).map(|n| n.domain), Ok("10.0.0.1".into()));
        let free = read(Some("My \u{7}Server"), None);
        assert_eq!(free, Err(vec![malformed("My \u{7}Server", NameRule::Characters)]));
    }

    #[test]
    fn alternative_names_are_gathered_once_each() {
        // SEQUENCE { dNSName "a.b", dNSName "A.B", iPAddress ::1, rfc822Name "x", dNSName "*.b" }
        let mut san =
            vec![0x30, 35, 0x82, 3, b'a', b'.', b'b', 0x82, 3, b'A', b'.', b'B', 0x87, 16];
        san.extend([0; 15]);
        san.extend([1, 0x81, 1, b'x', 0x82, 3, b'*', b'.', b'b']);
        san[1] = u8::try_from(san.len() - 2).expect("short");
        let names = read(Some("A.b"), Some(&san)).expect("sound");
        assert_eq!(
            (names.domain(), names.sans()),
            ("A.b", &["::1".to_owned(), "*.b".to_owned()][..])
        );
        assert_eq!((names.count(), names.wildcard_count()), (3, 1));
        let beside = read(Some("Our Server"), Some(&san)).expect("free text is no name");
        assert_eq!((beside.domain(), beside.count()), ("a.b", 3));
    }

    #[test]
    fn all_malformed_alternative_names_are_reported() {
        let san = [0x30, 11, 0x87, 3, 1, 2, 3, 0x82, 4, b'-', 0x1b, b'.', b'b'];
        assert_eq!(
            read(Some("fine.example"), Some(&san)),
            Err(vec![
                malformed("010203", NameRule::Address),
                malformed("-\u{1b}.b", NameRule::Characters),
            ])
        );
    }

    #[test]
    fn alternative_names_are_read_strictly() {
        for unreadable in [
            &b"\x30\x09\x82"[..],
            b"\x10\x03\x82\x01a",
            b"\x30\x03\x82\x01a\x00",
            b"\x30\x03\xa2\x01a",
            b"\x30\x03\x02\x01a",
            b"\x30\x06\x84\x01x\x82\x01a",
        ] {
            let defects = read(Some("fine.example"), Some(unreadable));
            let expected = Err(vec![malformed("", NameRule::Unreadable)]);
            assert_eq!(defects, expected, "{unreadable:x?}");
        }
        let others = b"\x30\x0b\xa4\x02\x30\x00\x88\x01\x2a\x82\x02ab";
        assert_eq!(read(None, Some(others)).map(|names| names.domain), Ok("ab".to_owned()));
    }
}
