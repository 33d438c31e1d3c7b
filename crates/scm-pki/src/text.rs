//! Untrusted text made safe to show: escaped and bounded.

use std::fmt::Write;

/// The most characters that are shown of one name.
const SHOWN: usize = 120;

/// `text` with control and other non-printable characters escaped, cut at 120 characters.
pub(crate) fn shown(text: &str) -> String {
    bounded(text, SHOWN)
}

/// `text`, escaped as by [`shown`], cut at `limit` characters of input.
pub(crate) fn bounded(text: &str, limit: usize) -> String {
    let mut out = String::new();
    for (count, c) in text.chars().enumerate() {
        if count == limit {
            out.push('…');
            break;
        }
        push_escaped(&mut out, c);
    }
    out
}

/// Appends one character, escaped where it would not print.
pub(crate) fn push_escaped(out: &mut String, c: char) {
    match c {
        '\'' | '"' => out.push(c),
        _ => out.extend(c.escape_debug()),
    }
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        write!(out, "{byte:02x}").expect("a String takes every write");
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_that_do_not_print_are_escaped() {
        assert_eq!(shown("a\u{1b}[31m\r\n\u{202e}b"), "a\\u{1b}[31m\\r\\n\\u{202e}b");
        assert_eq!(shown("naïve \"x\""), "naïve \"x\"");
    }

    #[test]
    fn long_text_is_cut() {
        assert_eq!(shown(&"x".repeat(500)).chars().count(), SHOWN + 1);
    }
}
