//! Distinguished names as text, in the manner of RFC 4514: most specific part first, separated by
//! `, `, escaped, bounded.

use crate::{
    oid,
    text::{bounded, hex, push_escaped},
    tlv::{
        BMP_STRING, Element, Elements, IA5_STRING, Malformed, NUMERIC_STRING, PRINTABLE_STRING,
        SEQUENCE, SET, T61_STRING, UNIVERSAL_STRING, UTF8_STRING,
    },
};

/// Longest shown name, in characters.
const SHOWN: usize = 300;

/// Short names of attribute types (RFC 4514 section 3, and two more that certificates use).
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

/// The content of the identifier of commonName.
const COMMON_NAME: &[u8] = b"\x55\x04\x03";

/// One attribute of a name.
struct Attribute<'a> {
    kind: &'a [u8],
    value: Element<'a>,
}

/// The DER of a Name as text; empty for the empty name.
pub(crate) fn text(name: &[u8]) -> String {
    let Ok(mut relative) = read(name) else { return String::new() };
    relative.reverse();
    let part = |attributes: &Vec<Attribute<'_>>| {
        let texts = attributes.iter().map(|a| format!("{}={}", short(a.kind), value(a.value)));
        texts.collect::<Vec<_>>().join("+")
    };
    cut(relative.iter().map(part).collect::<Vec<_>>().join(", "))
}

/// The most specific common name (RFC 6125 2.3.1 counts only one), if it is text.
pub(crate) fn common_name(name: &[u8]) -> Option<String> {
    let relative = read(name).ok()?;
    let last = relative.iter().flatten().rfind(|attribute| attribute.kind == COMMON_NAME);
    last.and_then(|attribute| string(attribute.value))
}

/// The relative names, from the least specific one, and the attributes of each.
fn read(name: &[u8]) -> Result<Vec<Vec<Attribute<'_>>>, Malformed> {
    let mut relative = Elements(name).next(SEQUENCE)?.parts();
    let mut found = Vec::new();
    while !relative.is_empty() {
        let mut attributes = relative.next(SET)?.parts();
        let mut set = Vec::new();
        while !attributes.is_empty() {
            let mut parts = attributes.next(SEQUENCE)?.parts();
            set.push(Attribute { kind: parts.oid()?, value: parts.any()? });
        }
        found.push(set);
    }
    Ok(found)
}

fn short(kind: &[u8]) -> String {
    let dotted = oid::read(kind).map_or_else(|| hex(kind), |oid| oid.to_string());
    let known = SHORT.iter().find(|(oid, _)| *oid == dotted);
    known.map_or_else(|| bounded(&dotted, 60), |(_, name)| (*name).to_owned())
}

/// An attribute value, escaped by RFC 4514 2.4 and against terminals.
fn value(value: Element<'_>) -> String {
    let Some(text) = string(value) else { return format!("#{}", cut_hex(value.content)) };
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
    hex(&bytes[..bytes.len().min(16)])
}

/// Reads any of the string types that occur in names (RFC 5280 4.1.2.4).
fn string(value: Element<'_>) -> Option<String> {
    let bytes = value.content;
    match value.tag {
        UTF8_STRING | PRINTABLE_STRING | IA5_STRING | NUMERIC_STRING => {
            std::str::from_utf8(bytes).ok().map(str::to_owned)
        }
        T61_STRING => Some(bytes.iter().map(|&b| char::from(b)).collect()),
        BMP_STRING => {
            let units = bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
            String::from_utf16(&units.collect::<Vec<_>>()).ok()
        }
        UNIVERSAL_STRING => bytes
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_shown_from_their_most_specific_part() {
        // C=DE, then the set CN="a,b" + 1.2.3="x" as an INTEGER.
        let name = b"\x30\x23\x31\x0b\x30\x09\x06\x03\x55\x04\x06\x13\x02DE\
            \x31\x14\x30\x0a\x06\x03\x55\x04\x03\x0c\x03a,b\x30\x06\x06\x01\x2a\x02\x01\x05";
        assert_eq!(text(name), "CN=a\\,b+1.2=#05, C=DE");
        assert_eq!(common_name(name).as_deref(), Some("a,b"));
        assert_eq!((text(b"\x30\x00"), common_name(b"\x30\x00")), (String::new(), None));
    }

    #[test]
    fn strings_of_all_types_are_read() {
        for (value, expected) in [
            (&b"\x0c\x02\xc3\xa9"[..], Some("é")),
            (b"\x14\x01\xe9", Some("é")),
            (b"\x1e\x02\x00\xe9", Some("é")),
            (b"\x1c\x04\x00\x00\x00\xe9", Some("é")),
            (b"\x13\x01\xe9", None),
            (b"\x02\x01\x05", None),
        ] {
            let element = Elements(value).any().expect("an element");
            assert_eq!(string(element).as_deref(), expected, "{value:x?}");
        }
    }
}
