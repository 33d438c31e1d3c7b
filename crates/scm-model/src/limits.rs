//! The length limits of the API.
//!
//! Validation, the OpenAPI document and the tests read these constants. Lengths are counted in
//! Unicode scalar values, as JSON Schema counts them. The source of each limit is the published page
//! of its operation.

/// The accepted lengths of a text in Unicode scalar values, both ends included. In answers also the
/// number of items of a list, or the value of a number.
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

/// A certificate's name, as the limit column of the pages states it. The text of each revision states
/// a lower limit: [`NAME_2021`] and [`NAME_2025`].
pub const NAME: Length = Length::up_to(255);

/// A certificate's name in the revision of 2021.
pub const NAME_2021: Length = Length::up_to(63);

/// A certificate's name in the revision of 2025.
pub const NAME_2025: Length = Length::between(3, 63);

/// The certificate, PEM, possibly followed by its chain: the higher limit of the two revisions.
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

/// `error_code` of an error answer.
pub const ERROR_CODE: Length = Length::between(3, 36);

/// `error_msg` of an error answer.
pub const ERROR_MSG: Length = Length::up_to(1024);

/// The further names of a certificate, joined.
pub const SANS: Length = Length::up_to(4096);

/// The highest value of `domain_count`.
pub const DOMAIN_COUNT: u32 = 100;

/// The highest value of `wildcard_count` in the detail of a certificate.
pub const WILDCARD_COUNT: u32 = 99;

/// The text of a search in names and domains.
pub const CONTENT: Length = Length::up_to(255);

/// The description of a certificate.
pub const DESCRIPTION: Length = Length::up_to(255);

/// The marker of a list's next page.
pub const MARKER: Length = Length::up_to(128);

/// `domain_count` of a certificate.
pub const COUNTED_NAMES: Length = Length::up_to(DOMAIN_COUNT as usize);

/// `wildcard_count` of a certificate in a list.
pub const LISTED_WILDCARDS: Length = COUNTED_NAMES;

/// `wildcard_count` in the detail of a certificate.
pub const COUNTED_WILDCARDS: Length = Length::up_to(WILDCARD_COUNT as usize);

/// The number of certificates of a page.
pub const PAGE: Length = Length::up_to(50);

/// A short text of a reply: a status, a type, a brand, a time.
pub const WORD: Length = Length::up_to(32);

/// An order's id.
pub const ORDER_ID: Length = Length::up_to(63);

/// The name of a signature algorithm.
pub const SIGNATURE_ALGORITHM: Length = Length::up_to(64);

/// A domain, or part of the record that proves control of it.
pub const DOMAIN: Length = Length::up_to(255);

/// The reason of a revocation.
pub const REVOKE_REASON: Length = Length::up_to(255);

/// A SHA-1 in hexadecimal digits.
pub const FINGERPRINT: Length = Length::exactly(40);

/// An HTTP status.
pub const STATUS_CODE: Length = Length::between(400, 599);
