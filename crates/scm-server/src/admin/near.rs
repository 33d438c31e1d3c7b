//! Names similar to one that does not exist.

use std::fmt;

/// How alike two names must be, from 0 to 1: as alike as clap wants its suggestions.
const ALIKE: f64 = 0.7;

/// The greatest number of names that are shown.
const MOST: usize = 5;

/// What was perhaps meant. `Display` continues a sentence, or is empty.
#[derive(Debug, PartialEq, Eq)]
pub enum Near {
    /// These are like it, the most alike first.
    Alike(Vec<String>),
    /// None is like it, but there are only these.
    Only(Vec<String>),
    /// Too many to show, and none is similar.
    Nothing,
}

impl Near {
    /// What was perhaps meant by `name`, among those that are known.
    pub fn to<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        let lower = name.to_lowercase();
        let rated = known
            .into_iter()
            .map(|known| (strsim::jaro(&lower, &known.to_lowercase()), known.to_owned()));
        let mut rated: Vec<_> = rated.collect();
        rated.sort_by(|(one, _), (other, _)| other.total_cmp(one));
        let alike = rated.iter().take_while(|(rate, _)| *rate > ALIKE).take(MOST);
        let alike: Vec<_> = alike.map(|(_, known)| known.clone()).collect();
        match rated.len() {
            _ if !alike.is_empty() => Self::Alike(alike),
            1..=MOST => Self::Only(rated.into_iter().map(|(_, known)| known).collect()),
            _ => Self::Nothing,
        }
    }
}

impl fmt::Display for Near {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |names: &[String], last: &str| {
            let quoted: Vec<_> = names.iter().map(|name| format!("{name:?}")).collect();
            match &quoted[..] {
                [before @ .., end] if !before.is_empty() => {
                    format!("{} {last} {end}", before.join(", "))
                }
                _ => quoted.concat(),
            }
        };
        match self {
            Self::Alike(names) => write!(f, "; did you mean {}?", list(names, "or")),
            Self::Only(names) => write!(f, "; known so far: {}", list(names, "and")),
            Self::Nothing => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(name: &str, known: &[&str]) -> String {
        Near::to(name, known.iter().copied()).to_string()
    }

    #[test]
    fn the_most_alike_comes_first() {
        assert_eq!(shown("alcie", &["bob", "alice"]), "; did you mean \"alice\"?");
        let known = ["alina", "alice", "zoë"];
        assert_eq!(shown("Alice", &known), "; did you mean \"alice\" or \"alina\"?");
    }

    #[test]
    fn few_are_all_shown_and_many_are_not() {
        assert_eq!(shown("x", &["alice", "bob"]), "; known so far: \"alice\" and \"bob\"");
        assert_eq!(shown("x", &["a", "b", "c", "d", "e", "f"]), "");
        assert_eq!(shown("x", &[]), "");
    }
}
