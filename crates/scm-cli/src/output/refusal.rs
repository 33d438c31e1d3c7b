//! The refusal of a server, with each of its reasons on its own line.

use scm_model::{Condition, Violations, Wire as _, certificates::CertificateImport};

use super::{
    plain::printable,
    style::{bad, faint, strong},
};

/// The code and the message of a refusal.
pub(super) fn refused(code: &str, message: &str, request_id: Option<&str>) -> String {
    let (summary, reasons) = parted(code, message);
    let mut text =
        format!("{} {} {}\n", bad("refused:"), strong(&printable(code)), printable(summary));
    for reason in reasons {
        text += &format!("  - {}\n", printable(reason));
    }
    if let Some(id) = request_id {
        text += &format!("{}\n", faint(&format!("request id: {}", printable(id))));
    }
    text
}

/// The rules that a request breaks, so that it was not sent.
pub(super) fn invalid(violations: &Violations) -> String {
    let mut text = format!("{} the request breaks the rules of the API\n", bad("error:"));
    for violation in violations.iter() {
        text += &format!("  - {}\n", printable(&violation.to_string()));
    }
    text
}

/// The text of the code, and the reasons that follow it.
fn parted<'a>(code: &str, message: &'a str) -> (&'a str, Vec<&'a str>) {
    let own = Condition::ALL.iter().filter(|condition| condition.code() == code);
    let length = own.filter(|own| message.starts_with(own.text())).map(|own| own.text().len());
    match length.max() {
        Some(length) => (&message[..length], reasons(message[length..].trim())),
        None => (message, Vec::new()),
    }
}

/// The beginnings of reasons that do not begin with the name of a field.
const BEGINNINGS: [&str; 3] = ["the ", "block ", "And "];

/// The reasons of a message, one sentence each.
fn reasons(mut text: &str) -> Vec<&str> {
    let mut reasons = Vec::new();
    while !text.is_empty() {
        let starts = text.match_indices(". ").map(|(at, dot)| at + dot.len());
        let end = starts.into_iter().find(|&start| begins_reason(&text[start..]));
        let (reason, rest) = text.split_at(end.unwrap_or(text.len()));
        reasons.push(reason.trim());
        text = rest;
    }
    reasons
}

fn begins_reason(text: &str) -> bool {
    let word = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next();
    let is_field = |word| CertificateImport::FIELDS.iter().any(|field| field.name == word);
    word.is_some_and(is_field) || BEGINNINGS.iter().any(|beginning| text.starts_with(beginning))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_has_a_line() {
        let message = "Incorrect certificate name. name: 64 characters, must have at most 63. \
                       certificate 1 of certificate_chain (\"CN=x\") expired on 2026-11-23 03:53:24 \
                       UTC, 1 day ago; renew it. the private key is 127.0.0.1. And 2 more.";
        let (summary, reasons) = parted("SCM.0032", message);
        assert_eq!(summary, "Incorrect certificate name.");
        assert_eq!(
            reasons,
            [
                "name: 64 characters, must have at most 63.",
                "certificate 1 of certificate_chain (\"CN=x\") expired on 2026-11-23 03:53:24 UTC, \
                 1 day ago; renew it.",
                "the private key is 127.0.0.1.",
                "And 2 more."
            ]
        );
    }

    #[test]
    fn an_unknown_text_stays_whole() {
        assert_eq!(parted("SCM.0032", "Nope. name."), ("Nope. name.", vec![]));
        assert_eq!(parted("X.1", "Failed."), ("Failed.", vec![]));
        let (_, reasons) = parted("SCM.0020", "Incorrect certificate ID.");
        assert!(reasons.is_empty());
    }
}
