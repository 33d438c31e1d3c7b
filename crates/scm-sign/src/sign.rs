//! Signing a request, as the last thing before it is sent.

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

/// What is signed if the request has it, in the order of the scheme.
///
/// Of what the SDKs sign, `User-Agent` is left out: nothing depends on it, and proxies rewrite it.
const SIGNED: [HeaderName; 6] =
    [CONTENT_TYPE, HOST, X_DOMAIN_ID, X_PROJECT_ID, X_SDK_DATE, X_SECURITY_TOKEN];

/// Why a request can't be signed.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum SignError {
    /// It says neither in its URI nor by a header where it goes.
    #[error("the request has no host")]
    NoHost,
    /// The access key is not 1 to 128 visible ASCII characters without commas.
    #[error("the access key has characters that no access key has, too many, or none")]
    AccessKey,
    /// With `%20` for each `+` the URI is longer than any URI may be (65,534 bytes).
    #[error("the URI is too long")]
    UriTooLong,
    /// The clock shows a time that the scheme can't write.
    #[error("the time of signing can't be written")]
    Date(#[from] DateError),
}

/// Signs a request with the secret of `access_key`, at the moment `now`.
///
/// The request must be as it will be sent: full path (with any base path), headers and body. `Host`,
/// `X-Sdk-Date` and `Authorization` are set here (a `Host` that is there stays), a stale
/// `X-Sdk-Content-Sha256` is dropped, and a `+` in the query becomes `%20`, which no server can take
/// for anything but the space it is. Signing again, as for a retry, replaces the signature.
///
/// # Errors
/// See [`SignError`]; the request is then as it was, or unsigned.
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
    spell_spaces(request.uri_mut())?;
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

/// What HTTP clients send as `Host`: the port only where it is not the scheme's own.
fn host(uri: &Uri) -> Option<HeaderValue> {
    let own = match uri.scheme() {
        Some(scheme) if *scheme == Scheme::HTTPS => Some(443),
        Some(scheme) if *scheme == Scheme::HTTP => Some(80),
        _ => None,
    };
    let host = uri.host()?;
    let text = match uri.port_u16() {
        Some(port) if Some(port) != own => format!("{host}:{port}"),
        _ => host.to_owned(),
    };
    HeaderValue::from_str(&text).ok()
}

fn spell_spaces(uri: &mut Uri) -> Result<(), SignError> {
    let Some(query) = uri.query().filter(|query| query.contains('+')) else { return Ok(()) };
    let spelled = format!("{}?{}", uri.path(), query.replace('+', "%20"));
    let mut parts = uri.clone().into_parts();
    parts.path_and_query =
        Some(PathAndQuery::try_from(spelled).map_err(|_| SignError::UriTooLong)?);
    *uri = Uri::from_parts(parts).map_err(|_| SignError::UriTooLong)?;
    Ok(())
}

fn sensitive(value: &str) -> HeaderValue {
    let mut value = HeaderValue::from_str(value).expect("access keys and signatures are visible");
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
    fn sets_what_the_scheme_needs() {
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
    fn refuses_what_cannot_be_signed() {
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
