//! What to do about a finding: the second half of its sentence.

use crate::{CertificateError, Content, Field, KeyError, Place, Unmarked};

/// The kinds of keys that are supported.
pub(super) const SUPPORTED_KEYS: &str =
    "supported keys: RSA with 2048 to 8192 bits, P-256, P-384, P-521, Ed25519";

/// What a field should hold.
pub(super) fn expected(field: Field) -> &'static str {
    match field {
        Field::Certificate => "a certificate",
        Field::CertificateChain => "issuer certificates",
        Field::PrivateKey => "a private key",
    }
}

/// Why a block does not belong into a field.
pub(super) fn instead_of(field: Field, found: &Content) -> String {
    match field {
        Field::PrivateKey if found.is_private_key() => "which is not supported".to_owned(),
        _ => format!("not {}", expected(field)),
    }
}

/// Why a text without PEM blocks is not usable, and what to do: the rest of a sentence that begins
/// with the field.
pub(super) fn unmarked(field: Field, found: &Unmarked) -> String {
    match found {
        Unmarked::Text => format!(
            "has no PEM block (-----BEGIN …-----, -----END …-----); send {} in PEM format",
            expected(field)
        ),
        Unmarked::Base64(content) => format!(
            "holds {} in base64 without BEGIN and END lines; {}",
            content.as_ref().map_or_else(|| "data".to_owned(), Content::to_string),
            with_lines(content.as_ref())
        ),
        Unmarked::Binary(content) => format!(
            "holds {}, not PEM; convert it: `{}`",
            content.as_ref().map_or_else(
                || "binary data".to_owned(),
                |content| format!("{content} in binary format")
            ),
            convert(content.as_ref().unwrap_or(match field {
                Field::PrivateKey => &Content::PrivateKey,
                _ => &Content::Certificate,
            }))
        ),
    }
}

fn with_lines(content: Option<&Content>) -> &'static str {
    match content {
        Some(Content::Certificate) => {
            "add the line -----BEGIN CERTIFICATE----- before it and -----END CERTIFICATE----- \
             after it"
        }
        Some(Content::PrivateKey) => "copy the whole key, from the BEGIN line to the END line",
        _ => "copy the whole PEM block, from the BEGIN line to the END line",
    }
}

/// The command that makes PEM of DER or of a container.
fn convert(content: &Content) -> &'static str {
    match content {
        Content::Pkcs12 => "openssl pkcs12 -in FILE -nodes -out ALL.pem",
        Content::Pkcs7 => "openssl pkcs7 -inform DER -in FILE -print_certs -out CHAIN.pem",
        Content::PrivateKey | Content::EncryptedKey => {
            "openssl pkey -inform DER -in FILE -out KEY.pem"
        }
        _ => "openssl x509 -inform DER -in FILE -out CERTIFICATE.pem",
    }
}

/// What to do about a certificate that cannot be parsed.
pub(super) fn unreadable(error: CertificateError) -> &'static str {
    match error {
        CertificateError::Precertificate => "send the certificate that was issued after it",
        CertificateError::Version
        | CertificateError::BeyondVersion
        | CertificateError::Validity => "request another certificate",
        _ => "download or export the certificate again",
    }
}

/// What to do with a block that does not belong into a field.
pub(super) fn wrong_content(field: Field, found: &Content, swapped: bool) -> &'static str {
    if swapped {
        return "certificate and private_key seem to be swapped: exchange them";
    }
    match (found, field) {
        (Content::Certificate, _) => "move it to certificate or certificate_chain",
        (Content::TrustedCertificate, _) => {
            "remove the trust settings: `openssl x509 -in FILE -out PLAIN.pem`"
        }
        (Content::Request, _) => "send the certificate that was issued for this request",
        (Content::Pkcs7, _) => {
            "extract the certificates: `openssl pkcs7 -in FILE -print_certs -out CHAIN.pem`"
        }
        (Content::Pkcs12, _) => {
            "extract the certificates and the key: `openssl pkcs12 -in FILE -nodes -out ALL.pem`"
        }
        (Content::OpenSshKey, Field::PrivateKey) => "convert it: `ssh-keygen -p -m PEM -f FILE`",
        (Content::PrivateKey | Content::EncryptedKey | Content::OpenSshKey, _) => {
            "move the key, unencrypted, to private_key"
        }
        (Content::PublicKey | Content::Parameters, Field::PrivateKey) => {
            "send the private key that belongs to it"
        }
        (_, Field::PrivateKey) => "send only the private key in this field",
        _ => "send only certificates in this field",
    }
}

/// How to close the gap between a certificate and the next one.
pub(super) fn missing_issuer(child: Place, next: Place, elsewhere: Option<Place>) -> String {
    match elsewhere {
        Some(issuer) => format!("move {issuer} directly after {child}"),
        None => format!("add the missing issuer certificate after {child}, or remove {next}"),
    }
}

/// What to do about a key that cannot be used.
pub(super) fn bad_key(error: &KeyError) -> &'static str {
    match error {
        KeyError::ExplicitCurve => {
            "name the curve: `openssl pkey -in FILE -ec_param_enc named_curve -out NAMED.pem`"
        }
        KeyError::Unsupported { .. }
        | KeyError::RsaPss
        | KeyError::MultiPrime
        | KeyError::TooLong { .. } => SUPPORTED_KEYS,
        KeyError::Malformed { .. }
        | KeyError::NoCurve
        | KeyError::Inconsistent { .. }
        | KeyError::OutOfRange
        | KeyError::PublicKeyDiffers => {
            "copy the whole key again, from the BEGIN line to the END line"
        }
    }
}

/// Whose key it is, if one of the certificates has it, and what to do.
pub(super) fn mismatched_key(belongs_to: Option<Place>) -> String {
    match belongs_to {
        Some(place) => format!(
            ", but to {place}; send the key of the leaf, or put the certificate of this key first"
        ),
        None => "; send the key with which this certificate was requested".to_owned(),
    }
}
