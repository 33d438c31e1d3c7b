//! The parts of sentences: names, dates, and what depends on the facts.

use std::fmt;

use time::OffsetDateTime;

use super::{Findings, Ordered, PasswordForm};
use crate::Place;

/// The first finding, and how many more there are.
impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.iter().len() - 1 {
            0 => self.first().fmt(f),
            more => write!(f, "{} (and {more} more)", self.first()),
        }
    }
}

/// The line by which an encrypted key is recognised.
impl fmt::Display for PasswordForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pkcs8 => "ENCRYPTED PRIVATE KEY",
            Self::ProcType => "Proc-Type: 4,ENCRYPTED",
        })
    }
}

/// Certificates in the right order, numbered.
pub(super) fn list(order: &[Ordered]) -> String {
    let entry = |(index, Ordered { place, subject }): (usize, &Ordered)| {
        format!("{}. {place} ({})", index + 1, Name(subject))
    };
    order.iter().enumerate().map(entry).collect::<Vec<_>>().join(", ")
}

/// A signature that does not verify. For a self-signature, `child` and `issuer` are equal.
pub(super) fn bad_signature(child: Place, issuer: Place, subject: &str) -> String {
    let subject = Name(subject);
    if child == issuer {
        return format!(
            "the self-signature of {child} ({subject}) does not verify: the certificate was \
             changed or damaged; download it again"
        );
    }
    format!(
        "the signature of {child} does not verify with the key of {issuer} ({subject}), although \
         the names match; send the certificate of the actual issuer, or download {child} again"
    )
}

/// The key of a certificate, or the private key.
pub(super) fn key_of(place: Place) -> String {
    if place == Place::KEY { place.to_string() } else { format!("the key of {place}") }
}

/// A distinguished name in quotes; it is escaped already.
pub(crate) struct Name<'a>(pub(crate) &'a str);

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            "" => f.write_str("no subject"),
            name => write!(f, "\"{name}\""),
        }
    }
}

/// A time as `2030-01-31 12:00:00 UTC`.
pub(super) struct Date(pub(super) OffsetDateTime);

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let utc = self.0.to_offset(time::UtcOffset::UTC);
        let (hour, minute, second) = utc.to_hms();
        write!(f, "{} {hour:02}:{minute:02}:{second:02} UTC", utc.date())
    }
}

/// How long ago something was, in days or hours.
pub(super) fn ago(duration: time::Duration) -> String {
    let (count, unit) = match (duration.whole_days(), duration.whole_hours()) {
        (0, 0) => return "less than an hour ago".to_owned(),
        (0, hours) => (hours, "hour"),
        (days, _) => (days, "day"),
    };
    format!("{count} {unit}{} ago", if count == 1 { "" } else { "s" })
}
