//! The only file that prints: results to standard output, everything else to standard error.
//!
//! Colours are for terminals only, and never with `NO_COLOR`. A reader that hangs up, such as
//! `head`, is no trouble: what it does not want to see is not shown.

mod bundle;
mod detail;
mod expiry;
mod list;
mod plain;
mod refusal;
mod style;

use std::{error::Error, io::Write as _, path::PathBuf, process::ExitCode};

use scm_model::certificates::CertificateDetail;
use serde::Serialize;
use time::OffsetDateTime;

use crate::trouble::Trouble;

pub(crate) use bundle::{imported, report};
pub(crate) use detail::{detail, replaced};
pub(crate) use list::List;

/// Prints a result.
pub(crate) fn result(text: &str) {
    let _ = writeln!(anstream::stdout().lock(), "{}", text.trim_end());
}

/// Prints a result for programs.
pub(crate) fn json(reply: &impl Serialize) {
    result(&serde_json::to_string_pretty(reply).expect("replies have string keys only"));
}

/// Prints what holds a secret and was asked for, byte by byte.
pub(crate) fn secret(text: &str) {
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}

/// Prints where files are.
pub(crate) fn paths(paths: &[PathBuf]) {
    for path in paths {
        result(&plain::printable(&path.display().to_string()));
    }
}

/// Prints something beside the result.
pub(crate) fn note(text: &str) {
    let _ = writeln!(anstream::stderr().lock(), "{}", text.trim_end());
}

/// Prints what a person should know, although nothing is wrong.
pub(crate) fn notes<'a>(notes: impl IntoIterator<Item = &'a String>) {
    for text in notes {
        note(&bundle::note(text));
    }
}

/// Prints what the next lines are about.
pub(crate) fn about(id: &str) {
    note(&style::strong(&plain::printable(id)));
}

/// Asks whether certificates shall really go; the answer is to follow in the same line.
pub(crate) fn question(doomed: &[CertificateDetail], now: OffsetDateTime) {
    for certificate in doomed {
        note(&detail::line(certificate, now));
    }
    let what = match doomed.len() {
        1 => "this certificate with its private key".to_owned(),
        many => format!("these {many} certificates with their private keys"),
    };
    let mut terminal = anstream::stderr().lock();
    let _ = write!(terminal, "Delete {what}? [y/N] ");
    let _ = terminal.flush();
}

/// Prints why there is no result, and gives the exit code that says so.
pub(crate) fn trouble(trouble: &Trouble) -> ExitCode {
    note(&told(trouble));
    ExitCode::from(trouble.exit_code())
}

fn told(trouble: &Trouble) -> String {
    let mut text = match trouble.client_error() {
        Some(scm_client::Error::Refused { code, message, request_id, .. }) => {
            refusal::told(code, message, request_id.as_deref())
        }
        Some(scm_client::Error::Invalid(violations)) => refusal::invalid(violations),
        _ => format!("{} {}\n", style::bad("error:"), plain::printable(&trouble.to_string())),
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
