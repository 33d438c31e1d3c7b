//! Authentication with a token, which is renewed before it expires.
//!
//! One log-in is in progress at a time. Other callers wait for it and share its refusal, so that a wrong
//! password is not sent once per caller.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use http::HeaderValue;
use scm_model::{SecretText, api::CreateToken, identity::IssuedToken};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use tokio::sync::Mutex;

use crate::{Error, LogIn, endpoint::Endpoint, refusal::Refusal};

/// The longest time before its end at which a token is renewed.
const MARGIN: Duration = Duration::from_secs(60);

/// The token of a client, and the log-in that issues the next.
#[derive(Debug)]
pub(crate) struct Session {
    log_in: Option<LogIn>,
    held: Mutex<Held>,
    /// The number of log-ins that have ended.
    ended: AtomicU64,
}

#[derive(Debug)]
struct Held {
    pass: Option<Pass>,
    /// The refusal of the last log-in, if it was refused.
    refusal: Option<Refusal>,
}

/// A token as a header value.
#[derive(Debug, Clone)]
pub(crate) struct Pass {
    /// Marked sensitive: it is neither printed nor indexed by the header compression of HTTP/2.
    pub(crate) token: HeaderValue,
    renew_at: Option<Instant>,
    /// The number of log-ins before it, which identifies the token.
    number: u64,
}

impl Session {
    /// A session that starts with a token, a way to log in, both or neither.
    pub(crate) fn new(token: Option<&SecretText>, log_in: Option<LogIn>) -> Result<Self, Error> {
        let pass = token.map(|token| Pass::new(token, None, 0)).transpose()?;
        let held = Mutex::new(Held { pass, refusal: None });
        Ok(Self { log_in, held, ended: AtomicU64::new(0) })
    }

    /// A token that has not expired as far as the client knows.
    pub(crate) async fn pass(
        &self,
        endpoint: &Endpoint,
        operation: &'static str,
    ) -> Result<Pass, Error> {
        let seen = self.ended.load(Ordering::Acquire);
        let mut held = self.held.lock().await;
        match &held.pass {
            Some(pass) if !pass.is_due(Instant::now()) => Ok(pass.clone()),
            _ => {
                let log_in = self.log_in.as_ref().ok_or(Error::NoLogIn { operation })?;
                self.renew(log_in, &mut held, seen, endpoint).await
            }
        }
    }

    /// Another token than the one that the server refused, if there is a log-in.
    pub(crate) async fn pass_after(
        &self,
        refused: &Pass,
        endpoint: &Endpoint,
    ) -> Result<Option<Pass>, Error> {
        let Some(log_in) = &self.log_in else { return Ok(None) };
        let seen = self.ended.load(Ordering::Acquire);
        let mut held = self.held.lock().await;
        match &held.pass {
            Some(pass) if pass.number != refused.number => Ok(Some(pass.clone())),
            _ => self.renew(log_in, &mut held, seen, endpoint).await.map(Some),
        }
    }

    /// Logs in, unless a log-in that ended since `seen` was refused.
    async fn renew(
        &self,
        log_in: &LogIn,
        held: &mut Held,
        seen: u64,
        endpoint: &Endpoint,
    ) -> Result<Pass, Error> {
        let ended = self.ended.load(Ordering::Acquire);
        if let Some(refusal) = held.refusal.as_ref().filter(|_| ended != seen) {
            return Err(refusal.clone().into());
        }
        let request = endpoint.request(&log_in.call()?)?;
        let answer = endpoint.deliver(&request).await?;
        self.ended.store(ended + 1, Ordering::Release);
        if !answer.status.is_success() {
            let refusal = Refusal::read(answer.status, &answer.headers, &answer.body);
            held.refusal = Some(refusal.clone());
            return Err(refusal.into());
        }
        let pass = Pass::issued(&endpoint.read::<CreateToken>(&answer)?, ended + 1)?;
        *held = Held { pass: Some(pass.clone()), refusal: None };
        Ok(pass)
    }
}

impl Pass {
    fn new(token: &SecretText, renew_at: Option<Instant>, number: u64) -> Result<Self, Error> {
        let token = HeaderValue::from_str(token.secret_str().trim());
        let mut token = token.map_err(|_| Error::TokenMalformed)?;
        token.set_sensitive(true);
        Ok(Self { token, renew_at, number })
    }

    fn issued(issued: &IssuedToken, number: u64) -> Result<Self, Error> {
        let token = &issued.body.token;
        let renew_at = lifetime(&token.issued_at, &token.expires_at)
            .and_then(|lifetime| Instant::now().checked_add(lifetime));
        Self::new(&issued.subject_token, renew_at, number)
    }

    fn is_due(&self, now: Instant) -> bool {
        self.renew_at.is_some_and(|due| due <= now)
    }
}

/// The time for which a token is used before it is renewed. Both dates are the server's, so the clocks
/// need not agree. `None` if they are not dates; the client then renews the token after a 401.
fn lifetime(issued_at: &str, expires_at: &str) -> Option<Duration> {
    let [issued, expires] =
        [issued_at, expires_at].map(|date| OffsetDateTime::parse(date, &Rfc3339).ok());
    let life = Duration::try_from(expires? - issued?).ok()?;
    Some(life - MARGIN.min(life / 10))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> SecretText {
        text.to_owned().into()
    }

    #[test]
    fn a_token_is_renewed_shortly_before_its_end() {
        let day = lifetime("2026-01-03T09:05:22.701000Z", "2026-01-04T09:05:22.701000Z");
        assert_eq!(day, Some(Duration::from_secs(24 * 3600 - 60)));
        let brief = lifetime("2026-01-03T09:05:00Z", "2026-01-03T09:05:10Z");
        assert_eq!(brief, Some(Duration::from_secs(9)));
    }

    #[test]
    fn a_token_without_a_known_end_is_not_renewed_early() {
        assert_eq!(lifetime("now", "2026-01-04T09:05:22Z"), None);
        assert_eq!(lifetime("2026-01-04T09:05:22Z", "2026-01-03T09:05:22Z"), None);
    }

    #[test]
    fn a_token_is_never_printed() {
        let pass = Pass::new(&secret("t0ken\n"), None, 0).unwrap();
        assert_eq!(pass.token.to_str().unwrap(), "t0ken");
        assert!(!format!("{pass:?}").contains("t0ken"));
        assert!(matches!(Pass::new(&secret("t0\nken"), None, 0), Err(Error::TokenMalformed)));
    }
}
