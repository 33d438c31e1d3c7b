//! Decides whether to retry a request: only if it cannot take effect twice. Does no I/O.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, StatusCode, header::RETRY_AFTER};

use crate::{Error, answer::Answer};

/// The maximum number of attempts.
const MAX_ATTEMPTS: u32 = 3;
/// The back-off after the first attempt, without jitter. It doubles with each attempt.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// The longest accepted `Retry-After`. With a longer one, the refusal is the answer.
const LONGEST_PAUSE: Duration = Duration::from_secs(20);

/// The back-off before the next attempt, if there is to be one.
///
/// A request that did not reach the server, or that the server refused with 429 or with 503 and
/// `Retry-After`, had no effect: every operation may be retried. A request whose outcome is unknown is
/// retried only if it is idempotent (`repeatable`).
///
/// `attempts` counts from 1; `jitter` is a random number from 0 to 1.
pub(crate) fn pause(
    attempts: u32,
    repeatable: bool,
    outcome: &Result<Answer, Error>,
    now: SystemTime,
    jitter: f64,
) -> Option<Duration> {
    if attempts >= MAX_ATTEMPTS {
        return None;
    }
    let backoff = FIRST_PAUSE * 2_u32.pow(attempts - 1);
    let pause = match outcome {
        Err(Error::Unreachable { .. }) => backoff,
        Err(Error::Interrupted { .. }) if repeatable => backoff,
        Ok(answer) => match (answer.status, retry_after(&answer.headers, now)) {
            (StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE, Some(requested)) => {
                requested
            }
            (StatusCode::TOO_MANY_REQUESTS, None) => backoff,
            (StatusCode::SERVICE_UNAVAILABLE, None) if repeatable => backoff,
            _ => return None,
        },
        Err(_) => return None,
    };
    (pause <= LONGEST_PAUSE).then(|| pause + FIRST_PAUSE.mul_f64(jitter))
}

/// The value of `Retry-After` (RFC 9110 section 10.2.3): seconds, or a date.
fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use http::HeaderValue;
    use zeroize::Zeroizing;

    use super::*;

    fn answer(status: u16, after: Option<&'static str>) -> Result<Answer, Error> {
        let headers = after.map(|after| (RETRY_AFTER, HeaderValue::from_static(after)));
        Ok(Answer {
            status: StatusCode::from_u16(status).unwrap(),
            headers: headers.into_iter().collect(),
            body: Zeroizing::default(),
        })
    }

    fn unreachable() -> Result<Answer, Error> {
        Err(Error::Unreachable { url: String::new(), source: "refused".into() })
    }

    fn interrupted() -> Result<Answer, Error> {
        Err(Error::Interrupted { url: String::new(), source: "reset".into() })
    }

    fn millis(repeatable: bool, outcome: &Result<Answer, Error>) -> Option<u128> {
        pause(1, repeatable, outcome, UNIX_EPOCH, 0.0).map(|pause| pause.as_millis())
    }

    #[test]
    fn a_request_without_effect_is_retried() {
        for repeatable in [true, false] {
            assert_eq!(millis(repeatable, &unreachable()), Some(250));
            assert_eq!(millis(repeatable, &answer(429, None)), Some(250));
            assert_eq!(millis(repeatable, &answer(429, Some("3"))), Some(3000));
            assert_eq!(millis(repeatable, &answer(503, Some("1"))), Some(1000));
        }
    }

    #[test]
    fn a_request_with_unknown_outcome_is_retried_only_if_it_is_repeatable() {
        for (repeatable, again) in [(true, Some(250)), (false, None)] {
            assert_eq!(millis(repeatable, &interrupted()), again);
            assert_eq!(millis(repeatable, &answer(503, None)), again);
        }
    }

    #[test]
    fn other_outcomes_are_final() {
        let timed_out = Err(Error::TimedOut { url: String::new() });
        for outcome in [answer(200, None), answer(400, Some("1")), answer(500, None), timed_out] {
            assert_eq!(millis(true, &outcome), None);
        }
    }

    #[test]
    fn attempts_and_pauses_are_limited() {
        let nth = |attempts| pause(attempts, true, &unreachable(), UNIX_EPOCH, 1.0);
        assert_eq!(nth(2), Some(Duration::from_millis(750)));
        assert_eq!(nth(3), None);
        assert_eq!(millis(true, &answer(503, Some("21"))), None);
        assert_eq!(millis(true, &answer(503, Some("18446744073709551615"))), None);
    }

    #[test]
    fn retry_after_may_be_a_date() {
        let at = |date| millis(false, &answer(503, Some(date)));
        assert_eq!(at("Thu, 01 Jan 1970 00:00:07 GMT"), Some(7000));
        assert_eq!(at("soon"), None);
    }
}
