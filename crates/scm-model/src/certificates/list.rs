//! Listing certificates: the filter, and a page of the list.

use crate::{
    field::{choice, wire},
    limits,
};

wire! {
    /// The filter and the order of a list of certificates.
    #[derive(Clone, Default)]
    pub struct CertificateFilter {
        /// The maximum number of certificates on the page; 10 by default.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<u32>, default = 10, example = 50)]
        limit: Option<PageSize>,
        /// The number of certificates to skip. Beyond a few thousand, `marker` is faster.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(default = 0, example = 0)]
        offset: Option<u32>,
        /// The `next_marker` of the previous page. `offset` is ignored then. Extension (not part of the
        /// published API).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(example = "U19e8f3b8c1a-38d7ea4c68000")]
        marker: Option<String> [limits::MARKER],
        /// The sort key; `certUpdateTime` by default.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<String>, default = "certUpdateTime", example = "certExpiredTime")]
        sort_key: Option<SortKey>,
        /// The sort direction; `DESC` by default.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<String>, default = "DESC", example = "ASC")]
        sort_dir: Option<SortDirection>,
        /// Only certificates with this status; `ALL` by default.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<String>, default = "ALL", example = "UPLOAD")]
        status: Option<StatusFilter>,
        /// Only certificates of this enterprise project: `all`, `0`, or an id.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(default = "all", example = "0", pattern = "^(all|0|[0-9a-z]{8}(-[0-9a-z]{4}){3}-[0-9a-z]{12})?$")]
        enterprise_project_id: Option<String> [limits::ENTERPRISE_PROJECT_ID],
        /// Only certificates that can be deployed to other services.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(default = false, example = false)]
        deploy_support: Option<bool>,
        /// Only the caller's own certificates, or also those shared with the caller. This server shares
        /// no certificates, so the value has no effect.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(default = true, example = true)]
        owned_by_self: Option<bool>,
        /// Only certificates that are valid or expired at most this many days ago.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(example = 30)]
        expired_days_since: Option<u32>,
        /// Only certificates with this text in their name or in one of their domains. Case is ignored.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(example = "example.com")]
        content: Option<String> [limits::CONTENT],
    }
}

choice! {
    /// The maximum number of certificates on a page.
    #[derive(Default)]
    pub enum PageSize as OneNumberOf {
        /// Ten.
        #[default]
        Ten = "10",
        /// Twenty.
        Twenty = "20",
        /// Fifty.
        Fifty = "50",
    }
}

impl PageSize {
    /// The size as a number.
    pub const fn count(self) -> u32 {
        match self {
            Self::Ten => 10,
            Self::Twenty => 20,
            Self::Fifty => 50,
        }
    }
}

choice! {
    /// The sort key of a list of certificates.
    #[derive(Default)]
    pub enum SortKey as OneOf {
        /// The end of the validity period.
        Expiry = "certExpiredTime",
        /// The status.
        Status = "certStatus",
        /// The time of the last change.
        #[default]
        Updated = "certUpdateTime",
    }
}

choice! {
    /// The sort direction of a list of certificates.
    #[derive(Default)]
    pub enum SortDirection as OneOf {
        /// The smallest or oldest first.
        Ascending = "ASC",
        /// The largest or newest first.
        #[default]
        Descending = "DESC",
    }
}

choice! {
    /// A status to filter by. Certificates on this server have the status `UPLOAD` or `EXPIRED`. The
    /// other values match no certificate.
    #[derive(Default)]
    pub enum StatusFilter as OneOf {
        /// Any status.
        #[default]
        All = "ALL",
        /// Purchased.
        Paid = "PAID",
        /// Issued.
        Issued = "ISSUED",
        /// Under review.
        Checking = "CHECKING",
        /// Cancellation under review.
        CancelChecking = "CANCELCHECKING",
        /// Refused.
        Unpassed = "UNPASSED",
        /// Expired.
        Expired = "EXPIRED",
        /// Revocation under review.
        Revoking = "REVOKING",
        /// Revoked.
        Revoked = "REVOKED",
        /// Imported, and not expired.
        Upload = "UPLOAD",
        /// The validation of the organization is pending.
        CheckingOrganisation = "CHECKING_ORG",
        /// The issue is pending.
        Issuing = "ISSUING",
        /// Additional domains under review.
        SupplementChecking = "SUPPLEMENTCHECKING",
    }
}

wire! {
    /// A page of a list of certificates.
    pub struct CertificatePage {
        /// The certificates. Empty behind the end of the list.
        certificates: Vec<CertificateSummary> [limits::PAGE],
        /// The number of certificates on all pages; at most 10,000 with `content` or
        /// `expired_days_since`.
        #[schema(example = 1)]
        total_count: u32,
        /// The `marker` of the next page; null on the last page. Extension (not part of the published
        /// API).
        #[schema(example = "U19e8f3b8c1a-38d7ea4c68000")]
        next_marker: Option<String> [limits::MARKER],
    }
}

wire! {
    /// A certificate in a list. Unknown values are null.
    pub struct CertificateSummary {
        /// The id of the certificate.
        #[schema(example = "scs1600313391074", pattern = "^scs[0-9]{13}$")]
        id: String [limits::CERTIFICATE_ID],
        /// The name of the certificate.
        #[schema(example = "www.example.com")]
        name: String [limits::NAME],
        /// The primary domain of the certificate.
        #[serde(default, deserialize_with = "crate::field::or_default")]
        #[schema(required, example = "www.example.com")]
        domain: String [limits::DOMAIN],
        /// The other names, separated by `;`. Names beyond 4096 characters are omitted.
        #[schema(example = "example.com;*.shop.example.com")]
        sans: Option<String> [limits::SANS],
        /// The signature algorithm of the certificate.
        #[schema(example = "SHA256withRSA")]
        signature_algorithm: Option<String> [limits::SIGNATURE_ALGORITHM],
        /// Whether the certificate can be deployed to other services.
        #[serde(default, deserialize_with = "crate::field::or_default")]
        #[schema(required, example = false)]
        deploy_support: bool,
        /// The type of the purchased certificate; null for an imported certificate.
        #[schema(example = "DV_SSL_CERT")]
        r#type: Option<String> [limits::WORD],
        /// The brand of the purchased certificate; null for an imported certificate.
        #[schema(example = "GEOTRUST")]
        brand: Option<String> [limits::WORD],
        /// The end of the validity period, UTC.
        #[serde(default, deserialize_with = "crate::field::or_default")]
        #[schema(required, example = "2027-05-27 16:46:25.0", pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9])?$")]
        expire_time: String [limits::WORD],
        /// `SINGLE_DOMAIN`, `WILDCARD` or `MULTI_DOMAIN`.
        #[serde(default, deserialize_with = "crate::field::or_default")]
        #[schema(required, example = "MULTI_DOMAIN", extensions(("x-extensible-enum" = json!(["SINGLE_DOMAIN", "WILDCARD", "MULTI_DOMAIN"]))))]
        domain_type: String [limits::WORD],
        /// The purchased validity in months; null for an imported certificate.
        #[schema(example = 12)]
        validity_period: Option<u32>,
        /// `UPLOAD` for an imported certificate, `EXPIRED` after its end. The cloud has further values for
        /// certificates that it sells.
        #[schema(example = "UPLOAD", extensions(("x-extensible-enum" = json!(["UPLOAD", "EXPIRED"]))))]
        status: String [limits::WORD],
        /// The number of names, at most 100.
        #[serde(default, deserialize_with = "crate::field::or_default")]
        #[schema(required, example = 3)]
        domain_count: u32 [limits::COUNTED_NAMES],
        /// The number of wildcard names, at most 100.
        #[serde(default, deserialize_with = "crate::field::or_default")]
        #[schema(required, example = 1)]
        wildcard_count: u32 [limits::LISTED_WILDCARDS],
        /// The description of the certificate.
        #[schema(example = "The shop, renewed in May")]
        description: Option<String> [limits::DESCRIPTION],
        /// The account (Keystone domain) that owns the certificate.
        #[schema(example = "5b1f3a0c8e7d4f6a9b2c1d0e3f4a5b6c")]
        domain_id: Option<String>,
        /// The enterprise project of the certificate.
        #[serde(default, deserialize_with = "crate::field::or_default")]
        #[schema(required, example = "0")]
        enterprise_project_id: String [limits::ENTERPRISE_PROJECT_ID],
    }
}
