//! When to try a request again: only where that cannot do anything twice. Pure decisions.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, StatusCode, header::RETRY_AFTER};

use crate::{Error, answer::Answer};

/// How often a request is sent at most.
const MOST_TRIES: u32 = 3;
/// The pause after the first try, before jitter; it doubles with each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// The longest that a server may make a call wait. If it asks for more, the refusal is the answer.
const LONGEST_PAUSE: Duration = Duration::from_secs(20);

/// How long to wait before the next try, if there is to be one.
///
/// A request that never reached the server, or that it turned away as too many (429), had no
/// effect: it may be sent again, whatever it asks for. Out of service (503) counts as that too if
/// the server says when to come back. A request whose fate is not known is only sent again if
/// doing it twice is the same as doing it once, which is what `repeatable` says.
///
/// `tries` counts from 1; `jitter` is a random number from 0 to 1.
pub(crate) fn pause(
    tries: u32,
    repeatable: bool,
    outcome: &Result<Answer, Error>,
    now: SystemTime,
    jitter: f64,
) -> Option<Duration> {
    if tries >= MOST_TRIES {
        return None;
    }
    let by_ourselves = FIRST_PAUSE * 2_u32.pow(tries - 1);
    let pause = match outcome {
        Err(Error::Unreachable { .. }) => by_ourselves,
        Err(Error::Interrupted { .. }) if repeatable => by_ourselves,
        Ok(answer) => match (answer.status, retry_after(&answer.headers, now)) {
            (StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE, Some(asked)) => asked,
            (StatusCode::TOO_MANY_REQUESTS, None) => by_ourselves,
            (StatusCode::SERVICE_UNAVAILABLE, None) if repeatable => by_ourselves,
            _ => return None,
        },
        Err(_) => return None,
    };
    (pause <= LONGEST_PAUSE).then(|| pause + FIRST_PAUSE.mul_f64(jitter))
}

/// What `Retry-After` asks for (RFC 9110 section 10.2.3): seconds, or a date.
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
    fn what_had_no_effect_is_sent_again_whatever_it_asks() {
        for repeatable in [true, false] {
            assert_eq!(millis(repeatable, &unreachable()), Some(250));
            assert_eq!(millis(repeatable, &answer(429, None)), Some(250));
            assert_eq!(millis(repeatable, &answer(429, Some("3"))), Some(3000));
            assert_eq!(millis(repeatable, &answer(503, Some("1"))), Some(1000));
        }
    }

    #[test]
    fn what_may_have_had_one_is_sent_again_only_if_twice_is_once() {
        for (repeatable, again) in [(true, Some(250)), (false, None)] {
            assert_eq!(millis(repeatable, &interrupted()), again);
            assert_eq!(millis(repeatable, &answer(503, None)), again);
        }
    }

    #[test]
    fn the_rest_is_final() {
        let timed_out = Err(Error::TimedOut { url: String::new() });
        for outcome in [answer(200, None), answer(400, Some("1")), answer(500, None), timed_out] {
            assert_eq!(millis(true, &outcome), None);
        }
    }

    #[test]
    fn tries_are_few_and_pauses_bounded() {
        let nth = |tries| pause(tries, true, &unreachable(), UNIX_EPOCH, 1.0);
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
