//! Texts that show as one line, with nothing hidden in it.

use crate::Rule;

/// The rule that a text breaks, if it would not show as one line: it holds a control character, a line
/// or paragraph separator, or a character that changes the direction of what follows.
pub(crate) fn violation(text: &str) -> Option<Rule> {
    let words = "one line, without control characters and direction marks";
    (!text.chars().all(is_shown)).then_some(Rule::Pattern(words))
}

fn is_shown(character: char) -> bool {
    let separates = matches!(character, '\u{2028}' | '\u{2029}');
    let directs = matches!(
        character,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    );
    !(character.is_control() || separates || directs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_every_script_are_shown_and_nothing_that_hides() {
        for text in
            ["", "a b", "店", "हिन्दी", "مرحبا", "e\u{301}", "👩\u{200d}💻", "www.example.com"]
        {
            assert_eq!(violation(text), None, "{text}");
        }
        for hidden in [
            '\0', '\t', '\n', '\r', '\u{1b}', '\u{7f}', '\u{85}', '\u{9b}', '\u{61c}', '\u{200e}',
            '\u{200f}', '\u{2028}', '\u{2029}', '\u{202a}', '\u{202e}', '\u{2066}', '\u{2069}',
        ] {
            assert!(violation(&format!("a{hidden}b")).is_some(), "{}", hidden.escape_default());
        }
    }
}
