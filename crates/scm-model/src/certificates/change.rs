//! Changing and exporting certificates.

use crate::{SecretText, field::wire, limits};

wire! {
    /// A renewed certificate, with its chain and private key, to stand under an id that exists.
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
    /// A certificate with its private key, as the fields say. The certificate may be followed by its
    /// chain.
    pub fn new(certificate: impl Into<String>, private_key: impl Into<SecretText>) -> Self {
        let (certificate, private_key) = (certificate.into(), private_key.into());
        Self { certificate, certificate_chain: None, private_key }
    }

    /// The same with its chain, PEM.
    #[must_use]
    pub fn with_chain(self, chain: impl Into<String>) -> Self {
        Self { certificate_chain: Some(chain.into()), ..self }
    }
}

wire! {
    /// What its owner says about a certificate. What is absent or null stays as it is.
    pub struct CertificateUpdate {
        /// Another name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(example = "www.example.com")]
        name: Option<String> [limits::NAME],
        /// Another description; empty for none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(example = "The shop, renewed in May")]
        description: Option<String> [limits::DESCRIPTION],
    }
}

wire! {
    /// A certificate with its chain and private key, PEM.
    pub struct ExportedCertificate {
        /// The certificate, followed by its chain.
        #[serde(default, deserialize_with = "crate::field::or_default")]
        #[schema(required, example = "-----BEGIN CERTIFICATE-----\n…\n-----END CERTIFICATE-----\n")]
        entire_certificate: String,
        /// The certificate alone.
        #[schema(example = "-----BEGIN CERTIFICATE-----\n…\n-----END CERTIFICATE-----\n")]
        certificate: String,
        /// The chain; empty if there is none.
        #[serde(default, deserialize_with = "crate::field::or_default")]
        #[schema(required, example = "-----BEGIN CERTIFICATE-----\n…\n-----END CERTIFICATE-----\n")]
        certificate_chain: String,
        /// The private key, in the encoding it was imported in.
        #[schema(value_type = String, example = "-----BEGIN PRIVATE KEY-----\n…\n-----END PRIVATE KEY-----\n")]
        private_key: SecretText,
        /// The SM2 encryption certificate; always null here.
        #[schema(example = json!(null))]
        enc_certificate: Option<String>,
        /// The SM2 encryption key; always null here.
        #[schema(value_type = Option<String>, example = json!(null))]
        enc_private_key: Option<SecretText>,
    }
}
