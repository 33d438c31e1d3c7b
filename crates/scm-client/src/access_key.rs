//! Authentication with an access key, which signs every request.
//!
//! The signature scheme itself is in scm-sign.

use std::time::SystemTime;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, StatusCode, header::DATE};
use scm_model::SecretText;
use scm_sign::{DATE_WINDOW, SigningSecret, header::X_PROJECT_ID};
use time::OffsetDateTime;
use zeroize::Zeroizing;

use crate::Error;

/// An access key with its secret.
#[derive(Debug)]
pub(crate) struct AccessKey {
    id: String,
    secret: SigningSecret,
    project: Option<HeaderValue>,
}

impl AccessKey {
    /// An access key, and the project to send with each request, if any.
    pub(crate) fn new(
        id: String,
        secret: &SecretText,
        project: Option<&str>,
    ) -> Result<Self, Error> {
        let secret = SigningSecret::new(Zeroizing::new(secret.secret_str().trim().to_owned()))
            .map_err(|error| Error::Unsigned(error.into()))?;
        let project = project.map(HeaderValue::from_str).transpose();
        let project = project.map_err(|error| Error::Unsigned(error.into()))?;
        Ok(Self { id, secret, project })
    }

    /// Signs a request that is ready to be sent.
    pub(crate) fn sign(&self, request: &mut Request<Bytes>) -> Result<(), Error> {
        if let Some(project) = &self.project {
            request.headers_mut().insert(X_PROJECT_ID, project.clone());
        }
        scm_sign::sign(&self.secret, request, &self.id, OffsetDateTime::now_utc())
            .map_err(|error| Error::Unsigned(error.into()))
    }
}

/// Adds the reason to a refusal that a wrong clock caused. A signature is valid for 15 minutes by the
/// server's clock, and the messages of servers do not always contain both times.
pub(crate) fn explained(
    refusal: Error,
    status: StatusCode,
    headers: &HeaderMap,
    now: SystemTime,
) -> Error {
    let ahead = seconds_ahead(headers, now).filter(|ahead| {
        status == StatusCode::UNAUTHORIZED && ahead.abs() > DATE_WINDOW.whole_seconds()
    });
    match ahead {
        Some(seconds_ahead) => Error::ClockOff { seconds_ahead, refusal: Box::new(refusal) },
        None => refusal,
    }
}

/// The seconds by which `now` is ahead of the server's `Date`.
fn seconds_ahead(headers: &HeaderMap, now: SystemTime) -> Option<i64> {
    let date = httpdate::parse_http_date(headers.get(DATE)?.to_str().ok()?).ok()?;
    let ahead = match now.duration_since(date) {
        Ok(ahead) => i64::try_from(ahead.as_secs()).ok()?,
        Err(behind) => -i64::try_from(behind.duration().as_secs()).ok()?,
    };
    Some(ahead)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    fn key(secret: &str) -> Result<AccessKey, Error> {
        AccessKey::new("AK1".to_owned(), &secret.to_owned().into(), Some("p1"))
    }

    fn request() -> Request<Bytes> {
        Request::get("https://scm.example.com/base/v3").body(Bytes::new()).unwrap()
    }

    #[test]
    fn the_project_is_signed_and_the_secret_is_not_shown() {
        let (key, mut request) = (key("hunter2\n").unwrap(), request());
        key.sign(&mut request).unwrap();
        let authorization = request.headers()["authorization"].to_str().unwrap();
        let start = "SDK-HMAC-SHA256 Access=AK1, SignedHeaders=host;x-project-id;x-sdk-date, ";
        assert!(authorization.starts_with(start), "{authorization}");
        assert_eq!(request.headers()["x-project-id"], "p1");
        assert!(!format!("{key:?} {request:?}").contains("hunter2"));
    }

    #[test]
    fn an_invalid_access_key_is_an_error() {
        assert!(matches!(key(""), Err(Error::Unsigned(_))));
        let odd = AccessKey { id: "A K".to_owned(), ..key("hunter2").unwrap() };
        assert!(matches!(odd.sign(&mut request()), Err(Error::Unsigned(_))));
    }

    #[test]
    fn a_wrong_clock_is_reported_with_the_refusal() {
        let reported = |status: u16, seconds: u64| {
            let date = httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(10_000));
            let headers = HeaderMap::from_iter([(DATE, HeaderValue::from_str(&date).unwrap())]);
            let now = UNIX_EPOCH + Duration::from_secs(seconds);
            let refusal = Error::TokenMalformed;
            match explained(refusal, StatusCode::from_u16(status).unwrap(), &headers, now) {
                Error::ClockOff { seconds_ahead, .. } => Some(seconds_ahead),
                _ => None,
            }
        };
        assert_eq!(reported(401, 10_901), Some(901));
        assert_eq!(reported(401, 9_000), Some(-1000));
        assert_eq!(reported(401, 10_900), None);
        assert_eq!(reported(403, 20_000), None);
        let dateless = explained(
            Error::TokenMalformed,
            StatusCode::UNAUTHORIZED,
            &HeaderMap::new(),
            UNIX_EPOCH,
        );
        assert!(matches!(dateless, Error::TokenMalformed));
    }
}
