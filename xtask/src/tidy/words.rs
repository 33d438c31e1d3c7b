//! Words that do not come back: the field has its own, and readers know those.

use std::path::Path;

/// Words that appear nowhere, whatever their case, alone or as a part of an identifier.
/// Each with words to use instead.
const WORDS: &[(&str, &str)] = &[
    ("asked", "requested"),
    ("asker", "client, caller"),
    ("deed", "operation, transaction"),
    ("nobody", "no one, no user"),
    ("somebody", "a user, another process"),
    ("tells", "reports, shows"),
    ("told", "reported, logged"),
    ("whoever", "a user who, the caller"),
];

/// Phrases that appear in no prose.
const PHRASES: &[&str] = &["of one's own", "the same, "];

/// Former names of types and modules, exactly as they were written, each with its present name.
const NAMES: &[(&str, &str)] = &[
    ("Crowd", "PerClientLimit"),
    ("Desk", "Service"),
    ("ForeignRing", "ForeignKeyring"),
    ("Home", "Location"),
    ("KeptBundle", "StoredBundle"),
    ("RingId", "KeyringId"),
    ("Said", "Output"),
    ("SharedRing", "SharedKeyring"),
    ("own_postgres", "test_postgres"),
];

/// Texts of others, and this list.
const NOT_OURS: &[&str] = &["xtask/advisories/", "xtask/src/tidy/words.rs"];

/// The words of a file that do not belong there, with their lines.
pub fn faults(file: &Path, text: &str) -> Vec<String> {
    let shown = file.display().to_string();
    if NOT_OURS.iter().any(|prefix| shown.starts_with(prefix)) {
        return Vec::new();
    }
    let rust = file.extension().is_some_and(|extension| extension == "rs");
    let mut faults = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let names = if rust { NAMES } else { &[] };
        for (word, instead) in words(line).chain(names_in(line, names)) {
            faults.push(format!("{shown}:{number}: `{word}`: write: {instead}"));
        }
    }
    let prose = flowing(text);
    let phrases = PHRASES.iter().filter(|phrase| prose.contains(*phrase));
    faults.extend(phrases.map(|phrase| format!("{shown}: `{phrase}`: name what is meant")));
    faults
}

type Pair = (&'static str, &'static str);

fn words(line: &str) -> impl Iterator<Item = Pair> {
    let parts = line.split(|c: char| !c.is_alphabetic());
    parts.filter_map(|part| WORDS.iter().copied().find(|(word, _)| word.eq_ignore_ascii_case(part)))
}

fn names_in(line: &str, names: &'static [Pair]) -> impl Iterator<Item = Pair> {
    let parts = line.split(|c: char| !c.is_alphanumeric() && c != '_');
    parts.filter_map(|part| names.iter().copied().find(|(name, _)| *name == part))
}

/// The text in small letters, as one line without the marks of comments.
fn flowing(text: &str) -> String {
    let lines =
        text.lines().map(|line| line.trim().trim_start_matches(['/', '!', '>', '#']).trim());
    lines.collect::<Vec<_>>().join(" ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(file: &str, text: &str) -> usize {
        faults(Path::new(file), text).len()
    }

    #[test]
    fn a_word_is_found_whatever_its_case_and_place() {
        for text in ["what is asked", "Whoever", "fn is_asked()", "tells,", "a deed."] {
            assert_eq!(found("a.rs", text), 1, "{text}");
            assert_eq!(found("a.md", text), 1, "{text}");
        }
        assert_eq!(found("a.md", "asked\nand told"), 2);
        assert_eq!(found("a.rs", "masked, indeed, foretold, Basked"), 0);
    }

    #[test]
    fn a_phrase_is_found_across_lines() {
        assert_eq!(found("a.rs", "/// The\n/// same, signed."), 1);
        assert_eq!(found("a.md", "a key of one's\nown"), 1);
        assert_eq!(found("a.md", "the same time"), 0);
    }

    #[test]
    fn former_names_are_found_in_rust_only() {
        assert_eq!(found("a.rs", "struct Desk;"), 1);
        assert_eq!(found("a.md", "Home"), 0);
        assert_eq!(found("a.rs", "struct HelpDesk;"), 0);
    }

    #[test]
    fn texts_of_others_are_not_ours() {
        assert_eq!(found("xtask/advisories/crates/a/A.md", "told"), 0);
    }
}
