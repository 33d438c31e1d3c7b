//! Who the client is to its server: the token, and how it is renewed.
//!
//! One log-in is under way at a time; whoever needs a token meanwhile waits for that one, and
//! shares its refusal too, so that a wrong password is not tried once per caller.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use http::HeaderValue;
use scm_model::{SecretText, api::CreateToken, identity::IssuedToken};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use tokio::sync::Mutex;

use crate::{Error, LogIn, endpoint::Endpoint, refusal::Refusal};

/// How long before its end a token is renewed, at most.
const MARGIN: Duration = Duration::from_secs(60);

/// The token of a client, and the means to get another.
#[derive(Debug)]
pub(crate) struct Session {
    log_in: Option<LogIn>,
    held: Mutex<Held>,
    /// How many log-ins have ended.
    ended: AtomicU64,
}

#[derive(Debug)]
struct Held {
    pass: Option<Pass>,
    /// How the last log-in was refused, if it was.
    refusal: Option<Refusal>,
}

/// A token, ready to be sent.
#[derive(Debug, Clone)]
pub(crate) struct Pass {
    /// Marked sensitive: it is neither printed nor remembered by HTTP/2's compression.
    pub(crate) token: HeaderValue,
    renew_at: Option<Instant>,
    /// After how many log-ins it came; tells it from those before and after.
    number: u64,
}

impl Session {
    /// A session that starts with a token, a way to log in, both or neither.
    pub(crate) fn new(token: Option<&SecretText>, log_in: Option<LogIn>) -> Result<Self, Error> {
        let pass = token.map(|token| Pass::new(token, None, 0)).transpose()?;
        let held = Mutex::new(Held { pass, refusal: None });
        Ok(Self { log_in, held, ended: AtomicU64::new(0) })
    }

    /// A token that is good as far as can be known here.
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

    /// Another token than the one that the server refused, if there is a way to get one.
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
        let renew_at = good_for(&token.issued_at, &token.expires_at)
            .and_then(|good_for| Instant::now().checked_add(good_for));
        Self::new(&issued.subject_token, renew_at, number)
    }

    fn is_due(&self, now: Instant) -> bool {
        self.renew_at.is_some_and(|due| due <= now)
    }
}

/// How long a token may be used before it is renewed. Both ends are the server's, so that its clock
/// and ours need not agree. Unknown if they are no dates: then the server's 401 tells.
fn good_for(issued_at: &str, expires_at: &str) -> Option<Duration> {
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
        let day = good_for("2026-01-03T09:05:22.701000Z", "2026-01-04T09:05:22.701000Z");
        assert_eq!(day, Some(Duration::from_secs(24 * 3600 - 60)));
        let brief = good_for("2026-01-03T09:05:00Z", "2026-01-03T09:05:10Z");
        assert_eq!(brief, Some(Duration::from_secs(9)));
    }

    #[test]
    fn an_end_that_is_not_known_is_waited_for() {
        assert_eq!(good_for("now", "2026-01-04T09:05:22Z"), None);
        assert_eq!(good_for("2026-01-04T09:05:22Z", "2026-01-03T09:05:22Z"), None);
    }

    #[test]
    fn a_token_is_never_printed() {
        let pass = Pass::new(&secret("t0ken\n"), None, 0).unwrap();
        assert_eq!(pass.token.to_str().unwrap(), "t0ken");
        assert!(!format!("{pass:?}").contains("t0ken"));
        assert!(matches!(Pass::new(&secret("t0\nken"), None, 0), Err(Error::TokenMalformed)));
    }
}
