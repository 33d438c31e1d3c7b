//! Findings as sentences: what is wrong, where, and what to do about it.

use std::fmt;

use time::OffsetDateTime;

use super::{Finding, Findings, Ordered, PasswordForm, advice};
use crate::{Content, Field, KeyError, Place};

/// What is supported, said wherever a kind of key is refused.
pub(super) const SUPPORTED_KEYS: &str =
    "supported are RSA from 2048 to 8192 bits, P-256, P-384, P-521 and Ed25519";

/// The first finding, and how many more there are.
impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.iter().len() - 1 {
            0 => self.first().fmt(f),
            more => write!(f, "{} (and {more} more)", self.first()),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty { .. }
            | Self::NothingBetweenMarks { .. }
            | Self::NoMarks { .. }
            | Self::Pem { .. }
            | Self::WrongContent { .. }
            | Self::UnreadableCertificate { .. } => reading(self, f),
            Self::Repeated { .. }
            | Self::WrongOrder { .. }
            | Self::NotTheIssuer { .. }
            | Self::AfterRoot { .. }
            | Self::BadSignature { .. }
            | Self::NotCa { .. }
            | Self::NoCertSign { .. }
            | Self::PathTooLong { .. }
            | Self::ChainRequired { .. } => chain(self, f),
            Self::SeveralKeys { .. }
            | Self::EncryptedKey { .. }
            | Self::BadKey { .. }
            | Self::KeyMismatch { .. } => key(self, f),
            Self::NoName { .. }
            | Self::MalformedName { .. }
            | Self::Expired { .. }
            | Self::WeakKey { .. }
            | Self::WeakSignature { .. }
            | Self::UnsupportedKey { .. }
            | Self::UnsupportedSignature { .. } => certificate(self, f),
        }
    }
}

/// What a block is not.
fn instead_of(field: Field, found: &Content) -> String {
    match field {
        Field::PrivateKey if found.is_private_key() => "which is not supported".to_owned(),
        _ => format!("not {}", wanted(field)),
    }
}

/// What a field should hold.
pub(super) fn wanted(field: Field) -> &'static str {
    match field {
        Field::Certificate => "a certificate",
        Field::CertificateChain => "certificates of issuers",
        Field::PrivateKey => "a private key",
    }
}

fn reading(finding: &Finding, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match finding {
        Finding::Empty { field } => {
            write!(f, "{field} is empty; give {} in PEM form", wanted(*field))
        }
        Finding::NothingBetweenMarks { field, block, line } => write!(
            f,
            "block {block} of {field} (line {line}) has nothing between its BEGIN and END marks; \
             give the whole PEM text"
        ),
        Finding::NoMarks { field, looks_like } => {
            write!(f, "{field} {}", advice::unmarked(*field, looks_like))
        }
        Finding::Pem { field, defect } => write!(
            f,
            "block {} of {field} (line {}) is damaged: {}; give the PEM text as it was issued",
            defect.block, defect.line, defect.problem
        ),
        Finding::WrongContent { field, block, line, found, swapped } => write!(
            f,
            "block {block} of {field} (line {line}) is {found}, {}; {}",
            instead_of(*field, found),
            advice::wrong_content(*field, found, *swapped)
        ),
        Finding::UnreadableCertificate { place, error } => {
            write!(f, "{place} cannot be read: {error}; {}", advice::unreadable(*error))
        }
        _ => Ok(()),
    }
}

fn chain(finding: &Finding, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match finding {
        Finding::Repeated { place, first, subject } => {
            write!(f, "{place} ({}) is the same as {first}; remove {place}", Name(subject))
        }
        Finding::WrongOrder { order, .. } => wrong_order(order, f),
        Finding::NotTheIssuer { child, named, next, found, elsewhere } => {
            write!(
                f,
                "{child} was issued by {}, but is followed by {} ({next}); ",
                Name(named),
                Name(found)
            )?;
            match elsewhere {
                Some(place) => write!(f, "put {place} directly behind it"),
                None => f.write_str(
                    "add the missing certificate between them, or remove what does not belong",
                ),
            }
        }
        Finding::AfterRoot { root, next, subject } => write!(
            f,
            "{root} was issued by itself, so no issuer can follow it; remove {next} ({})",
            Name(subject)
        ),
        Finding::BadSignature { child, issuer, subject } => {
            bad_signature(*child, *issuer, subject, f)
        }
        Finding::ChainRequired { issuer } => write!(
            f,
            "certificate_chain is empty, but a chain is demanded; add the certificate of the \
             issuer {} and those above it",
            Name(issuer)
        ),
        _ => authority(finding, f),
    }
}

fn wrong_order(order: &[Ordered], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str("the certificates are in the wrong order; give them in this order:")?;
    for (index, Ordered { place, subject }) in order.iter().enumerate() {
        let separator = if index == 0 { "" } else { "," };
        write!(f, "{separator} {}. {place} ({})", index + 1, Name(subject))?;
    }
    Ok(())
}

fn bad_signature(
    child: Place,
    issuer: Place,
    subject: &str,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    if child == issuer {
        return write!(
            f,
            "{child} ({}) is signed by itself, but the signature does not verify: it was changed \
             or damaged; get it again from where it was issued",
            Name(subject)
        );
    }
    write!(
        f,
        "the signature of {child} was not made by the key of {issuer} ({}), although the names \
         fit; give the issuer's certificate that belongs to it, or get {child} again",
        Name(subject)
    )
}

fn authority(finding: &Finding, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match finding {
        Finding::NotCa { issuer, subject } => write!(
            f,
            "{issuer} ({}) is used as an issuer, but is no certificate authority \
             (basicConstraints); give the certificate of the true issuer",
            Name(subject)
        ),
        Finding::NoCertSign { issuer, subject } => write!(
            f,
            "{issuer} ({}) is used as an issuer, but its keyUsage does not let it sign \
             certificates (keyCertSign); give the certificate of the true issuer",
            Name(subject)
        ),
        Finding::PathTooLong { issuer, subject, allowed, found } => write!(
            f,
            "{issuer} ({}) allows at most {allowed} intermediate certificates below \
             itself (pathLenConstraint), but has {found}; ask the authority for a valid chain",
            Name(subject)
        ),
        _ => Ok(()),
    }
}

fn key(finding: &Finding, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match finding {
        Finding::SeveralKeys { count } => write!(
            f,
            "private_key holds {count} private keys; give only the one of the certificate"
        ),
        Finding::EncryptedKey { form } => write!(
            f,
            "the private key is protected by a password ({}), and such a key cannot be imported; \
             remove the password with `openssl pkey -in FILE -out PLAIN.pem`",
            match form {
                PasswordForm::Pkcs8 => "ENCRYPTED PRIVATE KEY",
                PasswordForm::ProcType => "Proc-Type: 4,ENCRYPTED",
            }
        ),
        Finding::BadKey { error } => bad_key(error, f),
        Finding::KeyMismatch { leaf, subject, belongs_to } => {
            write!(f, "the private key does not belong to {leaf} ({})", Name(subject))?;
            match belongs_to {
                Some(place) => write!(
                    f,
                    " but to {place}; give the key of the first certificate, or put the \
                     certificate of this key first"
                ),
                None => f.write_str("; give the key with which this certificate was requested"),
            }
        }
        _ => Ok(()),
    }
}

fn bad_key(error: &KeyError, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "the private key cannot be used: {error}; ")?;
    match error {
        KeyError::ExplicitCurve => f.write_str(
            "name the curve with `openssl pkey -in FILE -ec_param_enc named_curve -out NAMED.pem`",
        ),
        KeyError::Unsupported { .. }
        | KeyError::RsaPss
        | KeyError::MultiPrime
        | KeyError::TooLong { .. } => f.write_str(SUPPORTED_KEYS),
        _ => f.write_str("export it again from where it was made"),
    }
}

fn certificate(finding: &Finding, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match finding {
        Finding::NoName { leaf, subject } => write!(
            f,
            "{leaf} ({}) names no host: it has neither a DNS name nor an IP address in \
             subjectAltName nor a common name; request one that names its host",
            Name(subject)
        ),
        Finding::MalformedName { leaf, name, rule } => write!(
            f,
            "{leaf} has the malformed name \"{name}\": {rule}; request one with a valid name"
        ),
        Finding::Expired { place, subject, not_after, now } => write!(
            f,
            "{place} ({}) expired on {}, {}; get a current one",
            Name(subject),
            Date(*not_after),
            ago(*now - *not_after)
        ),
        _ => strength(finding, f),
    }
}

fn strength(finding: &Finding, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match finding {
        Finding::WeakKey { place, algorithm } => {
            write!(f, "the key of {place} is too weak ({algorithm}); {SUPPORTED_KEYS}")
        }
        Finding::WeakSignature { place, subject, algorithm } => write!(
            f,
            "{place} ({}) is signed with {algorithm}, which is broken; have it issued again with \
             SHA-256 or better",
            Name(subject)
        ),
        Finding::UnsupportedKey { place, kind } => {
            write!(f, "the key of {place} is of an unsupported kind ({kind}); {SUPPORTED_KEYS}")
        }
        Finding::UnsupportedSignature { place, algorithm } => write!(
            f,
            "{place} is signed with {algorithm}, which is not supported; supported are RSA, ECDSA \
             and Ed25519 with SHA-256, SHA-384 or SHA-512"
        ),
        _ => Ok(()),
    }
}

/// A distinguished name in quotes; it is escaped already.
struct Name<'a>(&'a str);

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            "" => f.write_str("no subject"),
            name => write!(f, "\"{name}\""),
        }
    }
}

/// A time as `2030-01-31 12:00:00 UTC`.
struct Date(OffsetDateTime);

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let utc = self.0.to_offset(time::UtcOffset::UTC);
        let (hour, minute, second) = utc.to_hms();
        write!(f, "{} {hour:02}:{minute:02}:{second:02} UTC", utc.date())
    }
}

/// How long ago something was, in days where there are any.
fn ago(duration: time::Duration) -> String {
    let (count, unit) = match (duration.whole_days(), duration.whole_hours()) {
        (0, 0) => return "less than an hour ago".to_owned(),
        (0, hours) => (hours, "hour"),
        (days, _) => (days, "day"),
    };
    format!("{count} {unit}{} ago", if count == 1 { "" } else { "s" })
}
