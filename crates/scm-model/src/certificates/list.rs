//! Listing certificates: what may be asked for, and a page of the answer.

use crate::{
    field::{choice, wire},
    limits,
};

wire! {
    /// Which certificates, in which order.
    #[derive(Clone, Default)]
    pub struct CertificateFilter {
        /// How many at most; 10 if not given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<u32>, default = 10, example = 50)]
        limit: Option<PageSize>,
        /// How many certificates to leave out first. Beyond a few thousand, `marker` is faster.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(default = 0, example = 0)]
        offset: Option<u32>,
        /// Where the last page ended: its `next_marker`. Every page costs the same; `offset` does
        /// not count then. (An addition of this server.)
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(example = "U19e8f3b8c1a-38d7ea4c68000")]
        marker: Option<String> [limits::MARKER],
        /// By what to sort; `certUpdateTime` if not given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<String>, default = "certUpdateTime", example = "certExpiredTime")]
        sort_key: Option<SortKey>,
        /// In which direction; `DESC` if not given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<String>, default = "DESC", example = "ASC")]
        sort_dir: Option<SortDirection>,
        /// Only those of this status; `ALL` if not given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<String>, default = "ALL", example = "UPLOAD")]
        status: Option<StatusFilter>,
        /// Only those of this enterprise project: `all`, `0`, or an id.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(default = "all", example = "0", pattern = "^(all|0|[0-9a-z]{8}(-[0-9a-z]{4}){3}-[0-9a-z]{12})?$")]
        enterprise_project_id: Option<String> [limits::ENTERPRISE_PROJECT_ID],
        /// Only those that can be deployed to other services.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(default = false, example = false)]
        deploy_support: Option<bool>,
        /// Only the caller's own, or those shared with the caller too. Nothing is shared here, so
        /// both give the same.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(default = true, example = true)]
        owned_by_self: Option<bool>,
        /// Only those that are valid, or expired at most this many days ago.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(example = 30)]
        expired_days_since: Option<u32>,
        /// Only those with this text in their name or in one of their domains, in upper or lower case.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(example = "example.com")]
        content: Option<String> [limits::CONTENT],
    }
}

choice! {
    /// How many certificates a page has at most.
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
    /// By what certificates are sorted.
    #[derive(Default)]
    pub enum SortKey as OneOf {
        /// By when they expire.
        Expiry = "certExpiredTime",
        /// By status.
        Status = "certStatus",
        /// By when they were last changed.
        #[default]
        Updated = "certUpdateTime",
    }
}

choice! {
    /// In which direction certificates are sorted.
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
    /// The status of the certificates that are asked for. Those that this server keeps are `UPLOAD` or
    /// `EXPIRED`; of the others there are none.
    #[derive(Default)]
    pub enum StatusFilter as OneOf {
        /// Any.
        #[default]
        All = "ALL",
        /// Bought.
        Paid = "PAID",
        /// Issued.
        Issued = "ISSUED",
        /// Under review.
        Checking = "CHECKING",
        /// Cancellation under review.
        CancelChecking = "CANCELCHECKING",
        /// Refused.
        Unpassed = "UNPASSED",
        /// Past its end.
        Expired = "EXPIRED",
        /// Revocation under review.
        Revoking = "REVOKING",
        /// Revoked.
        Revoked = "REVOKED",
        /// Imported, and not past its end.
        Upload = "UPLOAD",
        /// Waiting for the validation of an organisation.
        CheckingOrganisation = "CHECKING_ORG",
        /// Waiting for its issue.
        Issuing = "ISSUING",
        /// Further domains under review.
        SupplementChecking = "SUPPLEMENTCHECKING",
    }
}

wire! {
    /// A page of certificates.
    pub struct CertificatePage {
        /// The certificates; empty past the end.
        certificates: Vec<CertificateSummary> [limits::PAGE],
        /// How many there are on all pages together, at most 10,000 where `content` or
        /// `expired_days_since` is given.
        #[schema(example = 1)]
        total_count: u32,
        /// What to give as `marker` for the next page; null on the last. (An addition of this server.)
        #[schema(example = "U19e8f3b8c1a-38d7ea4c68000")]
        next_marker: Option<String> [limits::MARKER],
    }
}

wire! {
    /// A certificate in a list. What is not known is null.
    pub struct CertificateSummary {
        /// Its id.
        #[schema(example = "scs1600313391074", pattern = "^scs[0-9]{13}$")]
        id: String [limits::CERTIFICATE_ID],
        /// Its name.
        #[schema(example = "www.example.com")]
        name: String [limits::NAME],
        /// The domain it is bound to.
        #[serde(default, deserialize_with = "crate::field::or_default")]
        #[schema(required, example = "www.example.com")]
        domain: String [limits::DOMAIN],
        /// Its further names, joined by `;`, cut at a whole name after 4096 characters.
        #[schema(example = "example.com;*.shop.example.com")]
        sans: Option<String> [limits::SANS],
        /// How its issuer signed it.
        #[schema(example = "SHA256withRSA")]
        signature_algorithm: Option<String> [limits::SIGNATURE_ALGORITHM],
        /// Whether it can be deployed to other services.
        #[serde(default, deserialize_with = "crate::field::or_default")]
        #[schema(required, example = false)]
        deploy_support: bool,
        /// What was bought; null for an imported one.
        #[schema(example = "DV_SSL_CERT")]
        r#type: Option<String> [limits::WORD],
        /// Who sold it; null for an imported one.
        #[schema(example = "GEOTRUST")]
        brand: Option<String> [limits::WORD],
        /// Until when it is valid, UTC.
        #[serde(default, deserialize_with = "crate::field::or_default")]
        #[schema(required, example = "2027-05-27 16:46:25.0", pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9])?$")]
        expire_time: String [limits::WORD],
        /// `SINGLE_DOMAIN`, `WILDCARD` or `MULTI_DOMAIN`.
        #[serde(default, deserialize_with = "crate::field::or_default")]
        #[schema(required, example = "MULTI_DOMAIN", extensions(("x-extensible-enum" = json!(["SINGLE_DOMAIN", "WILDCARD", "MULTI_DOMAIN"]))))]
        domain_type: String [limits::WORD],
        /// For how many months it was bought; null for an imported one.
        #[schema(example = 12)]
        validity_period: Option<u32>,
        /// `UPLOAD` for an imported one, `EXPIRED` past its end; the cloud has more for those it sells.
        #[schema(example = "UPLOAD", extensions(("x-extensible-enum" = json!(["UPLOAD", "EXPIRED"]))))]
        status: String [limits::WORD],
        /// How many names it has, at most 100.
        #[serde(default, deserialize_with = "crate::field::or_default")]
        #[schema(required, example = 3)]
        domain_count: u32 [limits::COUNTED_NAMES],
        /// How many of them are wildcards, at most 100.
        #[serde(default, deserialize_with = "crate::field::or_default")]
        #[schema(required, example = 1)]
        wildcard_count: u32 [limits::LISTED_WILDCARDS],
        /// What its owner wrote about it.
        #[schema(example = "The shop, renewed in May")]
        description: Option<String> [limits::DESCRIPTION],
        /// The domain, in the sense of an account, that owns it.
        #[schema(example = "5b1f3a0c8e7d4f6a9b2c1d0e3f4a5b6c")]
        domain_id: Option<String>,
        /// The enterprise project it belongs to.
        #[serde(default, deserialize_with = "crate::field::or_default")]
        #[schema(required, example = "0")]
        enterprise_project_id: String [limits::ENTERPRISE_PROJECT_ID],
    }
}
