//! Certificates: request bodies, replies and paths.

mod change;
mod list;
mod warned;

use crate::{SecretText, field::wire, limits};

pub use change::{CertificateReplacement, CertificateUpdate, ExportedCertificate};
pub use list::{
    CertificateFilter, CertificatePage, CertificateSummary, PageSize, SortDirection, SortKey,
    StatusFilter,
};
pub use warned::Warned;

wire! {
    /// A certificate to import, with its chain and private key.
    pub struct CertificateImport {
        /// The name of the certificate: one line, without control characters and direction marks. It need not be
        /// unique.
        #[schema(example = "www.example.com")]
        name: String [limits::NAME],
        /// The certificate, PEM, with `\n` or `\r\n` as line breaks. Its chain may follow it.
        #[schema(example = "-----BEGIN CERTIFICATE-----\n…\n-----END CERTIFICATE-----\n")]
        certificate: String [limits::CERTIFICATE],
        /// The chain, PEM: the issuer of the certificate first, then the issuer of that one, and so on.
        /// The root may be omitted, and the chain may be empty. A certificate must not be repeated, except
        /// that the chain may begin with the certificate itself, which is then stored once.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(example = "-----BEGIN CERTIFICATE-----\n…\n-----END CERTIFICATE-----\n")]
        certificate_chain: Option<String> [limits::CERTIFICATE_CHAIN],
        /// The private key, PEM (PKCS#1, SEC1 or PKCS#8), without a password. Only an export returns it.
        #[schema(value_type = String, write_only, example = "-----BEGIN PRIVATE KEY-----\n…\n-----END PRIVATE KEY-----\n")]
        private_key: SecretText [limits::PRIVATE_KEY],
        /// The enterprise project of the certificate: `0` (the default) or the id of an enterprise
        /// project.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(example = "0", pattern = "^(0|[0-9a-z]{8}(-[0-9a-z]{4}){3}-[0-9a-z]{12})?$")]
        enterprise_project_id: Option<String> [limits::ENTERPRISE_PROJECT_ID],
        /// Whether to refuse a certificate that the project already has. Otherwise it is stored again
        /// under another id.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(default = false, example = true)]
        duplicate_check: Option<bool>,
        /// The SM2 encryption certificate. Not supported: must be absent, null or empty.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(example = "")]
        enc_certificate: Option<String> [limits::CERTIFICATE_2021],
        /// The SM2 encryption key. Not supported: must be absent, null or empty.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<String>, write_only, example = "")]
        enc_private_key: Option<SecretText> [limits::PRIVATE_KEY],
    }
}

impl CertificateImport {
    /// An import of a certificate with its private key under a name. See the fields for their formats.
    pub fn new(
        name: impl Into<String>,
        certificate: impl Into<String>,
        private_key: impl Into<SecretText>,
    ) -> Self {
        Self {
            name: name.into(),
            certificate: certificate.into(),
            certificate_chain: None,
            private_key: private_key.into(),
            enterprise_project_id: None,
            duplicate_check: None,
            enc_certificate: None,
            enc_private_key: None,
        }
    }

    /// Adds the chain, PEM.
    #[must_use]
    pub fn with_chain(self, chain: impl Into<String>) -> Self {
        Self { certificate_chain: Some(chain.into()), ..self }
    }

    /// Sets the enterprise project: `0`, or an id.
    #[must_use]
    pub fn in_enterprise_project(self, id: impl Into<String>) -> Self {
        Self { enterprise_project_id: Some(id.into()), ..self }
    }

    /// Asks the server to refuse the import if the project already has the certificate.
    #[must_use]
    pub fn with_duplicate_check(self) -> Self {
        Self { duplicate_check: Some(true), ..self }
    }
}

wire! {
    /// The headers of an import.
    #[derive(Default)]
    pub struct ImportHeaders {
        /// A text that the client generates for this import and sends again with each retry. For 24
        /// hours a retry returns the id of the first import and stores nothing more, unless the
        /// certificate was deleted in between. Extension (not part of the published API); the cloud
        /// ignores it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(example = "2b1f6c8e-renewal-of-www")]
        idempotency_key: Option<String> [limits::IDEMPOTENCY_KEY],
    }
}

wire! {
    /// The reply to an import.
    pub struct ImportedCertificate {
        /// The id of the certificate: `scs` and 13 digits. Ids are not reused.
        #[schema(example = "scs1600313391074", pattern = "^scs[0-9]{13}$")]
        certificate_id: String [limits::CERTIFICATE_ID],
    }
}

wire! {
    /// The path of one certificate.
    pub struct CertificatePath {
        /// The id of the certificate.
        #[schema(example = "scs1600313391074", pattern = "^scs[0-9]{13}$")]
        certificate_id: String,
    }
}

wire! {
    /// Everything that is stored of a certificate but its private key. Unknown values are null.
    pub struct CertificateDetail {
        /// The id of the certificate.
        #[schema(example = "scs1600313391074", pattern = "^scs[0-9]{13}$")]
        id: String [limits::CERTIFICATE_ID],
        /// `UPLOAD` for an imported certificate, `EXPIRED` after its end. The cloud has further values for
        /// certificates that it sells.
        #[schema(example = "UPLOAD", extensions(("x-extensible-enum" = json!(["UPLOAD", "EXPIRED"]))))]
        status: String [limits::WORD],
        /// The id of the purchase order; null for an imported certificate.
        #[schema(example = "CS20052117270N7V9")]
        order_id: Option<String> [limits::ORDER_ID],
        /// The name of the certificate.
        #[schema(example = "www.example.com")]
        name: String [limits::NAME],
        /// The type of the purchased certificate; null for an imported certificate.
        #[schema(example = "DV_SSL_CERT")]
        r#type: Option<String> [limits::WORD],
        /// The brand of the purchased certificate; null for an imported certificate.
        #[schema(example = "GEOTRUST")]
        brand: Option<String> [limits::WORD],
        /// Whether the certificate can be pushed to other services: `ON` or `OFF`.
        #[serde(default, deserialize_with = "crate::field::or_default")]
        #[schema(required, example = "OFF", extensions(("x-extensible-enum" = json!(["ON", "OFF"]))))]
        push_support: String [limits::WORD],
        /// The reason of the revocation.
        #[schema(example = "superseded")]
        revoke_reason: Option<String> [limits::REVOKE_REASON],
        /// The signature algorithm of the certificate.
        #[schema(example = "SHA256withRSA")]
        signature_algorithm: Option<String> [limits::SIGNATURE_ALGORITHM],
        /// The value of `signature_algorithm` under the name that older clients read.
        #[schema(example = "SHA256withRSA")]
        signature_algrithm: Option<String> [limits::SIGNATURE_ALGORITHM],
        /// The time at which the order was completed, UTC; null for an imported certificate.
        #[schema(example = "2026-05-27 16:46:25.0", pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9])?$")]
        issue_time: Option<String> [limits::WORD],
        /// The start of the validity period, UTC.
        #[schema(example = "2026-05-27 16:46:25.0", pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9])?$")]
        not_before: Option<String> [limits::WORD],
        /// The end of the validity period, UTC.
        #[schema(example = "2027-05-27 16:46:25.0", pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9])?$")]
        not_after: Option<String> [limits::WORD],
        /// The purchased validity in months; null for an imported certificate.
        #[schema(example = 12)]
        validity_period: Option<u32>,
        /// The method by which control of the domain was verified; null for an imported certificate.
        #[schema(example = "DNS", extensions(("x-extensible-enum" = json!(["DNS", "FILE", "EMAIL"]))))]
        validation_method: Option<String> [limits::WORD],
        /// `SINGLE_DOMAIN`, `WILDCARD` or `MULTI_DOMAIN`.
        #[schema(example = "MULTI_DOMAIN", extensions(("x-extensible-enum" = json!(["SINGLE_DOMAIN", "WILDCARD", "MULTI_DOMAIN"]))))]
        domain_type: Option<String> [limits::WORD],
        /// The primary domain of the certificate.
        #[serde(default, deserialize_with = "crate::field::or_default")]
        #[schema(required, example = "www.example.com")]
        domain: String [limits::DOMAIN],
        /// The other names, separated by `;`. Names beyond 4096 characters are omitted.
        #[schema(example = "example.com;*.shop.example.com")]
        sans: Option<String> [limits::SANS],
        /// The number of names, at most 100.
        #[serde(default, deserialize_with = "crate::field::or_default")]
        #[schema(required, example = 3)]
        domain_count: u32 [limits::COUNTED_NAMES],
        /// The number of wildcard names, at most 99.
        #[serde(default, deserialize_with = "crate::field::or_default")]
        #[schema(required, example = 1)]
        wildcard_count: u32 [limits::COUNTED_WILDCARDS],
        /// The records to publish as proof of control of the domains; empty for an imported certificate.
        #[serde(default, deserialize_with = "crate::field::or_default")]
        #[schema(required)]
        authentification: Vec<Authentification>,
        /// The SHA-1 of the DER encoding, 40 hexadecimal digits.
        #[serde(default, deserialize_with = "crate::field::or_default")]
        #[schema(required, example = "185d687de3f44f2249d0e0f084efccb56b7c2cbe", pattern = "^[0-9a-f]{40}$")]
        fingerprint: String [limits::FINGERPRINT],
        /// The enterprise project of the certificate.
        #[serde(default, deserialize_with = "crate::field::or_default")]
        #[schema(required, example = "0")]
        enterprise_project_id: String [limits::ENTERPRISE_PROJECT_ID],
        /// The kind of the primary domain: `primary_single` or `primary_wildcard`.
        #[schema(example = "primary_single", extensions(("x-extensible-enum" = json!(["primary_single", "primary_wildcard"]))))]
        multi_domain_type: Option<String> [limits::WORD],
        /// Whether another account shares the certificate with the caller.
        #[serde(default, deserialize_with = "crate::field::or_default")]
        #[schema(required, example = false)]
        shared: bool,
        /// The description of the certificate.
        #[schema(example = "The shop, renewed in May")]
        description: Option<String> [limits::DESCRIPTION],
        /// All names, without a limit. Extension (not part of the published API).
        #[serde(default, deserialize_with = "crate::field::or_default")]
        #[schema(required, example = json!(["www.example.com", "example.com"]))]
        names: Vec<String>,
    }
}

wire! {
    /// A DNS record to publish as proof of control of a domain.
    pub struct Authentification {
        /// The name of the record.
        #[schema(example = "_dnsauth.www.example.com")]
        record_name: String [limits::DOMAIN],
        /// The type of the record.
        #[schema(example = "TXT")]
        record_type: String [limits::DOMAIN],
        /// The value of the record.
        #[schema(example = "202605271646255a3f")]
        record_value: String [limits::DOMAIN],
        /// The domain that the record is about.
        #[schema(example = "www.example.com")]
        domain: String [limits::DOMAIN],
    }
}
