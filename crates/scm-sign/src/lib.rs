//! SDK-HMAC-SHA256: signs requests with an access key, and verifies signatures.
//!
//! A client calls [`sign`] last, on the request as it will be sent. A server verifies a request in four
//! steps:
//!
//! 1. [`Authorization::parse`] reads the access key and the signed headers, [`SdkDate::of`] the time;
//!    [`SdkDate::check`] refuses a date that is too far from the server's clock.
//! 2. The server looks up the [`SigningSecret`] of the access key, reads the body and hashes it
//!    ([`Sha256`]).
//! 3. [`ContentClaim::of`] compares the hash that the request claims with that of the body.
//! 4. [`CanonicalRequest::new`] builds the text that must have been signed; [`verify`] compares.
//!
//! ```
//! # use http::Request;
//! # use scm_sign::*;
//! # use time::OffsetDateTime;
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let secret = SigningSecret::new("shared secret".to_owned())?;
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
//! Deliberately absent: I/O, a clock, storage of access keys, and a replay cache. A signature can be
//! replayed within [`DATE_WINDOW`], as in the cloud. The other algorithms of the scheme (SM3, SM2, ECDSA,
//! V11) are recognized, but not supported.
//!
//! The rules are those of the published SDKs; the signing guide does not contain all of them.

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
