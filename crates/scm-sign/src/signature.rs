//! From a canonical request to its signature, and the comparison of two.

use aws_lc_rs::{constant_time, hmac};
use thiserror::Error;

use crate::{
    Authorization, CanonicalRequest, SdkDate, SigningSecret, authorization::ALGORITHM, sha256::Hex,
};

/// The signature is not the one that the secret makes of this request at this date.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("the signature does not match the request")]
pub struct Mismatch;

/// Whether the signature was made with `secret` over just this request; in constant time.
///
/// `canonical` is to be built with the headers that `authorization` lists, `date` read from the same
/// request by [`SdkDate::of`] and checked against the clock.
///
/// # Errors
/// [`Mismatch`]: another secret, or anything that is signed was altered on the way.
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

/// The signature in 64 lower-case hex digits. The key is the secret itself, nothing is derived.
pub(crate) fn signature(
    secret: &SigningSecret,
    canonical: &CanonicalRequest<'_>,
    date: &SdkDate,
) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.secret_str().as_bytes());
    let to_sign = format!("{ALGORITHM}\n{date}\n{}", canonical.hash());
    Hex(hmac::sign(&key, to_sign.as_bytes()).as_ref()).to_string()
}
