//! Bodies and replies of updates, replacements and exports.

use crate::{SecretText, field::wire, limits};

wire! {
    /// A renewed certificate with its chain and private key, to replace the one under an existing id.
    pub struct CertificateReplacement {
        /// The certificate, PEM, as in an import.
        #[schema(example = "-----BEGIN CERTIFICATE-----\n…\n-----END CERTIFICATE-----\n")]
        certificate: String [limits::CERTIFICATE],
        /// The chain, PEM, as in an import.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(example = "-----BEGIN CERTIFICATE-----\n…\n-----END CERTIFICATE-----\n")]
        certificate_chain: Option<String> [limits::CERTIFICATE_CHAIN],
        /// The private key, PEM, as in an import.
        #[schema(value_type = String, write_only, example = "-----BEGIN PRIVATE KEY-----\n…\n-----END PRIVATE KEY-----\n")]
        private_key: SecretText [limits::PRIVATE_KEY],
    }
}

impl CertificateReplacement {
    /// A replacement by a certificate with its private key. See the fields for their formats.
    pub fn new(certificate: impl Into<String>, private_key: impl Into<SecretText>) -> Self {
        let (certificate, private_key) = (certificate.into(), private_key.into());
        Self { certificate, certificate_chain: None, private_key }
    }

    /// Adds the chain, PEM.
    #[must_use]
    pub fn with_chain(self, chain: impl Into<String>) -> Self {
        Self { certificate_chain: Some(chain.into()), ..self }
    }
}

wire! {
    /// The new name and description of a certificate. Fields that are absent or null do not change.
    pub struct CertificateUpdate {
        /// The new name: one line, without control characters and direction marks.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(example = "www.example.com")]
        name: Option<String> [limits::NAME],
        /// The new description: one line, without control characters and direction marks. An empty text
        /// removes it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(example = "The shop, renewed in May")]
        description: Option<String> [limits::DESCRIPTION],
    }
}

wire! {
    /// A certificate with its chain and private key, PEM.
    pub struct ExportedCertificate {
        /// The certificate followed by its chain.
        #[serde(default, deserialize_with = "crate::field::or_default")]
        #[schema(required, example = "-----BEGIN CERTIFICATE-----\n…\n-----END CERTIFICATE-----\n")]
        entire_certificate: String,
        /// The certificate without its chain.
        #[schema(example = "-----BEGIN CERTIFICATE-----\n…\n-----END CERTIFICATE-----\n")]
        certificate: String,
        /// The chain. Empty if the certificate has none.
        #[serde(default, deserialize_with = "crate::field::or_default")]
        #[schema(required, example = "-----BEGIN CERTIFICATE-----\n…\n-----END CERTIFICATE-----\n")]
        certificate_chain: String,
        /// The private key, in the encoding in which it was imported.
        #[schema(value_type = String, example = "-----BEGIN PRIVATE KEY-----\n…\n-----END PRIVATE KEY-----\n")]
        private_key: SecretText,
        /// The SM2 encryption certificate: always null.
        #[schema(example = json!(null))]
        enc_certificate: Option<String>,
        /// The SM2 encryption key: always null.
        #[schema(value_type = Option<String>, example = json!(null))]
        enc_private_key: Option<SecretText>,
    }
}
