//! What can be wrong with a bundle: the facts, their class, and one sentence about them.
//!
//! A finding holds what was found and where. An interface chooses the code for a class itself.

mod advice;
mod class;
mod sentence;
mod warning;

use time::OffsetDateTime;

use self::{
    advice::{SUPPORTED_KEYS, expected},
    sentence::{Date, Name, ago},
};
use crate::{
    Content, Field, KeyAlgorithm, KeyError, NameRule, Place, SignatureAlgorithm, Unmarked,
    certificate::CertificateError, pem,
};

pub use self::{class::FindingClass, warning::Warning};

/// One defect of a bundle, with its facts. `Display` is one sentence: what failed, where, and what
/// to do. Text from certificates is escaped and bounded; the key is never shown.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Finding {
    /// A mandatory field holds nothing but white space.
    #[error("{field} is empty; send {} in PEM format", expected(*field))]
    Empty {
        /// `certificate` or `private_key`.
        field: Field,
    },
    /// A BEGIN and an END line with nothing between.
    #[error(
        "block {block} of {field} (line {line}) has nothing between its BEGIN and END lines; copy \
         the whole block, from the BEGIN line to the END line"
    )]
    NothingBetweenMarks {
        /// The field.
        field: Field,
        /// The block, counted from 1.
        block: usize,
        /// Its BEGIN line, counted from 1.
        line: usize,
    },
    /// Text without a PEM block.
    #[error("{field} {}", advice::unmarked(*field, looks_like))]
    NoMarks {
        /// The field.
        field: Field,
        /// What the text seems to be.
        looks_like: Unmarked,
    },
    /// The BEGIN or END line is damaged, or the text between is not base64.
    #[error(
        "block {} of {field} (line {}) is damaged: {}; copy the whole block again, without changes",
        defect.block,
        defect.line,
        defect.problem
    )]
    Pem {
        /// The field.
        field: Field,
        /// What is wrong, and where.
        defect: pem::Defect,
    },
    /// A block of another kind than the field holds.
    #[error(
        "block {block} of {field} (line {line}) is {found}, {}; {}",
        advice::instead_of(*field, found),
        advice::wrong_content(*field, found, *swapped)
    )]
    WrongContent {
        /// The field.
        field: Field,
        /// The block, counted from 1.
        block: usize,
        /// Its BEGIN line, counted from 1.
        line: usize,
        /// What it is.
        found: Content,
        /// Whether `certificate` and `private_key` seem to be swapped.
        swapped: bool,
    },
    /// The PEM block is intact, but its content is not an X.509 certificate.
    #[error("{place} cannot be parsed: {error}; {}", advice::unreadable(*error))]
    UnreadableCertificate {
        /// Which.
        place: Place,
        /// Why.
        error: CertificateError,
    },
    /// A certificate occurs twice.
    #[error("{place} ({}) is identical to {first}; remove {place}", Name(subject))]
    Repeated {
        /// The second occurrence.
        place: Place,
        /// The first occurrence.
        first: Place,
        /// Its subject.
        subject: String,
    },
    /// The certificates make a valid chain, but in another order.
    #[error(
        "the certificates are in the wrong order; send them in this order: {}",
        sentence::list(order)
    )]
    WrongOrder {
        /// The field of the first certificate that is out of place.
        field: Field,
        /// The right order, leaf first.
        order: Vec<Ordered>,
    },
    /// A certificate is followed by one that is not its issuer: something is missing between, or
    /// something does not belong.
    #[error(
        "{child} was issued by {}, but the next certificate, {next}, is {}; {}",
        Name(named),
        Name(found),
        advice::missing_issuer(*child, *next, *elsewhere)
    )]
    NotTheIssuer {
        /// The certificate.
        child: Place,
        /// The issuer that it names.
        named: String,
        /// What follows it.
        next: Place,
        /// The subject of what follows it.
        found: String,
        /// Where the named issuer stands, if it was given at all.
        elsewhere: Option<Place>,
    },
    /// A root (issuer and subject are the same) is followed by a further certificate.
    #[error(
        "{root} is its own issuer, so no certificate can follow it; remove {next} ({})",
        Name(subject)
    )]
    AfterRoot {
        /// The root.
        root: Place,
        /// What follows it.
        next: Place,
        /// The subject of what follows it.
        subject: String,
    },
    /// The names match, but the signature does not verify with the issuer's key.
    #[error("{}", sentence::bad_signature(*child, *issuer, subject))]
    BadSignature {
        /// The certificate.
        child: Place,
        /// Whose key does not verify it; the same place for a root's own signature.
        issuer: Place,
        /// The subject of the issuer.
        subject: String,
    },
    /// An issuer is not a certificate authority (basicConstraints, RFC 5280 4.2.1.9).
    #[error(
        "{issuer} ({}) issued another certificate, but is not a CA certificate (basicConstraints); \
         send the certificate of the actual issuer",
        Name(subject)
    )]
    NotCa {
        /// The issuer.
        issuer: Place,
        /// Its subject.
        subject: String,
    },
    /// An issuer's keyUsage lacks keyCertSign (RFC 5280 4.2.1.3).
    #[error(
        "{issuer} ({}) issued another certificate, but its keyUsage lacks keyCertSign; send the \
         certificate of the actual issuer",
        Name(subject)
    )]
    NoCertSign {
        /// The issuer.
        issuer: Place,
        /// Its subject.
        subject: String,
    },
    /// More intermediates below an issuer than its pathLenConstraint allows (RFC 5280 6.1.4).
    #[error(
        "{issuer} ({}) allows at most {allowed} intermediate certificates below it \
         (pathLenConstraint), but the chain has {found}; request a valid chain from the \
         certificate authority",
        Name(subject)
    )]
    PathTooLong {
        /// The issuer.
        issuer: Place,
        /// Its subject.
        subject: String,
        /// How many intermediates it allows below itself.
        allowed: u32,
        /// How many there are, those issued by themselves not counted.
        found: u32,
    },
    /// The policy requires a chain and there is none.
    #[error(
        "certificate_chain is empty, but a chain is required; add the certificate of the issuer {} \
         and the certificates above it",
        Name(issuer)
    )]
    ChainRequired {
        /// The issuer of the leaf, whose certificate is missing.
        issuer: String,
    },
    /// More than one private key.
    #[error("private_key holds {count} private keys; send only the key of the certificate")]
    SeveralKeys {
        /// How many.
        count: usize,
    },
    /// The key is encrypted.
    #[error(
        "the private key is encrypted ({form}); remove the password: \
         `openssl pkey -in FILE -out PLAIN.pem`"
    )]
    EncryptedKey {
        /// In which way.
        form: PasswordForm,
    },
    /// The key cannot be read or used, or is inconsistent in itself.
    #[error("the private key cannot be used: {error}; {}", advice::bad_key(error))]
    BadKey {
        /// Why.
        error: KeyError,
    },
    /// The key is not that of the leaf.
    #[error(
        "the private key does not belong to {leaf} ({}){}",
        Name(subject),
        advice::mismatched_key(*belongs_to)
    )]
    KeyMismatch {
        /// The leaf.
        leaf: Place,
        /// Its subject.
        subject: String,
        /// Another of the given certificates to which the key belongs.
        belongs_to: Option<Place>,
    },
    /// The leaf names no host and no address.
    #[error(
        "{leaf} ({}) has no DNS name and no IP address in subjectAltName, and no common name; \
         request a certificate that names the host",
        Name(subject)
    )]
    NoName {
        /// The leaf.
        leaf: Place,
        /// Its subject.
        subject: String,
    },
    /// A name of the leaf is malformed.
    #[error(
        "{leaf} has the malformed name \"{name}\": {rule}; request a certificate with a valid name"
    )]
    MalformedName {
        /// The leaf.
        leaf: Place,
        /// The name, escaped.
        name: String,
        /// The rule that it breaks.
        rule: NameRule,
    },
    /// The validity of a leaf or an intermediate has ended.
    #[error(
        "{place} ({}) expired on {}, {}; send a certificate that is still valid",
        Name(subject),
        Date(*not_after),
        ago(*now - *not_after)
    )]
    Expired {
        /// Which.
        place: Place,
        /// Its subject.
        subject: String,
        /// The end of its validity.
        not_after: OffsetDateTime,
        /// The time of the check.
        now: OffsetDateTime,
    },
    /// A key that is too short.
    #[error("{} is too weak ({algorithm}); {SUPPORTED_KEYS}", sentence::key_of(*place))]
    WeakKey {
        /// The certificate, or the private key.
        place: Place,
        /// The kind and size of the key.
        algorithm: KeyAlgorithm,
    },
    /// A signature by a broken hash.
    #[error(
        "{place} ({}) is signed with {algorithm}, which is broken; request a certificate that is \
         signed with SHA-256 or stronger",
        Name(subject)
    )]
    WeakSignature {
        /// The certificate.
        place: Place,
        /// Its subject.
        subject: String,
        /// The algorithm.
        algorithm: SignatureAlgorithm,
    },
    /// A public key of a kind that is not supported.
    #[error("{} has an unsupported type ({kind}); {SUPPORTED_KEYS}", sentence::key_of(*place))]
    UnsupportedKey {
        /// The certificate.
        place: Place,
        /// The kind, named.
        kind: String,
    },
    /// A signature of a kind that is not supported.
    #[error(
        "{place} is signed with {algorithm}, which is not supported; supported signatures: RSA, \
         ECDSA and Ed25519 with SHA-256, SHA-384 or SHA-512"
    )]
    UnsupportedSignature {
        /// The certificate.
        place: Place,
        /// The algorithm.
        algorithm: SignatureAlgorithm,
    },
    /// The policy is strict, and verifiers would not accept the bundle.
    #[error("{0}")]
    NotAccepted(Warning),
}

/// One entry of a right order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ordered {
    /// Where it stands now.
    pub place: Place,
    /// Its subject.
    pub subject: String,
}

/// How a key is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordForm {
    /// `ENCRYPTED PRIVATE KEY` (PKCS#8, RFC 5958).
    Pkcs8,
    /// `Proc-Type: 4,ENCRYPTED` (RFC 1421, as OpenSSL writes it).
    ProcType,
}

/// Every defect of a bundle: at least one finding, sorted by class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Findings(Vec<Finding>);

impl Findings {
    /// Sorts the findings; `None` if there are none.
    pub(crate) fn of(mut found: Vec<Finding>) -> Option<Self> {
        found.sort_by_key(Finding::class);
        (!found.is_empty()).then_some(Self(found))
    }

    /// The first finding, which decides the error code.
    pub fn first(&self) -> &Finding {
        self.0.first().expect("findings are never empty")
    }

    /// All findings, by class.
    pub fn iter(&self) -> std::slice::Iter<'_, Finding> {
        self.0.iter()
    }
}

impl<'a> IntoIterator for &'a Findings {
    type Item = &'a Finding;
    type IntoIter = std::slice::Iter<'a, Finding>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl std::error::Error for Findings {}
