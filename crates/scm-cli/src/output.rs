//! The only file that prints: results to standard output, everything else to standard error.
//!
//! Colours are for terminals only, and never with `NO_COLOR`. A reader that hangs up, such as
//! `head`, is no trouble: what it does not want to see is not shown.

mod bundle;
mod detail;
mod plain;
mod refusal;
mod style;

use std::{error::Error, io::Write as _, process::ExitCode};

use serde::Serialize;

use crate::trouble::Trouble;

pub(crate) use bundle::{imported, report};
pub(crate) use detail::detail;

/// Prints a result.
pub(crate) fn result(text: &str) {
    let _ = writeln!(anstream::stdout().lock(), "{}", text.trim_end());
}

/// Prints a result for programs.
pub(crate) fn json(reply: &impl Serialize) {
    result(&serde_json::to_string_pretty(reply).expect("replies have string keys only"));
}

/// Prints something beside the result.
pub(crate) fn note(text: &str) {
    let _ = writeln!(anstream::stderr().lock(), "{}", text.trim_end());
}

/// Prints what a person should know, although nothing is wrong.
pub(crate) fn notes(notes: &[String]) {
    for text in notes {
        note(&bundle::note(text));
    }
}

/// Prints why there is no result, and gives the exit code that says so.
pub(crate) fn trouble(trouble: &Trouble) -> ExitCode {
    note(&told(trouble));
    ExitCode::from(trouble.exit_code())
}

fn told(trouble: &Trouble) -> String {
    let mut text = match trouble {
        Trouble::Client(scm_client::Error::Refused { code, message, request_id, .. }) => {
            refusal::told(code, message, request_id.as_deref())
        }
        Trouble::Client(scm_client::Error::Invalid(violations)) => refusal::invalid(violations),
        other => format!("{} {}\n", style::bad("error:"), plain::printable(&other.to_string())),
    };
    if let Some(cause) = root_cause(trouble) {
        text += &format!("  {}\n", plain::printable(&cause.to_string()));
    }
    if let Some(advice) = trouble.advice() {
        text += &format!("\n{advice}\n");
    }
    text
}

/// The innermost cause: those above it tell how a library is built.
fn root_cause(trouble: &Trouble) -> Option<&dyn Error> {
    std::iter::successors(trouble.source(), |&cause| cause.source()).last()
}
