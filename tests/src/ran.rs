//! What a run of a command leaves.

use std::process::Output;

use serde_json::Value;

/// What a run of a command leaves.
#[derive(Debug)]
pub struct Ran {
    /// Its exit code, unless a signal ended it.
    pub code: Option<i32>,
    /// Its standard output.
    pub said: String,
    /// Its standard error.
    pub noted: String,
}

impl Ran {
    /// What an ended process left.
    ///
    /// # Panics
    /// If it wrote what is no text.
    pub fn of(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("people read it");
        Self { code: output.status.code(), said: text(output.stdout), noted: text(output.stderr) }
    }

    /// The run, if it succeeded.
    ///
    /// # Panics
    /// If not.
    pub fn done(self) -> Self {
        assert_eq!(self.code, Some(0), "{self:?}");
        self
    }

    /// The JSON on standard output of a successful run.
    ///
    /// # Panics
    /// If it did not, or wrote something else.
    pub fn json(self) -> Value {
        serde_json::from_str(&self.done().said).expect("`--json` prints JSON")
    }

    /// The id, and nothing but the id, on standard output.
    ///
    /// # Panics
    /// If there is something else.
    pub fn id(&self) -> &str {
        assert_eq!(self.code, Some(0), "{self:?}");
        let id = self.said.trim_end();
        assert!(id.len() == 16 && id.starts_with("scs"), "{self:?}");
        id
    }
}
