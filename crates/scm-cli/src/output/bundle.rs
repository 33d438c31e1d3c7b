//! The report on a bundle: the problems, then the chain as a tree with marks at the problems.

use scm_pki::{Certificate, KeyEncoding, Place};
use time::OffsetDateTime;

use super::{
    expiry,
    plain::{count, day, fingerprint, printable},
    style::{bad, faint, good, strong, warning},
};
use crate::judgement::{Judgement, Key, Link, Origin, Problem};

/// The maximum number of names shown of a certificate.
const MAX_NAMES: usize = 20;
/// The maximum number of problems shown. More come only from files that are not a bundle.
const MAX_PROBLEMS: usize = 50;

/// The result, all problems, and the content of the files.
pub(crate) fn report(judgement: &Judgement, now: OffsetDateTime) -> String {
    let mut text = result(judgement);
    for (at, problem) in judgement.problems.iter().take(MAX_PROBLEMS).enumerate() {
        text += &finding(at + 1, problem);
    }
    if let Some(more) = judgement.problems.len().checked_sub(MAX_PROBLEMS + 1) {
        text += &format!("     and {} more\n", more + 1);
    }
    for note in &judgement.notes {
        text += &self::note(note);
    }
    if !judgement.links.is_empty() || judgement.key.is_some() {
        text.push('\n');
    }
    for (depth, link) in judgement.links.iter().enumerate() {
        let role = match depth {
            0 if judgement.unread => "read   ".to_owned(),
            0 => "leaf   ".to_owned(),
            _ => format!("{}└─ ", " ".repeat(4 + 3 * depth)),
        };
        text += &role;
        text += &certificate(depth, link, &judgement.problems, now);
    }
    if let Some(key) = &judgement.key {
        text += &private_key(key, &judgement.problems);
    }
    text
}

/// One line about the imported certificate.
pub(crate) fn imported(judgement: &Judgement, name: &str, now: OffsetDateTime) -> String {
    let end = judgement.links.first().map(|leaf| leaf.certificate.not_after());
    let end = end.map(|end| format!(", {}", expiry::colored(now, end))).unwrap_or_default();
    let chain = count(judgement.links.len().saturating_sub(1), "issuer", "issuers");
    format!("{} imported {} with {chain} and its key{end}", good("✓"), strong(&printable(name)))
}

/// A note.
pub(super) fn note(text: &str) -> String {
    format!("{} {}\n", warning("note:"), printable(text))
}

fn result(judgement: &Judgement) -> String {
    match judgement.problems.len() {
        0 => format!("{} a server would accept this bundle\n", good("✓ valid:")),
        number => {
            let problems = count(number, "problem", "problems");
            format!("{} {problems}\n", bad("✗ invalid:"))
        }
    }
}

/// The file, then the sentence, which names field and position.
fn finding(number: usize, problem: &Problem) -> String {
    let number = bad(&format!("{number:>3}."));
    let sentence = printable(&problem.sentence);
    match &problem.origin {
        Some(origin) => format!("{number} {}\n     {sentence}\n", strong(&at(origin))),
        None => format!("{number} {sentence}\n"),
    }
}

fn certificate(depth: usize, link: &Link, problems: &[Problem], now: OffsetDateTime) -> String {
    let Link { place, certificate, origin } = link;
    let indent = " ".repeat(7 + 3 * depth);
    let origin = origin.as_ref().map(at).unwrap_or_default();
    let (subject, marks) = (subject(certificate), marks(*place, problems));
    let mut text = format!("{}{marks}  {}\n", strong(&subject), faint(&origin));
    for (name, value) in facts(depth, certificate, now) {
        text += &format!("{indent}{} {value}\n", faint(&format!("{name:<8}")));
    }
    text
}

/// The properties of a certificate: fewer of an issuer than of the leaf.
fn facts(
    depth: usize,
    certificate: &Certificate,
    now: OffsetDateTime,
) -> Vec<(&'static str, String)> {
    let key = match certificate.key_algorithm() {
        Some(key) => key.to_string(),
        None => "unsupported type".to_owned(),
    };
    let valid = ("valid", validity(certificate, now));
    let key = ("key", format!("{key}, signed with {}", certificate.signature_algorithm()));
    if depth > 0 {
        return vec![valid, key];
    }
    vec![
        ("names", names(certificate)),
        ("issuer", printable(&certificate.issuer())),
        valid,
        key,
        ("serial", certificate.serial()),
        ("SHA-256", fingerprint(&certificate.sha256())),
        ("SHA-1", fingerprint(&certificate.sha1())),
    ]
}

fn subject(certificate: &Certificate) -> String {
    match certificate.subject() {
        subject if subject.is_empty() => "(no subject)".to_owned(),
        subject => printable(&subject),
    }
}

fn names(certificate: &Certificate) -> String {
    let Ok(names) = certificate.names() else { return bad("none valid") };
    let shown: Vec<_> = names.iter().take(MAX_NAMES).map(printable).collect();
    match names.count().saturating_sub(MAX_NAMES) {
        0 => shown.join(", "),
        more => format!("{}, and {more} more", shown.join(", ")),
    }
}

fn validity(certificate: &Certificate, now: OffsetDateTime) -> String {
    let (start, end) = (certificate.not_before(), certificate.not_after());
    let span = format!("{} to {}", day(start.date()), day(end.date()));
    match start > now {
        true => format!("{span}, {}", warning("not valid yet")),
        false => format!("{span}, {}", expiry::colored(now, end)),
    }
}

fn private_key(key: &Key, problems: &[Problem]) -> String {
    let kind = match &key.kind {
        Some((algorithm, encoding)) => format!("{algorithm}, {}", standard(*encoding)),
        None => "not readable".to_owned(),
    };
    let (marks, origin) = (marks(Place::KEY, problems), at(&key.origin));
    format!("key    {}{marks}  {}\n", strong(&kind), faint(&origin))
}

/// The standard that defines an encoding.
fn standard(encoding: KeyEncoding) -> &'static str {
    match encoding {
        KeyEncoding::Pkcs1 => "PKCS#1",
        KeyEncoding::Sec1 => "SEC1",
        KeyEncoding::Pkcs8 => "PKCS#8",
    }
}

/// The numbers of the problems at this place.
fn marks(place: Place, problems: &[Problem]) -> String {
    let numbers: Vec<_> = (1..)
        .zip(problems)
        .filter(|(_, problem)| problem.place == Some(place))
        .map(|(number, _)| number.to_string())
        .collect();
    match numbers.as_slice() {
        [] => String::new(),
        _ => format!("  {}", bad(&format!("✗ see {}", numbers.join(", ")))),
    }
}

fn at(origin: &Origin) -> String {
    let file = printable(&origin.file);
    if origin.line == 0 { file } else { format!("{file}, line {}", origin.line) }
}
