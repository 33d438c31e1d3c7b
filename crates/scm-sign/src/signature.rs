//! Computes and compares the signatures of canonical requests.

use aws_lc_rs::{constant_time, hmac};
use thiserror::Error;

use crate::{
    Authorization, CanonicalRequest, SdkDate, SigningSecret, authorization::ALGORITHM, sha256::Hex,
};

/// The signature does not match the secret, the request or the date.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("the signature does not match the request")]
pub struct Mismatch;

/// Verifies in constant time that the signature was made with `secret` over this request.
///
/// Build `canonical` with the headers that `authorization` lists. Read `date` from this request with
/// [`SdkDate::of`], and check it against the clock.
///
/// # Errors
/// [`Mismatch`] if the secret differs, or a signed part of the request was changed.
pub fn verify(
    secret: &SigningSecret,
    authorization: &Authorization,
    canonical: &CanonicalRequest<'_>,
    date: &SdkDate,
) -> Result<(), Mismatch> {
    let expected = signature(secret, canonical, date);
    constant_time::verify_slices_are_equal(
        expected.as_bytes(),
        authorization.signature().as_bytes(),
    )
    .map_err(|_| Mismatch)
}

/// The signature: 64 lower-case hexadecimal digits. The key is the secret; no key is derived.
pub(crate) fn signature(
    secret: &SigningSecret,
    canonical: &CanonicalRequest<'_>,
    date: &SdkDate,
) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.secret_str().as_bytes());
    let to_sign = format!("{ALGORITHM}\n{date}\n{}", canonical.hash());
    Hex(hmac::sign(&key, to_sign.as_bytes()).as_ref()).to_string()
}
