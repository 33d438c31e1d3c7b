//! Signs a request.

use http::{
    HeaderMap, HeaderName, HeaderValue, Request, Uri,
    header::{AUTHORIZATION, CONTENT_TYPE, HOST},
    uri::{PathAndQuery, Scheme},
};
use thiserror::Error;
use time::OffsetDateTime;

use crate::{
    CanonicalRequest, DateError, Payload, RequestHead, SdkDate, Sha256, SignedHeaders,
    SigningSecret,
    authorization::{ALGORITHM, is_access_key},
    header::{X_DOMAIN_ID, X_PROJECT_ID, X_SDK_CONTENT_SHA256, X_SDK_DATE, X_SECURITY_TOKEN},
    signature::signature,
};

/// The headers that are signed if they are present, in the order of the scheme.
///
/// The SDKs also sign `User-Agent`. This crate does not: nothing depends on it, and proxies rewrite it.
const SIGNED: [HeaderName; 6] =
    [CONTENT_TYPE, HOST, X_DOMAIN_ID, X_PROJECT_ID, X_SDK_DATE, X_SECURITY_TOKEN];

/// Why a request cannot be signed.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum SignError {
    /// Neither the URI nor a header has a host.
    #[error("the request has no host")]
    NoHost,
    /// The access key is not 1 to 128 visible ASCII characters without commas.
    #[error("the access key must have 1 to 128 visible ASCII characters and no comma")]
    AccessKey,
    /// With `%20` for each `+`, the URI exceeds 65,534 bytes.
    #[error("the URI is too long")]
    UriTooLong,
    /// The scheme cannot represent the time.
    #[error("the time cannot be represented in x-sdk-date")]
    Date(#[from] DateError),
}

/// Signs a request with the secret of `access_key` at the time `now`.
///
/// The request must be complete: full path (with any base path), headers and body. The function sets
/// `X-Sdk-Date`, `Authorization` and, if it is absent, `Host`. It removes `X-Sdk-Content-Sha256`, and
/// replaces `+` in the query by `%20`, which every server reads as a space. Signing again, for example for
/// a retry, replaces the signature.
///
/// # Errors
/// See [`SignError`]. The request is then unchanged or unsigned.
pub fn sign<B: AsRef<[u8]>>(
    secret: &SigningSecret,
    request: &mut Request<B>,
    access_key: &str,
    now: OffsetDateTime,
) -> Result<(), SignError> {
    if !is_access_key(access_key) {
        return Err(SignError::AccessKey);
    }
    let date = SdkDate::at(now)?;
    encode_spaces(request.uri_mut())?;
    prepare_headers(request, &date)?;
    let signed = SignedHeaders::present(request.headers(), &SIGNED);
    let signature = signature(secret, &canonical(request, &signed), &date);
    let value =
        format!("{ALGORITHM} Access={access_key}, SignedHeaders={signed}, Signature={signature}");
    request.headers_mut().insert(AUTHORIZATION, sensitive(&value));
    Ok(())
}

fn prepare_headers<B>(request: &mut Request<B>, date: &SdkDate) -> Result<(), SignError> {
    if !request.headers().contains_key(HOST) {
        let host = host(request.uri()).ok_or(SignError::NoHost)?;
        request.headers_mut().insert(HOST, host);
    }
    let headers: &mut HeaderMap = request.headers_mut();
    headers.remove(X_SDK_CONTENT_SHA256);
    headers.remove(AUTHORIZATION);
    headers.insert(X_SDK_DATE, date.header_value());
    Ok(())
}

fn canonical<'a, B: AsRef<[u8]>>(
    request: &'a Request<B>,
    signed: &'a SignedHeaders,
) -> CanonicalRequest<'a> {
    let head = RequestHead::new(request.method(), request.uri(), request.headers());
    CanonicalRequest::new(&head, signed, Payload::Hashed(Sha256::of(request.body().as_ref())))
}

/// The value of `Host` as HTTP clients send it: with the port only if it is not the scheme's default.
fn host(uri: &Uri) -> Option<HeaderValue> {
    let default = match uri.scheme() {
        Some(scheme) if *scheme == Scheme::HTTPS => Some(443),
        Some(scheme) if *scheme == Scheme::HTTP => Some(80),
        _ => None,
    };
    let host = uri.host()?;
    let text = match uri.port_u16() {
        Some(port) if Some(port) != default => format!("{host}:{port}"),
        _ => host.to_owned(),
    };
    HeaderValue::from_str(&text).ok()
}

fn encode_spaces(uri: &mut Uri) -> Result<(), SignError> {
    let Some(query) = uri.query().filter(|query| query.contains('+')) else { return Ok(()) };
    let encoded = format!("{}?{}", uri.path(), query.replace('+', "%20"));
    let mut parts = uri.clone().into_parts();
    parts.path_and_query =
        Some(PathAndQuery::try_from(encoded).map_err(|_| SignError::UriTooLong)?);
    *uri = Uri::from_parts(parts).map_err(|_| SignError::UriTooLong)?;
    Ok(())
}

fn sensitive(value: &str) -> HeaderValue {
    let mut value =
        HeaderValue::from_str(value).expect("access keys and signatures are visible ASCII");
    value.set_sensitive(true);
    value
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2024-01-02 03:04:05 UTC);

    fn signed(uri: &str) -> Result<Request<&'static str>, SignError> {
        let mut request =
            Request::get(uri).header("x-sdk-content-sha256", "stale").body("").unwrap();
        let secret = SigningSecret::new("secret".to_owned()).unwrap();
        sign(&secret, &mut request, "AK1", NOW).map(|()| request)
    }

    #[test]
    fn the_headers_of_the_scheme_are_set() {
        let request = signed("https://scm.test:443/base/v3?q=a+b").unwrap();
        assert_eq!(request.headers()[HOST], "scm.test");
        assert_eq!(request.headers()[X_SDK_DATE], "20240102T030405Z");
        assert_eq!(request.uri(), "https://scm.test:443/base/v3?q=a%20b");
        assert!(!request.headers().contains_key(X_SDK_CONTENT_SHA256));
        let authorization = &request.headers()[AUTHORIZATION];
        assert!(authorization.is_sensitive());
        let start = "SDK-HMAC-SHA256 Access=AK1, SignedHeaders=host;x-sdk-date, Signature=";
        assert!(authorization.to_str().unwrap().starts_with(start));
    }

    #[test]
    fn only_an_unusual_port_is_part_of_the_host() {
        let host = |uri: &str| signed(uri).unwrap().headers()[HOST].clone();
        assert_eq!(host("http://scm.test:80/"), "scm.test");
        assert_eq!(host("http://scm.test:443/"), "scm.test:443");
        assert_eq!(host("https://user@[::1]:8443/"), "[::1]:8443");
    }

    #[test]
    fn the_list_is_in_the_order_of_the_scheme() {
        let names = SIGNED.map(|name| name.to_string());
        assert!(names.is_sorted(), "{names:?}");
    }

    #[test]
    fn an_invalid_access_key_or_uri_is_refused() {
        assert_eq!(signed("/relative").unwrap_err(), SignError::NoHost);
        let secret = SigningSecret::new("secret".to_owned()).unwrap();
        let mut request = Request::get("http://scm.test/").body("").unwrap();
        for wrong in ["", "a b", "a,b", "a\nb", "é", &"a".repeat(129)] {
            let refusal = sign(&secret, &mut request, wrong, NOW).unwrap_err();
            assert_eq!(refusal, SignError::AccessKey, "{wrong}");
        }
        assert!(request.headers().is_empty());
        let long = format!("http://scm.test/?{}", "+".repeat(30_000));
        assert_eq!(signed(&long).unwrap_err(), SignError::UriTooLong);
    }
}
