//! What a library takes away from programs that were written for an older one.
//!
//! Whatever is gone, or written in another way, breaks some program. Of what is new, that does which others
//! have to name one by one: variants of an enum, fields of a struct that is written out, items that
//! a trait demands; unless `#[non_exhaustive]` announced more. It is not seen whether a
//! struct has private fields beside the public ones: such a new field is named although it breaks no program.

use std::collections::BTreeSet;

use super::Listing;

/// Every breaking change from one listing to another.
pub fn breaking(before: &BTreeSet<String>, now: &Listing) -> Vec<String> {
    let mut changes = Vec::new();
    for line in before.iter().filter(|line| !is_kept(line, &now.lines)) {
        let path = path(line);
        let said =
            now.lines.iter().find(|other| !line.starts_with("impl") && self::path(other) == path);
        changes.push(match said {
            Some(said) => format!("`{line}` is now `{said}`"),
            None => format!("`{line}` is gone"),
        });
    }
    let new = now.lines.difference(before);
    changes.extend(new.filter_map(|line| demand(line, before, &now.provided)));
    changes
}

/// A function that has become `const` is still the one it was.
fn is_kept(line: &str, now: &BTreeSet<String>) -> bool {
    now.contains(line) || now.contains(&line.replacen("pub fn", "pub const fn", 1))
}

/// What a new line demands of programs that know nothing of it.
fn demand(line: &str, before: &BTreeSet<String>, provided: &BTreeSet<String>) -> Option<String> {
    let path = path(line);
    let (parent, name) = path.rsplit_once("::")?;
    let known = before.iter().find(|other| defines(other, parent))?;
    if known.contains("#[non_exhaustive]") {
        return None;
    }
    let is_part = kind(line).is_empty();
    match kind(known) {
        "trait" => {
            let (_, whose) = parent.rsplit_once("::")?;
            let is_given = provided.contains(&format!("{whose}::{name}"));
            (!is_given)
                .then(|| format!("`{line}` must be added by every implementation of the trait"))
        }
        "enum" if is_part => Some(format!("`{line}` is new in an enum that was complete")),
        "struct" | "union" if is_part && has_fields(parent, before) => {
            Some(format!("`{line}` is new in a struct that could be written out"))
        }
        "" if is_part => Some(format!("`{line}` is new in a variant that could be written out")),
        _ => None,
    }
}

/// Whether a line is the one that introduces what has this path: a type, a trait, or a variant.
fn defines(line: &str, path: &str) -> bool {
    let is_definition = match kind(line) {
        "struct" | "enum" | "union" | "trait" => true,
        "" => !line.starts_with("impl") && !about(line).contains(": "),
        _ => false,
    };
    is_definition && self::path(line) == path
}

fn has_fields(path: &str, lines: &BTreeSet<String>) -> bool {
    let field = format!("pub {path}::");
    lines.iter().any(|line| line.starts_with(&field))
}

/// The path of what a line is about, without generics: `lib::Page::next` of `pub fn lib::Page<T>::next(&self)`.
fn path(line: &str) -> String {
    let mut depth = 0;
    let mut path = String::new();
    for character in about(line).chars() {
        match character {
            '<' => depth += 1,
            '>' => depth -= 1,
            ' ' | '(' if depth == 0 => break,
            part if depth == 0 => path.push(part),
            _ => {}
        }
    }
    path.trim_end_matches(':').to_owned()
}

/// The keywords in front of the path.
fn kind(line: &str) -> &str {
    let bare = bare(line);
    bare[..bare.len() - about(line).len()].trim_end()
}

/// A line from its path on.
fn about(line: &str) -> &str {
    let mut rest = bare(line);
    while let Some((word, after)) = rest.split_once(' ')
        && word.chars().all(char::is_lowercase)
    {
        rest = after;
    }
    rest
}

/// A line without its attributes and `pub`.
fn bare(line: &str) -> &str {
    let mut rest = line;
    while let Some((_, after)) = rest.strip_prefix("#[").and_then(|rest| rest.split_once("] ")) {
        rest = after;
    }
    rest.strip_prefix("pub ").unwrap_or(rest)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Listing, breaking};

    const BEFORE: [&str; 14] = [
        "#[non_exhaustive] pub enum lib::Open",
        "#[non_exhaustive] pub struct lib::Settings",
        "impl core::marker::Send for lib::Client",
        "pub enum lib::Closed",
        "pub fn lib::Page<T>::next(&self)",
        "pub fn lib::Client::send(&self, u8) -> u8",
        "pub lib::Closed::One",
        "pub lib::Import::name: alloc::string::String",
        "pub lib::Settings::name: alloc::string::String",
        "pub struct lib::Client(_)",
        "pub struct lib::Import",
        "pub struct lib::Page<T>",
        "pub trait lib::Body: core::marker::Sized",
        "pub type lib::Body::Kind: lib::Marker",
    ];

    /// The changes if these lines go and those come.
    fn changes(gone: &[&str], come: &[&str]) -> Vec<String> {
        let lines = |lines: &[&str]| lines.iter().map(|&line| line.to_owned()).collect();
        let before: BTreeSet<String> = lines(&BEFORE);
        let gone: BTreeSet<String> = lines(gone);
        assert!(gone.is_subset(&before), "only what is there can go");
        let come: BTreeSet<String> = lines(come);
        let now = before.difference(&gone).chain(&come).cloned().collect();
        let provided = lines(&["Body::check"]);
        breaking(&before, &Listing { version: "0.1.0".to_owned(), lines: now, provided })
    }

    #[test]
    fn additions_break_no_program() {
        let come = [
            "pub fn lib::Client::show(&self)",
            "pub fn lib::Body::check(&self)",
            "pub struct lib::Other",
            "pub unsafe fn lib::Page<T>::last(&self)",
            "pub lib::Other::field: u8",
            "pub lib::Open::Two",
            "pub lib::Settings::more: u8",
            "impl core::clone::Clone for lib::Client",
            "pub enum lib::NewOne",
            "pub lib::NewOne::First",
        ];
        assert_eq!(changes(&[], &come), Vec::<String>::new());
    }

    #[test]
    fn what_is_gone_is_named() {
        let gone = [
            "pub fn lib::Client::send(&self, u8) -> u8",
            "pub fn lib::Page<T>::next(&self)",
            "impl core::marker::Send for lib::Client",
        ];
        let found = changes(&gone, &[]);
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(found.iter().all(|change| change.ends_with("` is gone")), "{found:?}");
    }

    #[test]
    fn what_is_said_in_another_way_is_named_with_both() {
        let gone = ["pub fn lib::Client::send(&self, u8) -> u8"];
        let found = changes(&gone, &["pub fn lib::Client::send(&self, u16) -> u8"]);
        let expected = "`pub fn lib::Client::send(&self, u8) -> u8` is now \
            `pub fn lib::Client::send(&self, u16) -> u8`";
        assert_eq!(found, [expected]);
        assert_eq!(
            changes(&gone, &["pub const fn lib::Client::send(&self, u8) -> u8"]),
            Vec::<String>::new()
        );
    }

    #[test]
    fn what_programs_must_know_of_is_named() {
        let come = [
            ("pub lib::Closed::Two", "an enum that was complete"),
            ("pub lib::Closed::Two(u8)", "an enum that was complete"),
            ("pub lib::Closed::One::field: u8", "a variant that could be written out"),
            ("pub lib::Import::key: u8", "a struct that could be written out"),
            ("pub fn lib::Body::read(&[u8]) -> Self", "every implementation of the trait"),
            ("pub const lib::Body::IS_JSON: bool", "every implementation of the trait"),
        ];
        for (line, why) in come {
            let found = changes(&[], &[line]);
            assert!(found.len() == 1 && found[0].contains(why), "{line}: {found:?}");
        }
    }

    #[test]
    fn a_promise_of_completeness_may_not_be_taken_back() {
        let found = changes(&["pub enum lib::Closed"], &["#[non_exhaustive] pub enum lib::Closed"]);
        assert_eq!(
            found,
            ["`pub enum lib::Closed` is now `#[non_exhaustive] pub enum lib::Closed`"]
        );
    }
}
