//! Reads Extensions (RFC 5280 4.1.2.9) and the values that the rules need.

use crate::{
    CertificateError,
    certificate::Authority,
    tlv::{BIT_STRING, BOOLEAN, Element, Elements, Malformed, OCTET_STRING, SEQUENCE, bits},
};

// Identifiers, as the content of their DER.
const KEY_USAGE: &[u8] = b"\x55\x1d\x0f";
const SUBJECT_ALT_NAME: &[u8] = b"\x55\x1d\x11";
const BASIC_CONSTRAINTS: &[u8] = b"\x55\x1d\x13";
const NAME_CONSTRAINTS: &[u8] = b"\x55\x1d\x1e";
const DISTRIBUTION_POINTS: &[u8] = b"\x55\x1d\x1f";
const EXTENDED_KEY_USAGE: &[u8] = b"\x55\x1d\x25";
const SERVER_AUTH: &[u8] = b"\x2b\x06\x01\x05\x05\x07\x03\x01";
const ANY_PURPOSE: &[u8] = b"\x55\x1d\x25\x00";
const TIMESTAMPS: &[u8] = b"\x2b\x06\x01\x04\x01\xd6\x79\x02\x04\x02";
/// Marks a precertificate (RFC 6962 3.1).
const POISON: &[u8] = b"\x2b\x06\x01\x04\x01\xd6\x79\x02\x04\x03";

/// The extensions that the rules need, and those that other libraries parse when they load a
/// certificate. Each is one element, and occurs once.
#[derive(Default)]
pub(super) struct Extensions<'a> {
    key_usage: Option<Element<'a>>,
    pub(super) alternative_names: Option<Element<'a>>,
    basic_constraints: Option<Element<'a>>,
    pub(super) name_constraints: Option<Element<'a>>,
    distribution_points: Option<Element<'a>>,
    extended_key_usage: Option<Element<'a>>,
    timestamps: Option<Element<'a>>,
    /// The identifier of the first critical extension that verifiers do not know.
    pub(super) unknown_critical: Option<&'a [u8]>,
}

impl<'a> Extensions<'a> {
    pub(super) fn read(element: Element<'a>) -> Result<Self, CertificateError> {
        let mut outer = element.parts();
        let mut list = outer.next(SEQUENCE)?.parts();
        outer.end()?;
        let mut found = Self::default();
        while !list.is_empty() {
            found.add(extension(list.next(SEQUENCE)?)?)?;
        }
        Ok(found)
    }

    fn add(&mut self, extension: Extension<'a>) -> Result<(), CertificateError> {
        let Extension { oid, critical, value } = extension;
        let (place, extension, tag) = match oid {
            KEY_USAGE => (&mut self.key_usage, "keyUsage", BIT_STRING),
            SUBJECT_ALT_NAME => (&mut self.alternative_names, "subjectAltName", SEQUENCE),
            BASIC_CONSTRAINTS => (&mut self.basic_constraints, "basicConstraints", SEQUENCE),
            NAME_CONSTRAINTS => (&mut self.name_constraints, "nameConstraints", SEQUENCE),
            DISTRIBUTION_POINTS => {
                (&mut self.distribution_points, "cRLDistributionPoints", SEQUENCE)
            }
            EXTENDED_KEY_USAGE => (&mut self.extended_key_usage, "extKeyUsage", SEQUENCE),
            TIMESTAMPS => (&mut self.timestamps, "SignedCertificateTimestampList", OCTET_STRING),
            POISON => return Err(CertificateError::Precertificate),
            _ => {
                if critical && !is_known(oid) {
                    self.unknown_critical.get_or_insert(oid);
                }
                return Ok(());
            }
        };
        match only(tag, value).map(|found| place.replace(found)) {
            Ok(None) => Ok(()),
            _ => Err(CertificateError::Extension { extension }),
        }
    }

    /// The value of basicConstraints, if present.
    pub(super) fn authority(&self) -> Result<Option<Authority>, CertificateError> {
        let extension = "basicConstraints";
        let authority = self.basic_constraints.map(authority).transpose();
        authority.map_err(|_| CertificateError::Extension { extension })
    }

    /// Whether keyUsage is absent or has keyCertSign.
    pub(super) fn may_sign(&self) -> Result<bool, CertificateError> {
        let extension = "keyUsage";
        let may_sign = self.key_usage.map(has_cert_sign).transpose();
        let may_sign = may_sign.map_err(|_| CertificateError::Extension { extension })?;
        Ok(may_sign.unwrap_or(true))
    }

    /// Whether extKeyUsage is absent or allows TLS servers.
    pub(super) fn is_for_servers(&self) -> Result<bool, CertificateError> {
        let extension = "extKeyUsage";
        let is_for_servers = self.extended_key_usage.map(has_server_auth).transpose();
        let is_for_servers =
            is_for_servers.map_err(|_| CertificateError::Extension { extension })?;
        Ok(is_for_servers.unwrap_or(true))
    }
}

/// One extension, its value not yet read.
struct Extension<'a> {
    oid: &'a [u8],
    critical: bool,
    value: &'a [u8],
}

/// Whether verifiers know an extension that is not read here.
fn is_known(oid: &[u8]) -> bool {
    const OTHERS: &[&[u8]] = &[
        b"\x60\x86\x48\x01\x86\xf8\x42\x01\x01", // netscapeCertType
        b"\x2b\x06\x01\x05\x05\x07\x01\x07",     // ipAddrBlocks
        b"\x2b\x06\x01\x05\x05\x07\x01\x08",     // autonomousSysIds
        b"\x2b\x06\x01\x05\x05\x07\x01\x0e",     // proxyCertInfo
        b"\x2b\x06\x01\x05\x05\x07\x30\x01\x05", // ocsp-nocheck
    ];
    match oid {
        // Key identifiers, issuerAltName, policies, their mappings and constraints (RFC 5280).
        [0x55, 0x1d, 14 | 18 | 32 | 33 | 35 | 36 | 54] => true,
        _ => OTHERS.contains(&oid),
    }
}

/// The element of this tag that a value consists of.
fn only(tag: u8, value: &[u8]) -> Result<Element<'_>, Malformed> {
    let mut elements = Elements(value);
    let found = elements.next(tag)?;
    elements.end()?;
    Ok(found)
}

fn extension(extension: Element<'_>) -> Result<Extension<'_>, Malformed> {
    let mut parts = extension.parts();
    let oid = parts.oid()?;
    let critical = boolean(&mut parts)?;
    let value = parts.next(OCTET_STRING)?.content;
    parts.end()?;
    Ok(Extension { oid, critical, value })
}

/// The next element if it is a BOOLEAN. `FALSE` is a default, which DER leaves out and many do not.
fn boolean(parts: &mut Elements<'_>) -> Result<bool, Malformed> {
    match parts.next_if(BOOLEAN)?.map(|found| found.content) {
        None | Some([0]) => Ok(false),
        Some([0xff]) => Ok(true),
        Some(_) => Err(Malformed),
    }
}

fn authority(constraints: Element<'_>) -> Result<Authority, Malformed> {
    let mut parts = constraints.parts();
    let ca = boolean(&mut parts)?;
    let path_len = if parts.is_empty() { None } else { Some(count(parts.integer()?)?) };
    parts.end()?;
    Ok(Authority { ca, path_len })
}

/// The value of an INTEGER that counts.
fn count(integer: &[u8]) -> Result<u32, Malformed> {
    match integer {
        [0x80..=0xff, ..] => Err(Malformed),
        [] | [_] | [_, _] | [_, _, _] | [_, _, _, _] | [0, _, _, _, _] => {
            Ok(integer.iter().fold(0, |number, &digit| number << 8 | u32::from(digit)))
        }
        _ => Err(Malformed),
    }
}

/// Bit 5, counted from the highest of the first byte.
fn has_cert_sign(usage: Element<'_>) -> Result<bool, Malformed> {
    let usage = bits(usage.content)?;
    Ok(usage.first().is_some_and(|first| first & 0b100 != 0))
}

/// Whether serverAuth or anyExtendedKeyUsage is among the purposes.
fn has_server_auth(usage: Element<'_>) -> Result<bool, Malformed> {
    let mut purposes = usage.parts();
    let mut found = false;
    while !purposes.is_empty() {
        found |= [SERVER_AUTH, ANY_PURPOSE].contains(&purposes.oid()?);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn basic_constraints_are_read_strictly() {
        let read = |value: &[u8]| {
            let found = only(SEQUENCE, value).and_then(authority).ok()?;
            Some((found.ca, found.path_len))
        };
        for (value, expected) in [
            (&b"\x30\x00"[..], Some((false, None))),
            (b"\x30\x03\x01\x01\x00", Some((false, None))),
            (b"\x30\x03\x01\x01\xff", Some((true, None))),
            (b"\x30\x06\x01\x01\xff\x02\x01\x03", Some((true, Some(3)))),
            (b"\x30\x0a\x01\x01\xff\x02\x05\x00\xff\xff\xff\xff", Some((true, Some(u32::MAX)))),
            (b"\x30\x0a\x01\x01\xff\x02\x05\x01\x00\x00\x00\x00", None),
            (b"\x30\x06\x01\x01\xff\x02\x01\x80", None),
            (b"\x30\x03\x01\x01\x01", None),
            (b"\x30\x00\x00", None),
            (b"\x10\x00", None),
        ] {
            assert_eq!(read(value), expected, "{value:x?}");
        }
    }

    #[test]
    fn key_usage_is_read_strictly() {
        for (value, expected) in [
            (&b"\x03\x02\x01\x06"[..], Ok(true)),
            (b"\x03\x02\x05\xa0", Ok(false)),
            (b"\x03\x01\x00", Ok(false)),
            (b"\x03\x01\x01", Err(Malformed)),
            (b"\x03\x02\x08\x06", Err(Malformed)),
            (b"\x04\x02\x01\x06", Err(Malformed)),
        ] {
            let usage = only(BIT_STRING, value);
            assert_eq!(usage.and_then(has_cert_sign), expected, "{value:x?}");
        }
    }

    #[test]
    fn extended_key_usage_is_read_strictly() {
        for (value, expected) in [
            (&b"\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x01"[..], Ok(true)),
            (b"\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x02", Ok(false)),
            (b"\x30\x06\x06\x04\x55\x1d\x25\x00", Ok(true)),
            (b"\x30\x00", Ok(false)),
            (b"\x30\x02\x05\x00", Err(Malformed)),
            (b"\x30\x02\x06\x00", Err(Malformed)),
        ] {
            assert_eq!(only(SEQUENCE, value).and_then(has_server_auth), expected, "{value:x?}");
        }
    }

    #[test]
    fn only_what_is_critical_and_unknown_is_reported() {
        let list = |extension: &[u8]| {
            let mut extensions = Extensions::default();
            let whole = Elements(extension).next(SEQUENCE).expect("a sequence");
            extensions.add(super::extension(whole)?)?;
            Ok::<_, CertificateError>(extensions.unknown_critical.map(<[u8]>::to_vec))
        };
        let unknown = b"\x30\x0b\x06\x02\x2a\x03\x01\x01\xff\x04\x02\x05\x00";
        assert_eq!(list(unknown), Ok(Some(vec![0x2a, 3])));
        let harmless = b"\x30\x08\x06\x02\x2a\x03\x04\x02\x05\x00";
        assert_eq!(list(harmless), Ok(None));
        let policies = b"\x30\x0c\x06\x03\x55\x1d\x20\x01\x01\xff\x04\x02\x30\x00";
        assert_eq!(list(policies), Ok(None));
    }
}
