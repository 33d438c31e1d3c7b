//! What users and projects may be called.

/// The longest name of a user or a project, in characters.
const LONGEST_NAME: usize = 64;

/// A name that a person can read and type again.
///
/// # Errors
/// Why it is none.
pub fn new_name(text: &str) -> Result<String, String> {
    let is_odd = |c: char| is_hidden(c) || matches!(c, '"' | '\\');
    match text.chars().count() {
        0 => Err("a name has at least one character".to_owned()),
        count if count > LONGEST_NAME => {
            Err(format!("a name has at most {LONGEST_NAME} characters, and this has {count}"))
        }
        _ if text.trim() != text => Err("a name has no space at either end".to_owned()),
        _ if text.chars().any(is_odd) => {
            Err("a name has no `\"`, no `\\`, and nothing that cannot be seen".to_owned())
        }
        _ => Ok(text.to_owned()),
    }
}

/// Whether a character cannot be seen, or changes how others are. Combining marks belong to the letters
/// of many scripts; what only steers text does not.
pub(super) fn is_hidden(c: char) -> bool {
    let steers = matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}');
    c.is_control() || steers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_short_and_visible() {
        for name in
            ["हिन्दी", "e\u{301}", "alice", "O'Brien", "Zoë 2", "cn-north-4", "店", &"x".repeat(64)]
        {
            assert_eq!(new_name(name).as_deref(), Ok(name));
        }
        let long = "x".repeat(65);
        for name in ["", " ", "a ", "a\nb", "a\u{1b}b", "a\u{202e}b", "a\u{200b}b", "a\"b", &long] {
            assert!(new_name(name).is_err(), "{name:?}");
        }
    }
}
