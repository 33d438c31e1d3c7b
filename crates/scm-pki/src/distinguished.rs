//! Distinguished names as text, in the manner of RFC 4514: most specific part first, separated by
//! `, `, escaped, bounded.

use x509_parser::{
    asn1_rs::{Any, FromDer, Tag},
    oid_registry::{OID_X509_COMMON_NAME, Oid},
    x509::X509Name,
};

use crate::text::{bounded, push_escaped};

/// Longest shown name, in characters.
const SHOWN: usize = 300;

/// Short names of attribute types (RFC 4514 section 3, and the two that certificates use beside).
const SHORT: &[(&str, &str)] = &[
    ("2.5.4.3", "CN"),
    ("2.5.4.5", "serialNumber"),
    ("2.5.4.6", "C"),
    ("2.5.4.7", "L"),
    ("2.5.4.8", "ST"),
    ("2.5.4.9", "STREET"),
    ("2.5.4.10", "O"),
    ("2.5.4.11", "OU"),
    ("0.9.2342.19200300.100.1.1", "UID"),
    ("0.9.2342.19200300.100.1.25", "DC"),
    ("1.2.840.113549.1.9.1", "emailAddress"),
];

/// The DER of a Name as text; empty for the empty name.
pub(crate) fn text(name: &[u8]) -> String {
    let Ok((_, name)) = X509Name::from_der(name) else { return String::new() };
    let mut parts: Vec<_> = name
        .iter_rdn()
        .map(|rdn| {
            let attributes =
                rdn.iter().map(|a| format!("{}={}", short(a.attr_type()), value(a.attr_value())));
            attributes.collect::<Vec<_>>().join("+")
        })
        .collect();
    parts.reverse();
    cut(parts.join(", "))
}

/// The most specific common name (RFC 6125 2.3.1 counts only one), if it is text.
pub(crate) fn common_name(name: &[u8]) -> Option<String> {
    let (_, name) = X509Name::from_der(name).ok()?;
    let attributes = name.iter_attributes().filter(|a| *a.attr_type() == OID_X509_COMMON_NAME);
    attributes.last().and_then(|a| string(a.attr_value()))
}

fn short(kind: &Oid<'_>) -> String {
    let dotted = kind.to_id_string();
    let known = SHORT.iter().find(|(oid, _)| *oid == dotted);
    known.map_or_else(|| bounded(&dotted, 60), |(_, name)| (*name).to_owned())
}

/// An attribute value, escaped by RFC 4514 2.4 and against terminals.
fn value(value: &Any<'_>) -> String {
    let Some(text) = string(value) else { return format!("#{}", cut_hex(value.data)) };
    let mut out = String::new();
    for c in text.chars() {
        if matches!(c, ',' | '+' | '"' | '<' | '>' | ';') {
            out.push('\\');
        }
        push_escaped(&mut out, c);
    }
    out
}

fn cut_hex(bytes: &[u8]) -> String {
    crate::text::hex(&bytes[..bytes.len().min(16)])
}

/// Reads any of the string types that occur in names (RFC 5280 4.1.2.4).
fn string(value: &Any<'_>) -> Option<String> {
    let bytes = value.data;
    match value.tag() {
        Tag::Utf8String
        | Tag::PrintableString
        | Tag::Ia5String
        | Tag::NumericString
        | Tag::VisibleString => std::str::from_utf8(bytes).ok().map(str::to_owned),
        Tag::T61String => Some(bytes.iter().map(|&b| char::from(b)).collect()),
        Tag::BmpString => {
            let units = bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
            String::from_utf16(&units.collect::<Vec<_>>()).ok()
        }
        Tag::UniversalString => bytes
            .chunks_exact(4)
            .map(|four| char::from_u32(u32::from_be_bytes([four[0], four[1], four[2], four[3]])))
            .collect(),
        _ => None,
    }
}

/// Cuts what is already escaped.
fn cut(text: String) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}
