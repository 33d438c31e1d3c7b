//! What a block or text holds, where something else was expected.

use std::fmt;

use base64_simd::forgiving_decode_to_vec;
use zeroize::Zeroizing;

use crate::{
    Certificate,
    text::shown,
    tlv::{
        self, BIT_STRING, Elements, GENERALIZED_TIME, INTEGER, Malformed, OBJECT_IDENTIFIER,
        OCTET_STRING, SEQUENCE, UTC_TIME,
    },
};

/// A kind of content that is commonly stored beside certificates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// An X.509 certificate.
    Certificate,
    /// A certificate followed by OpenSSL trust settings.
    TrustedCertificate,
    /// A certificate signing request (PKCS#10).
    Request,
    /// A certificate revocation list.
    RevocationList,
    /// A PKCS#7 or CMS container.
    Pkcs7,
    /// A PKCS#12 container.
    Pkcs12,
    /// A private key of a known encoding, or of another kind.
    PrivateKey,
    /// An encrypted private key.
    EncryptedKey,
    /// A private key in OpenSSH format.
    OpenSshKey,
    /// A public key.
    PublicKey,
    /// Parameters of a curve, as OpenSSL writes them before an EC key.
    Parameters,
    /// Other content, by its label, escaped.
    Other(String),
}

impl Content {
    /// Whether it is a private key, in any format.
    pub fn is_private_key(&self) -> bool {
        matches!(self, Self::PrivateKey | Self::EncryptedKey | Self::OpenSshKey)
    }
}

impl fmt::Display for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Certificate => "a certificate",
            Self::TrustedCertificate => "a certificate with OpenSSL trust settings",
            Self::Request => "a certificate signing request (CSR)",
            Self::RevocationList => "a certificate revocation list (CRL)",
            Self::Pkcs7 => "a PKCS#7 container",
            Self::Pkcs12 => "a PKCS#12 container",
            Self::PrivateKey => "a private key",
            Self::EncryptedKey => "an encrypted private key",
            Self::OpenSshKey => "a private key in OpenSSH format",
            Self::PublicKey => "a public key",
            Self::Parameters => "a block of key parameters",
            Self::Other(label) => return write!(f, "a block named \"{label}\""),
        })
    }
}

/// What a text without PEM blocks seems to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unmarked {
    /// Text of no known meaning.
    Text,
    /// Base64 without BEGIN and END lines, with its content if known.
    Base64(Option<Content>),
    /// Binary data (DER, PKCS#12), with its content if known.
    Binary(Option<Content>),
}

/// The content that a label names.
pub(crate) fn of_label(label: &str) -> Content {
    match label {
        "CERTIFICATE" | "X509 CERTIFICATE" => Content::Certificate,
        "TRUSTED CERTIFICATE" => Content::TrustedCertificate,
        "CERTIFICATE REQUEST" | "NEW CERTIFICATE REQUEST" => Content::Request,
        "X509 CRL" => Content::RevocationList,
        "PKCS7" | "CMS" | "PKCS #7 SIGNED DATA" => Content::Pkcs7,
        "PKCS12" => Content::Pkcs12,
        "ENCRYPTED PRIVATE KEY" => Content::EncryptedKey,
        "OPENSSH PRIVATE KEY" => Content::OpenSshKey,
        "PUBLIC KEY" | "RSA PUBLIC KEY" | "EC PUBLIC KEY" => Content::PublicKey,
        "EC PARAMETERS" => Content::Parameters,
        _ if label.ends_with("PRIVATE KEY") => Content::PrivateKey,
        _ => Content::Other(shown(label)),
    }
}

/// What a text without PEM blocks seems to be.
pub(crate) fn of_unmarked(text: &str) -> Unmarked {
    if let Ok(bytes) = forgiving_decode_to_vec(text.as_bytes()).map(Zeroizing::new)
        && bytes.len() >= 16
    {
        return Unmarked::Base64(of_der(&bytes));
    }
    let odd = |c: char| c == '\u{fffd}' || (c.is_control() && !c.is_whitespace());
    if !text.contains(odd) {
        return Unmarked::Text;
    }
    let bytes: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(c).ok()).collect();
    Unmarked::Binary(bytes.map(Zeroizing::new).and_then(|bytes| of_der(&bytes)))
}

/// What DER is, by its structure.
pub(crate) fn of_der(der: &[u8]) -> Option<Content> {
    if Certificate::from_der(der).is_ok() {
        return Some(Content::Certificate);
    }
    of_signed(der).ok().flatten().or_else(|| of_parts(der).ok().flatten())
}

/// Requests (RFC 2986 4) and revocation lists (RFC 5280 5.1): what is signed, how, the signature.
fn of_signed(der: &[u8]) -> Result<Option<Content>, Malformed> {
    let mut input = Elements(der);
    let mut outer = input.next(SEQUENCE)?.parts();
    input.end()?;
    let mut signed = outer.next(SEQUENCE)?.parts();
    outer.next(SEQUENCE)?;
    outer.next(BIT_STRING)?;
    outer.end()?;
    let version = signed.next_if(INTEGER)?;
    signed.next(SEQUENCE)?;
    signed.next(SEQUENCE)?;
    Ok(match signed.any()?.tag {
        ATTRIBUTES if version.is_some() => Some(Content::Request),
        UTC_TIME | GENERALIZED_TIME => Some(Content::RevocationList),
        _ => None,
    })
}

/// The tag of a request's attributes.
const ATTRIBUTES: u8 = 0xa0;

/// Containers and keys, by the first two parts of the outer sequence, also where its end was cut.
fn of_parts(der: &[u8]) -> Result<Option<Content>, Malformed> {
    let mut outer = tlv::opened(der, SEQUENCE)?;
    let first = outer.any()?;
    let second = outer.0.first().copied();
    Ok(match (first.tag, first.content, second) {
        (INTEGER, [3], Some(SEQUENCE)) => Some(Content::Pkcs12),
        (INTEGER, [0 | 1], Some(_)) => Some(Content::PrivateKey),
        (OBJECT_IDENTIFIER, oid, _) => oid.starts_with(PKCS7).then_some(Content::Pkcs7),
        (SEQUENCE, _, Some(BIT_STRING)) => Some(Content::PublicKey),
        (SEQUENCE, _, Some(OCTET_STRING)) => Some(Content::EncryptedKey),
        _ => None,
    })
}

/// 1.2.840.113549.1.7, the arc of PKCS#7.
const PKCS7: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07";
