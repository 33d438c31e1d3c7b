//! What a command has to say, for programs and for people.

use scm_model::SecretText;
use serde::Serialize;

/// What is to be printed.
#[derive(Debug)]
pub struct Said {
    /// What was asked for, with a line end. It may hold a secret that is told this once.
    pub result: SecretText,
    /// What whoever asked should know besides, a line each.
    pub notes: Vec<String>,
}

/// A result in both forms, and what there is to know besides.
#[derive(Debug)]
pub struct Answer {
    json: SecretText,
    text: SecretText,
    notes: Vec<String>,
}

impl Answer {
    /// A result, and what people read of it: whole lines.
    pub fn new(result: &impl Serialize, text: impl Into<String>) -> Self {
        let json = serde_json::to_string_pretty(result).expect("results have string keys only");
        Self { json: (json + "\n").into(), text: text.into().into(), notes: Vec::new() }
    }

    /// The same, with something to know besides.
    #[must_use]
    pub fn with_note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// The form that was asked for.
    pub fn said(self, json: bool) -> Said {
        let result = if json { self.json } else { self.text };
        Said { result, notes: self.notes }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_end_their_lines_and_neither_is_shown_by_debug() {
        let answer = || Answer::new(&[SecretText::from("hunter2".to_owned())], "hunter2\n");
        assert!(!format!("{:?}", answer()).contains("hunter2"));
        assert_eq!(answer().said(true).result.secret_str(), "[\n  \"hunter2\"\n]\n");
        let said = answer().with_note("once").said(false);
        assert_eq!(
            (said.result.secret_str(), &said.notes[..]),
            ("hunter2\n", &["once".into()][..])
        );
    }
}
