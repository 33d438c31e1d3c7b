//! One X.509 certificate (RFC 5280): its DER, and the facts that the rules need.
//!
//! Only what every rule needs is read at once. Names and texts are read when needed, since most
//! certificates of a chain are never shown.

mod read;

use std::{
    fmt,
    ops::Range,
    sync::{Arc, OnceLock},
};

use aws_lc_rs::digest::{self, SHA1_FOR_LEGACY_USE_ONLY, SHA256};
use time::OffsetDateTime;

use crate::{
    KeyAlgorithm, NameDefect, Names, PrivateKey, SignatureAlgorithm, distinguished,
    name::{self, Host},
    oid, pem,
    public_key::{KeyKind, same_bits},
    signature::{IssuerKey, ParsedFor, Verdict, verify},
    text::hex,
    tlv::{Element, Elements},
};

/// The label of a certificate in PEM.
pub(crate) const LABEL: &str = "CERTIFICATE";

/// A parsed certificate, which owns its DER; cheap to clone. Parsing proves nothing about it.
#[derive(Clone)]
pub struct Certificate(Arc<Parsed>);

struct Parsed {
    der: Vec<u8>,
    facts: Facts,
    sha256: OnceLock<[u8; 32]>,
    parsed_key: OnceLock<ParsedFor>,
}

/// What was read, with parts as ranges of the DER.
struct Facts {
    signed: Range<usize>,
    serial: Range<usize>,
    issuer: Range<usize>,
    subject: Range<usize>,
    public_key: Range<usize>,
    key_bits: Range<usize>,
    alternative_names: Option<Range<usize>>,
    signature: Range<usize>,
    not_before: OffsetDateTime,
    not_after: OffsetDateTime,
    key: KeyKind,
    algorithm: SignatureAlgorithm,
    authority: Option<Authority>,
    may_sign: bool,
    is_for_servers: bool,
    name_constraints: Option<Range<usize>>,
    unknown_critical: Option<Range<usize>>,
}

/// The value of basicConstraints.
#[derive(Clone, Copy)]
struct Authority {
    ca: bool,
    path_len: Option<u32>,
}

/// Why data is not a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CertificateError {
    /// No ASN.1 structure of a certificate.
    #[error("the data is not a complete X.509 certificate (it was truncated or changed)")]
    Structure,
    /// Bytes after the end of the certificate.
    #[error("{count} bytes follow the end of the certificate")]
    Trailing {
        /// How many.
        count: usize,
    },
    /// The public key does not parse.
    #[error("its public key is malformed")]
    PublicKey,
    /// An extension that occurs twice or does not parse.
    #[error("its extension {extension} is malformed or occurs twice")]
    Extension {
        /// The name of the extension in RFC 5280.
        extension: &'static str,
    },
    /// The algorithm that was signed is not the one outside (RFC 5280 4.1.1.2).
    #[error("it names two different signature algorithms")]
    TwoAlgorithms,
    /// A version that does not exist.
    #[error("its version is not 1, 2 or 3")]
    Version,
    /// A part that only later versions have.
    #[error("it has extensions or unique identifiers that its version does not allow")]
    BeyondVersion,
    /// A text in a name that is not of its type.
    #[error("a text in its issuer or subject does not match its string type")]
    Text,
    /// An end before the beginning.
    #[error("its validity ends before it begins")]
    Validity,
    /// A precertificate (RFC 6962 3.1).
    #[error("it is a precertificate, made for certificate transparency logs only")]
    Precertificate,
}

impl Certificate {
    /// Reads a certificate from its DER.
    ///
    /// # Errors
    /// The bytes are not exactly one certificate, or its key or extensions do not parse.
    pub fn from_der(der: impl Into<Vec<u8>>) -> Result<Self, CertificateError> {
        let der = der.into();
        let facts = read::facts(&der)?;
        let (sha256, parsed_key) = (OnceLock::new(), OnceLock::new());
        Ok(Self(Arc::new(Parsed { der, facts, sha256, parsed_key })))
    }

    /// The DER.
    pub fn der(&self) -> &[u8] {
        &self.0.der
    }

    /// The PEM in its normal form.
    pub fn to_pem(&self) -> String {
        pem::encode(LABEL, &self.0.der)
    }

    /// The subject as text in the manner of RFC 4514 (`CN=www.example.com, O=Example`), escaped,
    /// at most 300 characters.
    pub fn subject(&self) -> String {
        distinguished::text(self.raw_subject())
    }

    /// The issuer as text, like [`subject`](Self::subject).
    pub fn issuer(&self) -> String {
        distinguished::text(self.raw_issuer())
    }

    /// The serial number in lower-case hexadecimal.
    pub fn serial(&self) -> String {
        hex(&self.0.der[self.0.facts.serial.clone()])
    }

    /// The beginning of its validity.
    pub fn not_before(&self) -> OffsetDateTime {
        self.0.facts.not_before
    }

    /// The end of its validity, inclusive.
    pub fn not_after(&self) -> OffsetDateTime {
        self.0.facts.not_after
    }

    /// The SHA-256 of the DER.
    pub fn sha256(&self) -> [u8; 32] {
        *self.0.sha256.get_or_init(|| digest_of(&SHA256, &self.0.der))
    }

    /// The SHA-1 of the DER: an identifier in common use, not a proof.
    pub fn sha1(&self) -> [u8; 20] {
        digest_of(&SHA1_FOR_LEGACY_USE_ONLY, &self.0.der)
    }

    /// The SubjectPublicKeyInfo as DER.
    pub fn public_key(&self) -> &[u8] {
        &self.0.der[self.0.facts.public_key.clone()]
    }

    /// The kind of its key; `None` for one that is not supported.
    pub fn key_algorithm(&self) -> Option<KeyAlgorithm> {
        match self.0.facts.key {
            KeyKind::Supported(algorithm) => Some(algorithm),
            KeyKind::Unsupported(_) => None,
        }
    }

    /// How it was signed.
    pub fn signature_algorithm(&self) -> &SignatureAlgorithm {
        &self.0.facts.algorithm
    }

    /// The hosts and addresses that it names.
    ///
    /// # Errors
    /// Every defect: there is no name, or some are malformed.
    pub fn names(&self) -> Result<Names, Vec<NameDefect>> {
        let common = distinguished::common_name(self.raw_subject());
        name::read(common.as_deref(), self.raw_alternative_names())
    }

    /// Whether issuer and subject are the same name, as of a root.
    pub fn is_self_issued(&self) -> bool {
        self.raw_subject() == self.raw_issuer()
    }

    /// Whether this certificate names `other` as its issuer, byte by byte.
    pub(crate) fn names_as_issuer(&self, other: &Self) -> bool {
        self.raw_issuer() == other.raw_subject()
    }

    /// Whether the key of `issuer` made the signature.
    pub(crate) fn verify_signature(&self, issuer: &Self) -> Verdict {
        let Some(kind) = issuer.key_algorithm() else { return Verdict::Unchecked };
        let key = IssuerKey { kind, bits: issuer.key_bits(), parsed: &issuer.0.parsed_key };
        let signature = &self.0.der[self.0.facts.signature.clone()];
        verify(&self.0.facts.algorithm, &key, self.signed(), signature)
    }

    /// The bytes that are signed: tbsCertificate.
    pub(crate) fn signed(&self) -> &[u8] {
        &self.0.der[self.0.facts.signed.clone()]
    }

    /// Whether basicConstraints makes it a certificate authority.
    pub(crate) fn is_ca(&self) -> bool {
        self.0.facts.authority.is_some_and(|authority| authority.ca)
    }

    /// Whether keyUsage is absent or has keyCertSign.
    pub(crate) fn may_sign(&self) -> bool {
        self.0.facts.may_sign
    }

    /// Whether extKeyUsage is absent or allows TLS servers.
    pub(crate) fn is_for_servers(&self) -> bool {
        self.0.facts.is_for_servers
    }

    /// The first critical extension that verifiers do not know, as a dotted number.
    pub(crate) fn unknown_critical_extension(&self) -> Option<String> {
        let oid = &self.0.der[self.0.facts.unknown_critical.clone()?];
        Some(oid::read(oid).map_or_else(|| hex(oid), |oid| oid.to_string()))
    }

    /// The value of nameConstraints.
    pub(crate) fn name_constraints(&self) -> Option<Element<'_>> {
        let value = &self.0.der[self.0.facts.name_constraints.clone()?];
        Elements(value).any().ok()
    }

    /// The hosts that name constraints apply to: dNSName and iPAddress of subjectAltName, and the
    /// common name if there is no dNSName.
    pub(crate) fn hosts(&self) -> Vec<Host> {
        let common = distinguished::common_name(self.raw_subject());
        name::hosts(common.as_deref(), self.raw_alternative_names())
    }

    /// How many intermediates it allows below itself.
    pub(crate) fn path_len(&self) -> Option<u32> {
        self.0.facts.authority.and_then(|authority| authority.path_len)
    }

    /// The name of a kind of key that is not supported.
    pub(crate) fn unsupported_key(&self) -> Option<&str> {
        match &self.0.facts.key {
            KeyKind::Supported(_) => None,
            KeyKind::Unsupported(name) => Some(name),
        }
    }

    /// Whether `key` is its private key.
    pub(crate) fn has_key_of(&self, key: &PrivateKey) -> bool {
        self.key_algorithm() == Some(key.algorithm())
            && same_bits(self.key_bits(), key.public_bits())
    }

    pub(crate) fn raw_subject(&self) -> &[u8] {
        &self.0.der[self.0.facts.subject.clone()]
    }

    fn raw_alternative_names(&self) -> Option<&[u8]> {
        self.0.facts.alternative_names.clone().map(|range| &self.0.der[range])
    }

    fn raw_issuer(&self) -> &[u8] {
        &self.0.der[self.0.facts.issuer.clone()]
    }

    fn key_bits(&self) -> &[u8] {
        &self.0.der[self.0.facts.key_bits.clone()]
    }
}

/// Two certificates are the same if their bytes are.
impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.0.der == other.0.der
    }
}

impl Eq for Certificate {}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate")
            .field("subject", &self.subject())
            .field("issuer", &self.issuer())
            .field("serial", &self.serial())
            .finish_non_exhaustive()
    }
}

fn digest_of<const N: usize>(algorithm: &'static digest::Algorithm, bytes: &[u8]) -> [u8; N] {
    let digest = digest::digest(algorithm, bytes);
    digest.as_ref().try_into().expect("the algorithm's digest has this length")
}
