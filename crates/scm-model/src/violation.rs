//! Why a request is not one that the wire takes: facts, never the rejected values.

use std::fmt;

use crate::{Kind, Length, Revision};

/// One rule of the wire that a request breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The field, as a dotted path for nested ones; empty for the body as a whole.
    pub field: String,
    /// The rule it breaks.
    pub rule: Rule,
    /// The published revision that does not have this rule, if one does not.
    pub lifted_by: Option<Revision>,
}

/// A rule of the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rule {
    /// The body is JSON; the text is the parser's own, which quotes nothing of the body.
    Json(String),
    /// The body is an object.
    Object,
    /// The field is mandatory.
    Mandatory,
    /// The field is not null.
    NotNull,
    /// The field stands once.
    Once,
    /// The field holds this kind of value.
    Kind(Kind),
    /// The field holds a value of the published shape.
    Shape,
    /// The text has this length.
    Length {
        /// The length that was sent, in Unicode scalar values.
        actual: usize,
        /// The lengths that are taken.
        length: Length,
    },
    /// The text is made of what the words say.
    Pattern(&'static str),
}

impl Violation {
    /// A violation that every revision has.
    pub fn new(field: impl Into<String>, rule: Rule) -> Self {
        Self { field: field.into(), rule, lifted_by: None }
    }

    /// The same, with the revision that lifts it.
    pub fn lifted_by(mut self, revision: Revision) -> Self {
        self.lifted_by = Some(revision);
        self
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json(what) => write!(f, "not valid JSON: {what}"),
            Self::Object => f.write_str("must be a JSON object"),
            Self::Mandatory => f.write_str("missing"),
            Self::NotNull => f.write_str("must not be null"),
            Self::Once => f.write_str("given more than once"),
            Self::Kind(kind) => write!(f, "must be {kind}"),
            Self::Shape => f.write_str("not of the published shape"),
            Self::Length { actual, length } if length.min == length.max => {
                write!(f, "{}, must be {}", characters(*actual), length.min)
            }
            Self::Length { actual, length } if *actual > length.max => {
                write!(f, "{}, at most {} are taken", characters(*actual), length.max)
            }
            Self::Length { actual, length } => {
                write!(f, "{}, at least {} are needed", characters(*actual), length.min)
            }
            Self::Pattern(words) => write!(f, "must be {words}"),
        }
    }
}

fn characters(count: usize) -> String {
    if count == 1 { "1 character".to_owned() } else { format!("{count} characters") }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let field = if self.field.is_empty() { "body" } else { &self.field };
        write!(f, "{field}: {}", self.rule)?;
        match (self.lifted_by, &self.rule) {
            (Some(revision), Rule::Mandatory) => {
                write!(f, "; it may be empty (revision {revision} of this API does without it)")
            }
            (Some(revision), _) => write!(f, " (revision {revision} of this API takes it)"),
            (None, _) => Ok(()),
        }
    }
}

/// All the rules that a request breaks; at least one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Violations(Vec<Violation>);

impl Violations {
    /// The violations, or nothing to complain about.
    pub fn unless_empty(all: Vec<Violation>) -> Result<(), Self> {
        if all.is_empty() { Ok(()) } else { Err(Self(all)) }
    }

    /// The violations of several parts of a request, in their order.
    pub(crate) fn concat(parts: impl IntoIterator<Item = Self>) -> Self {
        Self(parts.into_iter().flat_map(|part| part.0).collect())
    }

    /// The same with the limits of one revision, where those of all of them were broken: who
    /// shortens a text to the longer limit would only be refused again.
    #[must_use]
    pub fn restated(mut self, revision: Revision) -> Self {
        for violation in &mut self.0 {
            let narrower = match violation.field.as_str() {
                "name" => revision.name().length,
                "certificate" => revision.certificate(),
                _ => continue,
            };
            if let Rule::Length { length, .. } = &mut violation.rule {
                *length = narrower;
            }
        }
        self
    }

    /// Each of them, in the order of the fields.
    pub fn iter(&self) -> impl Iterator<Item = &Violation> {
        self.0.iter()
    }
}

impl From<Violation> for Violations {
    fn from(one: Violation) -> Self {
        Self(vec![one])
    }
}

impl fmt::Display for Violations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, violation) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_str("; ")?;
            }
            violation.fmt(f)?;
        }
        Ok(())
    }
}
