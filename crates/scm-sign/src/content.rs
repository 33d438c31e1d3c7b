//! Compares the hash that a request claims for its body with the hash of the body.
//!
//! The scheme permits any hash, or none, in place of the body's. An attacker on the way could then replace
//! the body. A server therefore uses the hash of the body that arrived, and refuses another claim.

use std::fmt;

use http::{HeaderMap, HeaderValue};

use crate::{Sha256, header::X_SDK_CONTENT_SHA256};

/// The value for a body that is not signed.
const UNSIGNED_PAYLOAD: &str = "UNSIGNED-PAYLOAD";

/// The claim about the body in `X-Sdk-Content-Sha256`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContentClaim {
    /// No claim: the hash of the body is signed. This is the common case.
    Absent,
    /// The hash of the body, in lower-case hexadecimal digits.
    True,
    /// Another value, or more than one claim. Always refuse the request.
    False,
    /// `UNSIGNED-PAYLOAD`: the body is not signed. SDKs send this for bodies that are neither JSON nor
    /// BSON. Refuse the request if its body must be authentic.
    Unsigned,
}

impl ContentClaim {
    /// Compares the claim in these headers with the hash of the body that arrived.
    pub fn of(headers: &HeaderMap, real: &Sha256) -> Self {
        let mut claims = headers.get_all(X_SDK_CONTENT_SHA256).iter();
        match (claims.next(), claims.next()) {
            (None, _) => Self::Absent,
            (Some(claim), None) => Self::read(claim, real),
            (Some(_), Some(_)) => Self::False,
        }
    }

    fn read(claim: &HeaderValue, real: &Sha256) -> Self {
        match claim.as_bytes() {
            claim if claim == UNSIGNED_PAYLOAD.as_bytes() => Self::Unsigned,
            claim if claim == real.to_string().as_bytes() => Self::True,
            _ => Self::False,
        }
    }
}

/// The last line of a canonical request: the signed hash of the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payload {
    /// The hash of the body.
    Hashed(Sha256),
    /// The body is not signed. Only where [`ContentClaim::Unsigned`] is accepted.
    Unsigned,
}

impl fmt::Display for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hashed(hash) => hash.fmt(f),
            Self::Unsigned => f.write_str(UNSIGNED_PAYLOAD),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claim(values: &[&str]) -> ContentClaim {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(X_SDK_CONTENT_SHA256, value.parse().unwrap());
        }
        ContentClaim::of(&headers, &Sha256::of(b"body"))
    }

    #[test]
    fn only_the_hash_of_the_body_is_true() {
        let real = Sha256::of(b"body").to_string();
        assert_eq!(claim(&[]), ContentClaim::Absent);
        assert_eq!(claim(&[&real]), ContentClaim::True);
        assert_eq!(claim(&[&Sha256::of(b"other").to_string()]), ContentClaim::False);
        assert_eq!(claim(&[&real.to_uppercase()]), ContentClaim::False);
        assert_eq!(claim(&[&real, &real]), ContentClaim::False);
        assert_eq!(claim(&[""]), ContentClaim::False);
        assert_eq!(claim(&["UNSIGNED-PAYLOAD"]), ContentClaim::Unsigned);
        assert_eq!(claim(&[&real, "UNSIGNED-PAYLOAD"]), ContentClaim::False);
    }
}
