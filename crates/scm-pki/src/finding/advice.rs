//! What to do with a thing that is in the wrong place or form.

use super::sentence::wanted;
use crate::{CertificateError, Content, Field, Unmarked};

/// What is wrong with text that has no marks, and the way out: the end of a sentence that begins
/// with the field.
pub(super) fn unmarked(field: Field, found: &Unmarked) -> String {
    match found {
        Unmarked::Text => format!(
            "has no block between -----BEGIN …----- and -----END …----- marks; give {} in PEM form",
            wanted(field)
        ),
        Unmarked::Base64(content) => format!(
            "holds {} as bare base64, without its marks; {}",
            named(content.as_ref()),
            marks(content.as_ref())
        ),
        Unmarked::Binary(content) => format!(
            "holds {} as binary data, not as PEM text; convert it with `{}`",
            named(content.as_ref()),
            convert(content.as_ref().unwrap_or(match field {
                Field::PrivateKey => &Content::PrivateKey,
                _ => &Content::Certificate,
            }))
        ),
    }
}

fn named(content: Option<&Content>) -> String {
    content.map_or_else(|| "something".to_owned(), Content::to_string)
}

fn marks(content: Option<&Content>) -> &'static str {
    match content {
        Some(Content::Certificate) => {
            "put a line -----BEGIN CERTIFICATE----- before it and -----END CERTIFICATE----- after it"
        }
        Some(Content::PrivateKey) => "give the file as it was made, with its BEGIN and END lines",
        _ => "give PEM text, with its BEGIN and END lines",
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

/// What to do about a certificate that cannot be read.
pub(super) fn unreadable(error: CertificateError) -> &'static str {
    match error {
        CertificateError::Precertificate => "give the certificate that was issued after it",
        CertificateError::Version
        | CertificateError::BeyondVersion
        | CertificateError::Validity => "request another one",
        _ => "export or download it again",
    }
}

/// What to do with a block that does not belong into a field.
pub(super) fn wrong_content(field: Field, found: &Content, swapped: bool) -> &'static str {
    if swapped {
        return "certificate and private_key seem to have been swapped: exchange them";
    }
    match (found, field) {
        (Content::Certificate, _) => "put it into certificate or certificate_chain",
        (Content::TrustedCertificate, _) => {
            "that form is not supported: write a plain one with `openssl x509 -in FILE -out PLAIN.pem`"
        }
        (Content::Request, _) => "give the certificate that the authority issued for it",
        (Content::Pkcs7, _) => {
            "take the certificates out with `openssl pkcs7 -in FILE -print_certs -out CHAIN.pem`"
        }
        (Content::Pkcs12, _) => {
            "take certificate and key out with `openssl pkcs12 -in FILE -nodes -out ALL.pem`"
        }
        (Content::OpenSshKey, Field::PrivateKey) => {
            "convert it with `ssh-keygen -p -m PEM -f FILE`"
        }
        (Content::PrivateKey | Content::EncryptedKey | Content::OpenSshKey, _) => {
            "put the key, without a password, into private_key"
        }
        (Content::PublicKey | Content::Parameters, Field::PrivateKey) => {
            "give the private key that belongs to it"
        }
        (_, Field::PrivateKey) => "give only the private key here",
        _ => "give only certificates here",
    }
}
