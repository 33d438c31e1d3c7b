//! The result of a command, for programs and for people.

use scm_model::SecretText;
use serde::Serialize;

/// The output of a command.
#[derive(Debug)]
pub struct Output {
    /// The result, with a line end. It may contain a secret that is shown only once.
    pub result: SecretText,
    /// Notes for the user, one line each.
    pub notes: Vec<String>,
}

/// A result in both forms, with notes.
#[derive(Debug)]
pub struct Report {
    json: SecretText,
    text: SecretText,
    notes: Vec<String>,
}

impl Report {
    /// A result, and its text for people: whole lines.
    pub fn new(result: &impl Serialize, text: impl Into<String>) -> Self {
        let json = serde_json::to_string_pretty(result).expect("results have string keys only");
        Self { json: (json + "\n").into(), text: text.into().into(), notes: Vec::new() }
    }

    /// Adds a note.
    #[must_use]
    pub fn with_note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// The requested form.
    pub fn output(self, json: bool) -> Output {
        let result = if json { self.json } else { self.text };
        Output { result, notes: self.notes }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_end_their_lines_and_neither_is_shown_by_debug() {
        let answer = || Report::new(&[SecretText::from("hunter2".to_owned())], "hunter2\n");
        assert!(!format!("{:?}", answer()).contains("hunter2"));
        assert_eq!(answer().output(true).result.secret_str(), "[\n  \"hunter2\"\n]\n");
        let output = answer().with_note("once").output(false);
        assert_eq!(
            (output.result.secret_str(), &output.notes[..]),
            ("hunter2\n", &["once".into()][..])
        );
    }
}
