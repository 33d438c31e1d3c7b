//! What can be wrong with a bundle: facts, their class, and the sentence that tells them.
//!
//! A finding holds what was found and where; which code an interface answers for a class is not
//! decided here.

mod advice;
mod class;
mod sentence;

use time::OffsetDateTime;

use crate::{
    Content, Field, KeyAlgorithm, KeyError, NameRule, Place, SignatureAlgorithm, Unmarked,
    certificate::CertificateError, pem,
};

pub use class::FindingClass;

/// One thing that is wrong, with its facts. `Display` is one sentence: what is wrong, where, and
/// what to do. Text from certificates is escaped and bounded; the key is never shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// A mandatory field holds nothing but white space.
    Empty {
        /// `certificate` or `private_key`.
        field: Field,
    },
    /// A BEGIN and an END mark with nothing between.
    NothingBetweenMarks {
        /// The field.
        field: Field,
        /// The block, counted from 1.
        block: usize,
        /// The line of its BEGIN mark, counted from 1.
        line: usize,
    },
    /// Text, but no block with BEGIN and END marks.
    NoMarks {
        /// The field.
        field: Field,
        /// What the text seems to be.
        looks_like: Unmarked,
    },
    /// The marks are damaged, or what is between is no base64.
    Pem {
        /// The field.
        field: Field,
        /// What is wrong, and where.
        defect: pem::Defect,
    },
    /// A block of another kind than the field asks for.
    WrongContent {
        /// The field.
        field: Field,
        /// The block, counted from 1.
        block: usize,
        /// The line of its BEGIN mark, counted from 1.
        line: usize,
        /// What it is.
        found: Content,
        /// Whether `certificate` and `private_key` seem to have been swapped.
        swapped: bool,
    },
    /// The marks and the base64 are good, but the bytes are no X.509 certificate.
    UnreadableCertificate {
        /// Which.
        place: Place,
        /// Why.
        error: CertificateError,
    },
    /// A certificate occurs twice.
    Repeated {
        /// The second occurrence.
        place: Place,
        /// The first occurrence.
        first: Place,
        /// Its subject.
        subject: String,
    },
    /// The certificates make a valid chain, but in another order.
    WrongOrder {
        /// The field of the first certificate that is out of place.
        field: Field,
        /// The right order, leaf first.
        order: Vec<Ordered>,
    },
    /// A certificate is followed by one that is not its issuer: something is missing between, or
    /// something does not belong.
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
    AfterRoot {
        /// The root.
        root: Place,
        /// What follows it.
        next: Place,
        /// The subject of what follows it.
        subject: String,
    },
    /// The names fit, but the issuer's key did not make the signature.
    BadSignature {
        /// The certificate.
        child: Place,
        /// Whose key does not verify it; the same place for a root's own signature.
        issuer: Place,
        /// The subject of the issuer.
        subject: String,
    },
    /// An issuer is not a certificate authority (basicConstraints, RFC 5280 4.2.1.9).
    NotCa {
        /// The issuer.
        issuer: Place,
        /// Its subject.
        subject: String,
    },
    /// An issuer's keyUsage lacks keyCertSign (RFC 5280 4.2.1.3).
    NoCertSign {
        /// The issuer.
        issuer: Place,
        /// Its subject.
        subject: String,
    },
    /// More intermediates below an issuer than its pathLenConstraint allows (RFC 5280 6.1.4).
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
    /// The policy demands a chain and there is none.
    ChainRequired {
        /// The issuer of the leaf, whose certificate is asked for.
        issuer: String,
    },
    /// More than one private key.
    SeveralKeys {
        /// How many.
        count: usize,
    },
    /// The key is protected by a password.
    EncryptedKey {
        /// In which way.
        form: PasswordForm,
    },
    /// The key cannot be read or used, or is inconsistent in itself.
    BadKey {
        /// Why.
        error: KeyError,
    },
    /// The key is not that of the leaf.
    KeyMismatch {
        /// The leaf.
        leaf: Place,
        /// Its subject.
        subject: String,
        /// Another of the given certificates to which the key belongs.
        belongs_to: Option<Place>,
    },
    /// The leaf names no host and no address.
    NoName {
        /// The leaf.
        leaf: Place,
        /// Its subject.
        subject: String,
    },
    /// A name of the leaf is malformed.
    MalformedName {
        /// The leaf.
        leaf: Place,
        /// The name, escaped.
        name: String,
        /// The rule that it breaks.
        rule: NameRule,
    },
    /// The last day of a leaf or an intermediate has passed.
    Expired {
        /// Which.
        place: Place,
        /// Its subject.
        subject: String,
        /// The end of its validity.
        not_after: OffsetDateTime,
        /// The time of the judgement.
        now: OffsetDateTime,
    },
    /// A key that is too short.
    WeakKey {
        /// The certificate, or the private key.
        place: Place,
        /// The kind and size of the key.
        algorithm: KeyAlgorithm,
    },
    /// A signature by a broken hash.
    WeakSignature {
        /// The certificate.
        place: Place,
        /// Its subject.
        subject: String,
        /// The algorithm.
        algorithm: SignatureAlgorithm,
    },
    /// A public key of a kind that is not supported.
    UnsupportedKey {
        /// The certificate.
        place: Place,
        /// The kind, named.
        kind: String,
    },
    /// A signature of a kind that is not supported.
    UnsupportedSignature {
        /// The certificate.
        place: Place,
        /// The algorithm.
        algorithm: SignatureAlgorithm,
    },
}

/// One entry of a right order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ordered {
    /// Where it stands now.
    pub place: Place,
    /// Its subject.
    pub subject: String,
}

/// How a key is protected by a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordForm {
    /// `ENCRYPTED PRIVATE KEY` (PKCS#8, RFC 5958).
    Pkcs8,
    /// `Proc-Type: 4,ENCRYPTED` (RFC 1421, as OpenSSL writes it).
    ProcType,
}

/// Everything that is wrong with a bundle: at least one finding, by class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Findings(Vec<Finding>);

impl Findings {
    /// Sorts what was found; `None` if nothing was.
    pub(crate) fn of(mut found: Vec<Finding>) -> Option<Self> {
        found.sort_by_key(Finding::class);
        (!found.is_empty()).then_some(Self(found))
    }

    /// The gravest finding.
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
