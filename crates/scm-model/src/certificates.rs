//! Certificates on the wire: bodies, replies and paths.

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
        /// A name to find it by. It need not be unique.
        #[schema(example = "www.example.com")]
        name: String [limits::NAME],
        /// The certificate, PEM; line ends are `\n` or `\r\n`. It may be followed by its chain.
        #[schema(example = "-----BEGIN CERTIFICATE-----\n…\n-----END CERTIFICATE-----\n")]
        certificate: String [limits::CERTIFICATE],
        /// The chain, PEM: the certificate's issuer first, then that one's issuer, and so on. The
        /// root may be left out; all of it may be empty. No certificate may occur twice, but the
        /// certificate itself may stand at the head: it is stored once.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(example = "-----BEGIN CERTIFICATE-----\n…\n-----END CERTIFICATE-----\n")]
        certificate_chain: Option<String> [limits::CERTIFICATE_CHAIN],
        /// The private key, PEM (PKCS#1, SEC1 or PKCS#8), not under a password. It never leaves the
        /// server but by an export.
        #[schema(value_type = String, write_only, example = "-----BEGIN PRIVATE KEY-----\n…\n-----END PRIVATE KEY-----\n")]
        private_key: SecretText [limits::PRIVATE_KEY],
        /// The enterprise project it belongs to: `0`, the default, or an enterprise project's id.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(example = "0", pattern = "^(0|[0-9a-z]{8}(-[0-9a-z]{4}){3}-[0-9a-z]{12})?$")]
        enterprise_project_id: Option<String> [limits::ENTERPRISE_PROJECT_ID],
        /// Whether to refuse a certificate that the project already keeps; otherwise it is kept
        /// once more under another id.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(default = false, example = true)]
        duplicate_check: Option<bool>,
        /// The SM2 encryption certificate. Not supported: it must be absent, null or empty.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(example = "")]
        enc_certificate: Option<String> [limits::CERTIFICATE_2021],
        /// The SM2 encryption key. Not supported: it must be absent, null or empty.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<String>, write_only, example = "")]
        enc_private_key: Option<SecretText> [limits::PRIVATE_KEY],
    }
}

impl CertificateImport {
    /// A certificate under a name, with its private key; all three as the fields say. The certificate may
    /// be followed by its chain.
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

    /// The same with its chain, PEM.
    #[must_use]
    pub fn with_chain(self, chain: impl Into<String>) -> Self {
        Self { certificate_chain: Some(chain.into()), ..self }
    }

    /// The same for an enterprise project: `0`, or an id.
    #[must_use]
    pub fn in_enterprise_project(self, id: impl Into<String>) -> Self {
        Self { enterprise_project_id: Some(id.into()), ..self }
    }

    /// The same, to be refused if the project keeps the certificate already.
    #[must_use]
    pub fn unless_kept(self) -> Self {
        Self { duplicate_check: Some(true), ..self }
    }
}

wire! {
    /// What an import may say beside its body.
    #[derive(Default)]
    pub struct ImportHeaders {
        /// A text that the caller makes up for this import and sends again with it, as after an
        /// answer that was lost: for 24 hours the same import with the same key gives the same id,
        /// and keeps nothing more, unless it was deleted meanwhile. An addition of this server; the cloud overlooks it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(example = "2b1f6c8e-renewal-of-www")]
        idempotency_key: Option<String> [limits::IDEMPOTENCY_KEY],
    }
}

wire! {
    /// What an import gives.
    pub struct ImportedCertificate {
        /// The certificate's id: `scs` and 13 digits, never given twice.
        #[schema(example = "scs1600313391074", pattern = "^scs[0-9]{13}$")]
        certificate_id: String [limits::CERTIFICATE_ID],
    }
}

wire! {
    /// Which certificate.
    pub struct CertificatePath {
        /// The certificate's id.
        #[schema(example = "scs1600313391074", pattern = "^scs[0-9]{13}$")]
        certificate_id: String,
    }
}

wire! {
    /// Everything that is kept of a certificate but its private key. What is not known is null.
    pub struct CertificateDetail {
        /// Its id.
        #[schema(example = "scs1600313391074", pattern = "^scs[0-9]{13}$")]
        id: String [limits::CERTIFICATE_ID],
        /// `UPLOAD` for an imported one, `EXPIRED` past its end; the cloud has more for those it sells.
        #[schema(example = "UPLOAD", extensions(("x-extensible-enum" = json!(["UPLOAD", "EXPIRED"]))))]
        status: String [limits::WORD],
        /// The order it was bought by; null for an imported one.
        #[schema(example = "CS20052117270N7V9")]
        order_id: Option<String> [limits::ORDER_ID],
        /// Its name.
        #[schema(example = "www.example.com")]
        name: String [limits::NAME],
        /// What was bought; null for an imported one.
        #[schema(example = "DV_SSL_CERT")]
        r#type: Option<String> [limits::WORD],
        /// Who sold it; null for an imported one.
        #[schema(example = "GEOTRUST")]
        brand: Option<String> [limits::WORD],
        /// Whether it can be pushed to other services: `ON` or `OFF`.
        #[serde(default, deserialize_with = "crate::field::or_default")]
        #[schema(required, example = "OFF", extensions(("x-extensible-enum" = json!(["ON", "OFF"]))))]
        push_support: String [limits::WORD],
        /// Why it was revoked.
        #[schema(example = "superseded")]
        revoke_reason: Option<String> [limits::REVOKE_REASON],
        /// How its issuer signed it.
        #[schema(example = "SHA256withRSA")]
        signature_algorithm: Option<String> [limits::SIGNATURE_ALGORITHM],
        /// The same under the name that older clients read.
        #[schema(example = "SHA256withRSA")]
        signature_algrithm: Option<String> [limits::SIGNATURE_ALGORITHM],
        /// When the order was fulfilled; null for an imported one.
        #[schema(example = "2026-05-27 16:46:25.0", pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9])?$")]
        issue_time: Option<String> [limits::WORD],
        /// From when it is valid, UTC.
        #[schema(example = "2026-05-27 16:46:25.0", pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9])?$")]
        not_before: Option<String> [limits::WORD],
        /// Until when it is valid, UTC.
        #[schema(example = "2027-05-27 16:46:25.0", pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9])?$")]
        not_after: Option<String> [limits::WORD],
        /// For how many months it was bought; null for an imported one.
        #[schema(example = 12)]
        validity_period: Option<u32>,
        /// How control of the domain was proved; null for an imported one.
        #[schema(example = "DNS", extensions(("x-extensible-enum" = json!(["DNS", "FILE", "EMAIL"]))))]
        validation_method: Option<String> [limits::WORD],
        /// `SINGLE_DOMAIN`, `WILDCARD` or `MULTI_DOMAIN`.
        #[schema(example = "MULTI_DOMAIN", extensions(("x-extensible-enum" = json!(["SINGLE_DOMAIN", "WILDCARD", "MULTI_DOMAIN"]))))]
        domain_type: Option<String> [limits::WORD],
        /// The domain it is bound to.
        #[serde(default, deserialize_with = "crate::field::or_default")]
        #[schema(required, example = "www.example.com")]
        domain: String [limits::DOMAIN],
        /// Its further names, joined by `;`, cut at a whole name after 4096 characters.
        #[schema(example = "example.com;*.shop.example.com")]
        sans: Option<String> [limits::SANS],
        /// How many names it has, at most 100.
        #[serde(default, deserialize_with = "crate::field::or_default")]
        #[schema(required, example = 3)]
        domain_count: u32 [limits::COUNTED_NAMES],
        /// How many of them are wildcards, at most 99.
        #[serde(default, deserialize_with = "crate::field::or_default")]
        #[schema(required, example = 1)]
        wildcard_count: u32 [limits::COUNTED_WILDCARDS],
        /// What has to be published to prove control of its domains; empty for an imported one.
        #[serde(default, deserialize_with = "crate::field::or_default")]
        #[schema(required)]
        authentification: Vec<Authentification>,
        /// The SHA-1 of its DER, 40 hexadecimal digits.
        #[serde(default, deserialize_with = "crate::field::or_default")]
        #[schema(required, example = "185d687de3f44f2249d0e0f084efccb56b7c2cbe", pattern = "^[0-9a-f]{40}$")]
        fingerprint: String [limits::FINGERPRINT],
        /// The enterprise project it belongs to.
        #[serde(default, deserialize_with = "crate::field::or_default")]
        #[schema(required, example = "0")]
        enterprise_project_id: String [limits::ENTERPRISE_PROJECT_ID],
        /// The kind of its first domain: `primary_single` or `primary_wildcard`.
        #[schema(example = "primary_single", extensions(("x-extensible-enum" = json!(["primary_single", "primary_wildcard"]))))]
        multi_domain_type: Option<String> [limits::WORD],
        /// Whether it is shared with the caller by another account.
        #[serde(default, deserialize_with = "crate::field::or_default")]
        #[schema(required, example = false)]
        shared: bool,
        /// What its owner wrote about it.
        #[schema(example = "The shop, renewed in May")]
        description: Option<String> [limits::DESCRIPTION],
        /// Every name it has, without any cut. (An addition of this server.)
        #[serde(default, deserialize_with = "crate::field::or_default")]
        #[schema(required, example = json!(["www.example.com", "example.com"]))]
        names: Vec<String>,
    }
}

wire! {
    /// A record to publish as a proof of control of a domain.
    pub struct Authentification {
        /// The record's name.
        #[schema(example = "_dnsauth.www.example.com")]
        record_name: String [limits::DOMAIN],
        /// The record's type.
        #[schema(example = "TXT")]
        record_type: String [limits::DOMAIN],
        /// The record's value.
        #[schema(example = "202605271646255a3f")]
        record_value: String [limits::DOMAIN],
        /// The domain it proves control of.
        #[schema(example = "www.example.com")]
        domain: String [limits::DOMAIN],
    }
}
