//! Walks through DER (X.690 10.1) one element at a time, without copying.
//!
//! Strict, as other libraries are: a tag is the one octet that is expected, and a length has as few
//! octets as possible.

// Tags, with their class and whether they are constructed.
pub(crate) const BOOLEAN: u8 = 0x01;
pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const OCTET_STRING: u8 = 0x04;
const NULL: u8 = 0x05;
pub(crate) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(crate) const UTF8_STRING: u8 = 0x0c;
pub(crate) const NUMERIC_STRING: u8 = 0x12;
pub(crate) const PRINTABLE_STRING: u8 = 0x13;
pub(crate) const T61_STRING: u8 = 0x14;
pub(crate) const IA5_STRING: u8 = 0x16;
pub(crate) const UTC_TIME: u8 = 0x17;
pub(crate) const GENERALIZED_TIME: u8 = 0x18;
pub(crate) const UNIVERSAL_STRING: u8 = 0x1c;
pub(crate) const BMP_STRING: u8 = 0x1e;
pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const SET: u8 = 0x31;

/// Bytes that are not the expected DER.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

/// One element: its tag, the octets inside, and all of its octets.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Element<'a> {
    pub(crate) tag: u8,
    pub(crate) content: &'a [u8],
    pub(crate) whole: &'a [u8],
}

impl<'a> Element<'a> {
    /// The elements inside.
    pub(crate) fn parts(self) -> Elements<'a> {
        Elements(self.content)
    }
}

/// Elements that follow each other, as far as they have not been read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Elements<'a>(pub(crate) &'a [u8]);

impl<'a> Elements<'a> {
    /// The next element, of any tag.
    pub(crate) fn any(&mut self) -> Result<Element<'a>, Malformed> {
        let (&tag, behind_tag) = self.0.split_first().ok_or(Malformed)?;
        let (length, body) = length(behind_tag)?;
        let (content, rest) = body.split_at_checked(length).ok_or(Malformed)?;
        let whole = &self.0[..self.0.len() - rest.len()];
        self.0 = rest;
        // The form for tags over 30, which nothing that is read here has.
        if tag & 0x1f == 0x1f { Err(Malformed) } else { Ok(Element { tag, content, whole }) }
    }

    /// The next element, which has this tag.
    pub(crate) fn next(&mut self, tag: u8) -> Result<Element<'a>, Malformed> {
        self.any().and_then(|found| if found.tag == tag { Ok(found) } else { Err(Malformed) })
    }

    /// The next element if it has this tag.
    pub(crate) fn next_if(&mut self, tag: u8) -> Result<Option<Element<'a>>, Malformed> {
        if self.0.first() == Some(&tag) { self.any().map(Some) } else { Ok(None) }
    }

    /// The next element, of any type (ANY): a primitive one must match its type.
    pub(crate) fn value(&mut self) -> Result<Element<'a>, Malformed> {
        let mut typed = *self;
        let found = self.any()?;
        let length = found.content.len();
        match found.tag {
            INTEGER => typed.integer().map(|_| found),
            OBJECT_IDENTIFIER => typed.oid().map(|_| found),
            BIT_STRING => bits(found.content).map(|_| found),
            SEQUENCE | SET => Ok(found),
            // Nothing else of these is in pieces.
            0 | 0x20..=0x3f => Err(Malformed),
            BOOLEAN if length != 1 => Err(Malformed),
            NULL if length != 0 => Err(Malformed),
            BMP_STRING if !length.is_multiple_of(2) => Err(Malformed),
            UNIVERSAL_STRING if !length.is_multiple_of(4) => Err(Malformed),
            _ => Ok(found),
        }
    }

    /// The content of the next element, an OBJECT IDENTIFIER.
    pub(crate) fn oid(&mut self) -> Result<&'a [u8], Malformed> {
        let content = self.next(OBJECT_IDENTIFIER)?.content;
        // Each number ends with an octet under 0x80, and none begins with a zero digit (0x80).
        let mut begins = true;
        for &octet in content {
            if begins && octet == 0x80 {
                return Err(Malformed);
            }
            begins = octet < 0x80;
        }
        if begins && !content.is_empty() { Ok(content) } else { Err(Malformed) }
    }

    /// The content of the next element, an INTEGER in as few octets as it needs.
    pub(crate) fn integer(&mut self) -> Result<&'a [u8], Malformed> {
        match self.next(INTEGER)?.content {
            [] | [0, 0..=0x7f, ..] | [0xff, 0x80..=0xff, ..] => Err(Malformed),
            content => Ok(content),
        }
    }

    /// The bytes of the next element, a BIT STRING of whole bytes.
    pub(crate) fn bytes(&mut self) -> Result<&'a [u8], Malformed> {
        whole_bytes(self.next(BIT_STRING)?.content)
    }

    /// Whether all were read.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Makes sure that all were read.
    pub(crate) fn end(&self) -> Result<(), Malformed> {
        if self.is_empty() { Ok(()) } else { Err(Malformed) }
    }
}

/// The bytes of a BIT STRING's content, if it consists of whole ones.
pub(crate) fn whole_bytes(content: &[u8]) -> Result<&[u8], Malformed> {
    match content {
        [0, bytes @ ..] => Ok(bytes),
        _ => Err(Malformed),
    }
}

/// The bits of a BIT STRING's content, without the count of unused ones, of which the last byte
/// may have up to seven.
pub(crate) fn bits(content: &[u8]) -> Result<&[u8], Malformed> {
    match content {
        [0] => Ok(&[]),
        [0..=7, bits @ ..] if !bits.is_empty() => Ok(bits),
        _ => Err(Malformed),
    }
}

/// The elements inside the first element, which has this tag, even if its end was cut.
pub(crate) fn opened(bytes: &[u8], tag: u8) -> Result<Elements<'_>, Malformed> {
    let (&found, behind_tag) = bytes.split_first().ok_or(Malformed)?;
    let (length, body) = length(behind_tag)?;
    if found == tag { Ok(Elements(&body[..length.min(body.len())])) } else { Err(Malformed) }
}

/// A length, and what follows it.
fn length(bytes: &[u8]) -> Result<(usize, &[u8]), Malformed> {
    match bytes {
        [short @ 0..=0x7f, rest @ ..] => Ok((usize::from(*short), rest)),
        [0x81, one @ 0x80..=0xff, rest @ ..] => Ok((usize::from(*one), rest)),
        [0x82, high @ 1..=0xff, low, rest @ ..] => {
            Ok((usize::from(*high) << 8 | usize::from(*low), rest))
        }
        [0x83, high @ 1..=0xff, middle, low, rest @ ..] => {
            let [high, middle, low] = [high, middle, low].map(|&digit| usize::from(digit));
            Ok((high << 16 | middle << 8 | low, rest))
        }
        _ => Err(Malformed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_have_one_form() {
        let of = |bytes: &'static [u8]| length(bytes).map(|(length, _)| length);
        assert_eq!(of(&[0x7f]), Ok(127));
        assert_eq!(of(&[0x81, 0x80]), Ok(128));
        assert_eq!(of(&[0x82, 1, 0]), Ok(256));
        assert_eq!(of(&[0x83, 1, 0, 2]), Ok(65_538));
        for other in [
            &[][..],
            &[0x80],
            &[0x81],
            &[0x81, 0x7f],
            &[0x82, 0, 0x80],
            &[0x83, 0, 1, 0],
            &[0x84, 1, 0, 0, 0],
            &[0xff],
        ] {
            assert_eq!(of(other), Err(Malformed), "{other:x?}");
        }
    }

    #[test]
    fn elements_follow_each_other() {
        let mut elements = Elements(b"\x04\x01x\x05\x00\x04\x02y");
        assert_eq!(elements.next_if(SEQUENCE).map(|found| found.is_some()), Ok(false));
        let first = elements.next(OCTET_STRING).expect("whole");
        assert_eq!((first.content, first.whole), (&b"x"[..], &b"\x04\x01x"[..]));
        assert_eq!(elements.end(), Err(Malformed));
        assert!(elements.any().is_ok_and(|null| null.tag == 5));
        assert!(elements.any().is_err(), "cut");
        assert!(Elements(b"\x1f\x01x").any().is_err(), "a long tag");
        assert!(Elements(b"").any().is_err());
    }

    #[test]
    fn integers_and_identifiers_have_one_form() {
        for (content, sound) in [
            (&b"\x02\x01\x00"[..], true),
            (b"\x02\x01\x80", true),
            (b"\x02\x02\x00\x80", true),
            (b"\x02\x02\xff\x7f", true),
            (b"\x02\x00", false),
            (b"\x02\x02\x00\x7f", false),
            (b"\x02\x02\xff\x80", false),
        ] {
            assert_eq!(Elements(content).integer().is_ok(), sound, "{content:x?}");
        }
        for (content, sound) in [
            (&b"\x06\x03\x2a\x81\x01"[..], true),
            (b"\x06\x02\x2a\x00", true),
            (b"\x06\x00", false),
            (b"\x06\x02\x2a\x81", false),
            (b"\x06\x03\x2a\x80\x01", false),
        ] {
            assert_eq!(Elements(content).oid().is_ok(), sound, "{content:x?}");
        }
    }

    #[test]
    fn values_match_their_types() {
        for (value, sound) in [
            (&b"\x05\x00"[..], true),
            (b"\x30\x00", true),
            (b"\x1e\x02\x00a", true),
            (b"\x00\x00", false),
            (b"\x01\x02\x00\x00", false),
            (b"\x02\x00", false),
            (b"\x03\x00", false),
            (b"\x05\x01\x00", false),
            (b"\x06\x00", false),
            (b"\x1c\x02\x00a", false),
            (b"\x1e\x01a", false),
            (b"\x3e\x00", false),
        ] {
            assert_eq!(Elements(value).value().is_ok(), sound, "{value:x?}");
        }
    }

    #[test]
    fn bits_are_counted() {
        assert_eq!(Elements(b"\x03\x02\x00x").bytes(), Ok(&b"x"[..]));
        assert_eq!(Elements(b"\x03\x02\x01x").bytes(), Err(Malformed));
        assert_eq!(bits(b"\x07x"), Ok(&b"x"[..]));
        for other in [&b""[..], b"\x01", b"\x08x"] {
            assert_eq!(bits(other), Err(Malformed), "{other:x?}");
        }
    }
}
