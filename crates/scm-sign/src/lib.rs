//! SDK-HMAC-SHA256: how a request is signed with an access key, and how a signature is verified.
//!
//! A client calls [`sign`] last, on the request as it will be sent. A server goes the same way back:
//!
//! 1. [`Authorization::parse`] reads who signed which headers, [`SdkDate::of`] when;
//!    [`SdkDate::check`] refuses what is too far from its clock.
//! 2. It looks up the access key's [`SigningSecret`], reads the body and hashes it ([`Sha256`]).
//! 3. [`ContentClaim::of`] tells whether the request speaks the truth about its body.
//! 4. [`CanonicalRequest::new`] spells out what must have been signed; [`verify`] compares.
//!
//! ```
//! # use http::Request;
//! # use scm_sign::*;
//! # use time::OffsetDateTime;
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let secret = SigningSecret::new("kept by both sides".to_owned())?;
//! let now = OffsetDateTime::now_utc();
//! let mut request = Request::get("https://scm.example/v3/scm/certificates").body("")?;
//! sign(&secret, &mut request, "AKEXAMPLE", now)?;
//!
//! let (parts, body) = request.into_parts();
//! let authorization = Authorization::parse(&parts.headers["authorization"])?;
//! let date = SdkDate::of(&parts.headers)?;
//! date.check(now)?;
//! let hash = Sha256::of(body.as_bytes());
//! assert_eq!(ContentClaim::of(&parts.headers, &hash), ContentClaim::Absent);
//! let head = RequestHead::from(&parts);
//! let signed = authorization.signed_headers();
//! let canonical = CanonicalRequest::new(&head, signed, Payload::Hashed(hash));
//! verify(&secret, &authorization, &canonical, &date)?;
//! # Ok(())
//! # }
//! ```
//!
//! What is left out on purpose: no I/O, no clock, no keeping of access keys, no memory of what was
//! seen. A signature may be replayed for as long as [`DATE_WINDOW`] lets it, as in the cloud. The
//! scheme's other algorithms (SM3, SM2, ECDSA, V11) are told apart, not spoken.
//!
//! The rules are those of the published SDKs: the signing guide says less than they do.

mod authorization;
mod canonical;
mod content;
mod date;
pub mod header;
mod secret;
mod sha256;
mod sign;
mod signature;
mod signed_headers;
#[cfg(test)]
mod vectors;

pub use crate::{
    authorization::{Authorization, OtherAlgorithm, Parameter, ParseError},
    canonical::{CanonicalRequest, RequestHead},
    content::{ContentClaim, Payload},
    date::{DATE_WINDOW, DateError, SdkDate},
    secret::{EmptySecret, SigningSecret},
    sha256::Sha256,
    sign::{SignError, sign},
    signature::{Mismatch, verify},
    signed_headers::SignedHeaders,
};
