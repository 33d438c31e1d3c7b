//! What a request says about its body, against what the body is.
//!
//! The scheme lets a client put any hash, or none, in place of the body's: whoever carries such a
//! request could swap its body. So the real hash decides, and a client that says otherwise is told.

use std::fmt;

use http::{HeaderMap, HeaderValue};

use crate::{Sha256, header::X_SDK_CONTENT_SHA256};

/// What stands for a body that was not hashed.
const UNSIGNED_PAYLOAD: &str = "UNSIGNED-PAYLOAD";

/// What a request claims about its body by `X-Sdk-Content-Sha256`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContentClaim {
    /// Nothing: the body's hash is signed. The usual case.
    Absent,
    /// The body's very hash, in lower-case hex.
    True,
    /// Anything else, or more than one claim. Always to be refused.
    False,
    /// `UNSIGNED-PAYLOAD`: the body is not signed. SDKs say so of what is neither JSON nor BSON; to
    /// be refused wherever a body must not be swapped.
    Unsigned,
}

impl ContentClaim {
    /// Compares the claim among these headers with the hash of the body as it arrived.
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

/// The last line of a canonical request: what was signed of the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payload {
    /// The hash of the whole body.
    Hashed(Sha256),
    /// Nothing of it. Only for what allows [`ContentClaim::Unsigned`].
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
    fn only_the_real_hash_is_true() {
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
