//! All output: results to standard output, everything else to standard error.
//!
//! Colors are for terminals only, and off with `NO_COLOR`. Errors of writing, for example to a closed pipe
//! (`head`), are ignored.

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

use crate::error::CliError;

pub(crate) use bundle::{imported, report};
pub(crate) use detail::{detail, replaced};
pub(crate) use list::List;

/// Prints a result.
pub(crate) fn result(text: &str) {
    let _ = writeln!(anstream::stdout().lock(), "{}", text.trim_end());
}

/// Prints a result as JSON.
pub(crate) fn json(reply: &impl Serialize) {
    result(&serde_json::to_string_pretty(reply).expect("replies have string keys only"));
}

/// Prints a secret that the user requested, without changes.
pub(crate) fn secret(text: &str) {
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}

/// Prints the paths of files.
pub(crate) fn paths(paths: &[PathBuf]) {
    for path in paths {
        result(&plain::printable(&path.display().to_string()));
    }
}

/// Prints a remark to standard error.
pub(crate) fn note(text: &str) {
    let _ = writeln!(anstream::stderr().lock(), "{}", text.trim_end());
}

/// Prints notes.
pub(crate) fn notes<'a>(notes: impl IntoIterator<Item = &'a String>) {
    for text in notes {
        note(&bundle::note(text));
    }
}

/// Prints the id that the next lines are about.
pub(crate) fn about(id: &str) {
    note(&style::strong(&plain::printable(id)));
}

/// Prints the certificates to delete, and the question that the user answers on the same line.
pub(crate) fn question(certificates: &[CertificateDetail], now: OffsetDateTime) {
    for certificate in certificates {
        note(&detail::line(certificate, now));
    }
    let what = match certificates.len() {
        1 => "this certificate with its private key".to_owned(),
        many => format!("these {many} certificates with their private keys"),
    };
    let mut terminal = anstream::stderr().lock();
    let _ = write!(terminal, "Delete {what}? [y/N] ");
    let _ = terminal.flush();
}

/// Prints an error and returns its exit code.
pub(crate) fn error(error: &CliError) -> ExitCode {
    note(&message(error));
    ExitCode::from(error.exit_code())
}

fn message(error: &CliError) -> String {
    let mut text = match error.client_error() {
        Some(scm_client::Error::Refused { code, message, request_id, .. }) => {
            refusal::refused(code, message, request_id.as_deref())
        }
        Some(scm_client::Error::Invalid(violations)) => refusal::invalid(violations),
        _ => format!("{} {}\n", style::bad("error:"), plain::printable(&error.to_string())),
    };
    if let Some(cause) = root_cause(error) {
        text += &format!("  {}\n", plain::printable(&cause.to_string()));
    }
    if let Some(advice) = error.advice() {
        text += &format!("\n{advice}\n");
    }
    text
}

/// The innermost cause. The causes above it are internals of libraries.
fn root_cause(error: &CliError) -> Option<&dyn Error> {
    std::iter::successors(error.source(), |&cause| cause.source()).last()
}
