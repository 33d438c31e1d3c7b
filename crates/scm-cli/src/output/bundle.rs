//! A judged bundle for the eye: what is wrong, then the chain as a tree with the faults marked.

use scm_pki::{Certificate, KeyEncoding, Place};
use time::OffsetDateTime;

use super::{
    expiry,
    plain::{count, day, fingerprint, printable},
    style::{bad, faint, good, strong, warning},
};
use crate::judgement::{Judgement, Key, Link, Origin, Wrong};

/// The most names that are shown of a certificate.
const MOST_NAMES: usize = 20;
/// The most findings that are told; more come from no bundle, but from a file of something else.
const MOST_FINDINGS: usize = 50;

/// The verdict, everything that is wrong, and what was found.
pub(crate) fn report(judgement: &Judgement, now: OffsetDateTime) -> String {
    let mut text = verdict(judgement);
    for (at, wrong) in judgement.wrong.iter().take(MOST_FINDINGS).enumerate() {
        text += &finding(at + 1, wrong);
    }
    if let Some(more) = judgement.wrong.len().checked_sub(MOST_FINDINGS + 1) {
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
        text += &certificate(depth, link, &judgement.wrong, now);
    }
    if let Some(key) = &judgement.key {
        text += &private_key(key, &judgement.wrong);
    }
    text
}

/// One line on what was imported.
pub(crate) fn imported(judgement: &Judgement, name: &str, now: OffsetDateTime) -> String {
    let end = judgement.links.first().map(|leaf| leaf.certificate.not_after());
    let end = end.map(|end| format!(", {}", expiry::coloured(now, end))).unwrap_or_default();
    let chain = count(judgement.links.len().saturating_sub(1), "issuer", "issuers");
    format!("{} imported {} with {chain} and its key{end}", good("✓"), strong(&printable(name)))
}

/// A line that is no reproach.
pub(super) fn note(text: &str) -> String {
    format!("{} {}\n", warning("note:"), printable(text))
}

fn verdict(judgement: &Judgement) -> String {
    match judgement.wrong.len() {
        0 => format!("{} a server would take it\n", good("✓ sound:")),
        wrong => {
            let wrong = count(wrong, "thing is wrong", "things are wrong");
            format!("{} {wrong}\n", bad("✗ not sound:"))
        }
    }
}

/// The file, then the sentence, which names field and position.
fn finding(number: usize, wrong: &Wrong) -> String {
    let number = bad(&format!("{number:>3}."));
    let sentence = printable(&wrong.sentence);
    match &wrong.origin {
        Some(origin) => format!("{number} {}\n     {sentence}\n", strong(&at(origin))),
        None => format!("{number} {sentence}\n"),
    }
}

fn certificate(depth: usize, link: &Link, wrong: &[Wrong], now: OffsetDateTime) -> String {
    let Link { place, certificate, origin } = link;
    let indent = " ".repeat(7 + 3 * depth);
    let origin = origin.as_ref().map(at).unwrap_or_default();
    let (subject, marks) = (subject(certificate), marks(*place, wrong));
    let mut text = format!("{}{marks}  {}\n", strong(&subject), faint(&origin));
    for (name, value) in facts(depth, certificate, now) {
        text += &format!("{indent}{} {value}\n", faint(&format!("{name:<8}")));
    }
    text
}

/// What there is to say of a certificate; less of an issuer than of the leaf.
fn facts(
    depth: usize,
    certificate: &Certificate,
    now: OffsetDateTime,
) -> Vec<(&'static str, String)> {
    let key = match certificate.key_algorithm() {
        Some(key) => key.to_string(),
        None => "of a kind that is not supported".to_owned(),
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
    let Ok(names) = certificate.names() else { return bad("none that is valid") };
    let shown: Vec<_> = names.iter().take(MOST_NAMES).map(printable).collect();
    match names.count().saturating_sub(MOST_NAMES) {
        0 => shown.join(", "),
        more => format!("{}, and {more} more", shown.join(", ")),
    }
}

fn validity(certificate: &Certificate, now: OffsetDateTime) -> String {
    let (start, end) = (certificate.not_before(), certificate.not_after());
    let span = format!("{} to {}", day(start.date()), day(end.date()));
    match start > now {
        true => format!("{span}, {}", warning("not valid yet")),
        false => format!("{span}, {}", expiry::coloured(now, end)),
    }
}

fn private_key(key: &Key, wrong: &[Wrong]) -> String {
    let kind = match &key.kind {
        Some((algorithm, encoding)) => format!("{algorithm}, {}", standard(*encoding)),
        None => "not readable".to_owned(),
    };
    let (marks, origin) = (marks(Place::KEY, wrong), at(&key.origin));
    format!("key    {}{marks}  {}\n", strong(&kind), faint(&origin))
}

/// The standard that defines an encoding, as people know it.
fn standard(encoding: KeyEncoding) -> &'static str {
    match encoding {
        KeyEncoding::Pkcs1 => "PKCS#1",
        KeyEncoding::Sec1 => "SEC1",
        KeyEncoding::Pkcs8 => "PKCS#8",
    }
}

/// Which of the numbered findings are about this place.
fn marks(place: Place, wrong: &[Wrong]) -> String {
    let numbers: Vec<_> = (1..)
        .zip(wrong)
        .filter(|(_, wrong)| wrong.place == Some(place))
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
