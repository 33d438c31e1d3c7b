//! Why a request is invalid: fields and rules, never the rejected values.

use std::fmt;

use crate::{Kind, Length, Revision};

/// One rule of the API that a request breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The field, as a dotted path for nested ones; empty for the body as a whole.
    pub field: String,
    /// The rule that it breaks.
    pub rule: Rule,
    /// A later published revision without this rule, if there is one.
    pub lifted_by: Option<Revision>,
}

/// A rule of the API.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rule {
    /// The body is JSON. The text is the parser's, which quotes nothing of the body.
    Json(String),
    /// The body is an object.
    Object,
    /// The field is present.
    Mandatory,
    /// The field is not null.
    NotNull,
    /// The field occurs once.
    Once,
    /// The field has a value of this kind.
    Kind(Kind),
    /// The field has a value that matches the schema.
    Shape,
    /// The text is within these limits.
    Length {
        /// The length of the text, in Unicode scalar values.
        actual: usize,
        /// The lengths that are accepted.
        length: Length,
    },
    /// The text has this form, in words that follow "must be".
    Pattern(&'static str),
}

impl Violation {
    /// A violation of a rule that every revision has.
    pub fn new(field: impl Into<String>, rule: Rule) -> Self {
        Self { field: field.into(), rule, lifted_by: None }
    }

    /// Adds the revision that does not have the rule.
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
            Self::Shape => f.write_str("does not match the schema"),
            Self::Length { actual, length } if length.min == length.max => {
                write!(f, "{}, must have exactly {}", characters(*actual), length.min)
            }
            Self::Length { actual, length } if *actual > length.max => {
                write!(f, "{}, must have at most {}", characters(*actual), length.max)
            }
            Self::Length { actual, length } => {
                write!(f, "{}, must have at least {}", characters(*actual), length.min)
            }
            Self::Pattern(form) => write!(f, "must be {form}"),
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
                write!(f, "; it may be empty (optional in revision {revision} of this API)")
            }
            (Some(revision), _) => write!(f, " (accepted by revision {revision} of this API)"),
            (None, _) => Ok(()),
        }
    }
}

/// All rules that a request breaks: at least one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Violations(Vec<Violation>);

impl Violations {
    /// An error with these violations, unless there are none.
    pub fn unless_empty(all: Vec<Violation>) -> Result<(), Self> {
        if all.is_empty() { Ok(()) } else { Err(Self(all)) }
    }

    /// The violations of several parts of a request, in their order.
    pub(crate) fn concat(parts: impl IntoIterator<Item = Self>) -> Self {
        Self(parts.into_iter().flat_map(|part| part.0).collect())
    }

    /// Replaces the limits of the union of all revisions by those of one revision. A text that is
    /// shortened to the longer limit would be refused again.
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

    /// The violations, in the order of the fields.
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
