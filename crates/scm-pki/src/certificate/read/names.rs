//! Reads a Name (RFC 5280 4.1.2.4): its structure, and that its texts match their types.

use crate::{
    CertificateError,
    tlv::{
        BIT_STRING, BMP_STRING, Element, Elements, IA5_STRING, Malformed, NUMERIC_STRING,
        PRINTABLE_STRING, SEQUENCE, SET, T61_STRING, UNIVERSAL_STRING, UTF8_STRING, bits,
    },
};

/// The next element, a name.
pub(super) fn name<'a>(parts: &mut Elements<'a>) -> Result<Element<'a>, CertificateError> {
    let name = parts.next(SEQUENCE)?;
    let mut relative = name.parts();
    while !relative.is_empty() {
        let mut attributes = relative.next(SET)?.parts();
        while !attributes.is_empty() {
            attribute(attributes.next(SEQUENCE)?)?;
        }
    }
    Ok(name)
}

fn attribute(attribute: Element<'_>) -> Result<(), CertificateError> {
    let mut parts = attribute.parts();
    parts.oid()?;
    let value = parts.any()?;
    parts.end()?;
    text(value).map_err(|_| CertificateError::Text)
}

/// Checks a value of a type that OpenSSL accepts. In types of one byte a character it accepts any
/// byte, and real certificates have them.
fn text(value: Element<'_>) -> Result<(), Malformed> {
    let sound = match value.tag {
        UTF8_STRING => std::str::from_utf8(value.content).is_ok(),
        PRINTABLE_STRING | IA5_STRING | T61_STRING | NUMERIC_STRING | SEQUENCE => true,
        BMP_STRING => is_text(value.content, |[high, low]: [u8; 2]| [0, 0, high, low]),
        UNIVERSAL_STRING => is_text(value.content, |four: [u8; 4]| four),
        BIT_STRING => bits(value.content).is_ok(),
        _ => false,
    };
    if sound { Ok(()) } else { Err(Malformed) }
}

/// Whether bytes are whole characters of `N` bytes each.
fn is_text<const N: usize>(bytes: &[u8], number: fn([u8; N]) -> [u8; 4]) -> bool {
    let (characters, rest) = bytes.as_chunks::<N>();
    let is_character = |&character| char::from_u32(u32::from_be_bytes(number(character))).is_some();
    rest.is_empty() && characters.iter().all(is_character)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_match_their_types() {
        for (whole, sound) in [
            (&b"\x0c\x02\xc3\xa9"[..], true),
            (b"\x0c\x02\xc3(", false),
            (b"\x13\x02*\xff", true),
            (b"\x1a\x01a", false),
            (b"\x1e\x02\x00a", true),
            (b"\x1e\x03\x00a\x00", false),
            (b"\x1e\x04\xd8\x00\xdc\x00", false),
            (b"\x1c\x04\x00\x01\xf6\x00", true),
            (b"\x1c\x04\x00\x11\x00\x00", false),
            (b"\x1c\x03\x00\x00a", false),
            (b"\x03\x02\x07\x80", true),
            (b"\x03\x02\x08\x80", false),
            (b"\x02\x01\x05", false),
        ] {
            let value = Elements(whole).any().expect("an element");
            assert_eq!(text(value).is_ok(), sound, "{whole:x?}");
        }
    }
}
