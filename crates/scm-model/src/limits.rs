//! Every length limit of the wire, once.
//!
//! Validation, the OpenAPI document and the tests read these constants; nothing else states a
//! number. Lengths are counted in Unicode scalar values, as JSON Schema counts them. The source of
//! each is the published page of its operation.

/// How long a text may be, in Unicode scalar values, both ends included; of answers, how many items
/// a list or how much a number may have too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Length {
    /// The shortest text accepted.
    pub min: usize,
    /// The longest text accepted.
    pub max: usize,
}

impl Length {
    /// A length from `min` to `max`, both included.
    pub const fn between(min: usize, max: usize) -> Self {
        Self { min, max }
    }

    /// A length of at most `max`.
    pub const fn up_to(max: usize) -> Self {
        Self::between(0, max)
    }

    /// Exactly `length`.
    pub const fn exactly(length: usize) -> Self {
        Self::between(length, length)
    }

    /// Whether a text of `length` characters is accepted.
    pub const fn allows(self, length: usize) -> bool {
        self.min <= length && length <= self.max
    }
}

/// The header `X-Auth-Token`, in characters.
pub const AUTH_TOKEN: Length = Length::between(32, 2_097_152);

/// The header `Idempotency-Key`, in characters.
pub const IDEMPOTENCY_KEY: Length = Length::between(1, 255);

/// A request body, in bytes.
pub const BODY_BYTES: usize = 512 * 1024;

/// A certificate's id: `scs` and 13 digits.
pub const CERTIFICATE_ID: Length = Length::exactly(16);

/// A certificate's name as the pages' limit column has it. Both revisions say less in prose:
/// [`NAME_2021`] and [`NAME_2025`].
pub const NAME: Length = Length::up_to(255);

/// A certificate's name in the revision of 2021.
pub const NAME_2021: Length = Length::up_to(63);

/// A certificate's name in the revision of 2025.
pub const NAME_2025: Length = Length::between(3, 63);

/// The certificate, PEM, possibly followed by its chain: the longest that any revision takes.
pub const CERTIFICATE: Length = CERTIFICATE_2025;

/// The certificate in the revision of 2021.
pub const CERTIFICATE_2021: Length = Length::up_to(4096);

/// The certificate in the revision of 2025.
pub const CERTIFICATE_2025: Length = Length::up_to(12_288);

/// The chain, PEM.
pub const CERTIFICATE_CHAIN: Length = Length::up_to(8192);

/// The private key, PEM.
pub const PRIVATE_KEY: Length = Length::up_to(4096);

/// An enterprise project's id.
pub const ENTERPRISE_PROJECT_ID: Length = Length::up_to(64);

/// `error_code` of a refusal.
pub const ERROR_CODE: Length = Length::between(3, 36);

/// `error_msg` of a refusal.
pub const ERROR_MSG: Length = Length::up_to(1024);

/// The further names of a certificate, joined.
pub const SANS: Length = Length::up_to(4096);

/// The most names that `domain_count` tells.
pub const DOMAIN_COUNT: u32 = 100;

/// The most wildcards that `wildcard_count` tells.
pub const WILDCARD_COUNT: u32 = 99;

/// What is searched for in names and domains.
pub const CONTENT: Length = Length::up_to(255);

/// What a certificate's owner writes about it.
pub const DESCRIPTION: Length = Length::up_to(255);

/// Where a page of a list ended.
pub const MARKER: Length = Length::up_to(128);

/// How many names a reply counts.
pub const COUNTED_NAMES: Length = Length::up_to(DOMAIN_COUNT as usize);

/// How many wildcards a list counts.
pub const LISTED_WILDCARDS: Length = COUNTED_NAMES;

/// How many wildcards the detail counts.
pub const COUNTED_WILDCARDS: Length = Length::up_to(WILDCARD_COUNT as usize);

/// The certificates of a page.
pub const PAGE: Length = Length::up_to(50);

/// A word of a reply: a status, a type, a brand, a time.
pub const WORD: Length = Length::up_to(32);

/// An order's id.
pub const ORDER_ID: Length = Length::up_to(63);

/// The name of a signature algorithm.
pub const SIGNATURE_ALGORITHM: Length = Length::up_to(64);

/// A domain, or part of the record that proves control of it.
pub const DOMAIN: Length = Length::up_to(255);

/// Why a certificate was revoked.
pub const REVOKE_REASON: Length = Length::up_to(255);

/// A SHA-1 in hexadecimal digits.
pub const FINGERPRINT: Length = Length::exactly(40);

/// An HTTP status.
pub const STATUS_CODE: Length = Length::between(400, 599);
