//! Texts that are searched for: in lower case, and in pieces.

/// The longest piece, in characters.
pub(crate) const PIECE: usize = 3;

/// Each character in lower case by itself, so that a part of a text is the same part in lower case.
pub(crate) fn fold(text: &str) -> String {
    if text.is_ascii() {
        text.to_ascii_lowercase()
    } else {
        text.chars().flat_map(char::to_lowercase).collect()
    }
}

/// Every `length` characters in a row.
pub(crate) fn windows(text: &str, length: usize) -> impl Iterator<Item = &str> {
    let starts = text.char_indices().map(|(at, _)| at);
    let ends = text.char_indices().map(|(at, c)| at + c.len_utf8()).skip(length - 1);
    starts.zip(ends).map(|(start, end)| &text[start..end])
}

/// Every piece of one to [`PIECE`] characters that lies within a line of texts in lower case, once
/// and in order.
pub(crate) fn pieces<'a>(folded: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let lines = folded.flat_map(str::lines);
    let mut pieces: Vec<_> =
        lines.flat_map(|line| (1..=PIECE).flat_map(|n| windows(line, n))).collect();
    pieces.sort_unstable();
    pieces.dedup();
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_falls_into_its_pieces() {
        assert_eq!(windows("añb", 2).collect::<Vec<_>>(), ["añ", "ñb"]);
        assert_eq!(windows("ab", 3).count(), 0);
        assert_eq!(pieces(["ab", "b\na"].into_iter()), ["a", "ab", "b"]);
    }

    #[test]
    fn lower_case_is_that_of_each_character() {
        assert_eq!(fold("ÄÖ Straße WWW"), "äö straße www");
        assert_eq!(fold("ΟΔΟΣ"), format!("{}σ", fold("ΟΔΟ")));
    }
}
