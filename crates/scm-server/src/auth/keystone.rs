//! Callers as a Keystone knows them: tokens are its, users and projects too.
//!
//! Validating a token takes Keystone about half a second, so what it says is kept: a good token's
//! verdict for as long as the settings say, and never longer than the token lives; a bad one's for
//! [`REFUSED`]. Whoever asks about a token while Keystone is being asked waits for the same answer.
//! If there is none, the caller is turned away, never let in. Logging in is not done here.

mod memory;
mod service;

use std::{
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration as Patience,
};

use aws_lc_rs::digest::{SHA256, digest};
use http::HeaderValue;
use scm_model::{Condition, limits};
use scm_store::{DomainId, ProjectId, Role, TokenHash, UserId};
use time::{Duration, OffsetDateTime};
use tokio::{
    sync::{Semaphore, watch},
    time::timeout,
};

pub use self::service::{Away, KeystoneError};
use self::{
    memory::{Memory, Told},
    service::{Service, Token},
};
use crate::{
    config::{Config, Identity, KeystoneRoles},
    error::ApiError,
    per_client_limit::{PerClientLimit, Permit},
};

/// How long a token may be: longer ones are refused unasked. Published is more ([`limits::AUTH_TOKEN`]),
/// but no web server in front of a Keystone takes that much.
const LONGEST: usize = 64 * 1024;

/// How long it is remembered that a token is bad.
const REFUSED: Duration = Duration::seconds(5);

/// How long a caller waits for Keystone, its queue included.
const PATIENCE: Patience = Patience::from_secs(10);

/// How many tokens Keystone is asked about at once.
const AT_ONCE: usize = 8;

/// How many may wait for their turn; further ones are told to come back.
const WAITING: usize = 64;

/// How many of all these one address may ask about, or tokens made up there would keep everybody out
/// whose own is not remembered.
const EACH: usize = (AT_ONCE + WAITING) / 2;

/// A Keystone, and what it said.
#[derive(Debug)]
pub struct Keystone {
    service: Service,
    roles: KeystoneRoles,
    lifetime: Duration,
    memory: Mutex<Memory>,
    turns: Semaphore,
    places: Arc<PerClientLimit>,
}

/// Somebody whom Keystone knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Who.
    pub user: UserId,
    /// The domain they belong to.
    pub domain: DomainId,
    /// In which project.
    pub project: ProjectId,
    /// As what, if any of their roles means something here.
    pub role: Option<Role>,
}

/// What a token comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Verdict {
    /// It is good.
    Known(Known),
    /// It is good, but for no project.
    Unscoped,
    /// It is none, or not any more.
    Unknown,
}

enum Recalled {
    Verdict(Verdict),
    Question(Told),
}

impl Keystone {
    /// The Keystone of the settings, if it is to know the users.
    ///
    /// # Errors
    /// Every [`KeystoneError`].
    pub fn of(config: &Config) -> Result<Option<Arc<Self>>, KeystoneError> {
        if config.identity != Identity::Keystone {
            return Ok(None);
        }
        let keystone = |service| {
            Arc::new(Self {
                service,
                roles: config.keystone_roles.clone(),
                lifetime: Duration::seconds(config.keystone_cache.get().into()),
                memory: Mutex::default(),
                turns: Semaphore::new(AT_ONCE),
                places: PerClientLimit::new(AT_ONCE + WAITING, EACH),
            })
        };
        Ok(Service::of(config)?.map(keystone))
    }

    /// Where people log in.
    pub fn log_in(&self) -> &str {
        self.service.log_in()
    }

    /// Whose token it is.
    ///
    /// # Errors
    /// [`Condition::TokenInvalid`] if it is bad or for no project, [`Condition::IdentityAway`] if
    /// nobody can say, [`Condition::TooMany`] if too many wait already, altogether or from the same
    /// address.
    pub async fn find(
        self: &Arc<Self>,
        token: &HeaderValue,
        address: IpAddr,
        now: OffsetDateTime,
    ) -> Result<Known, ApiError> {
        if !(limits::AUTH_TOKEN.min..=LONGEST).contains(&token.len()) {
            return Err(ApiError::refused(Condition::TokenInvalid));
        }
        let verdict = match self.recall(token, address, now)? {
            Recalled::Verdict(verdict) => verdict,
            Recalled::Question(told) => answer(told).await?,
        };
        match verdict {
            Verdict::Known(known) => Ok(known),
            Verdict::Unknown => Err(ApiError::refused(Condition::TokenInvalid)),
            Verdict::Unscoped => {
                let detail = "It is for no project: log in with auth.scope.project.";
                Err(ApiError::refused_because(Condition::TokenInvalid, detail))
            }
        }
    }

    /// What is known of a token; if nothing is, Keystone is asked, which goes on even if the caller
    /// hangs up.
    fn recall(
        self: &Arc<Self>,
        token: &HeaderValue,
        address: IpAddr,
        now: OffsetDateTime,
    ) -> Result<Recalled, ApiError> {
        let hash = hash_of(token);
        let mut memory = self.memory();
        if let Some(verdict) = memory.verdict(&hash, now) {
            return Ok(Recalled::Verdict(verdict));
        }
        if let Some(told) = memory.question(&hash) {
            return Ok(Recalled::Question(told));
        }
        let place = self.places.enter(address);
        let place = place.ok_or_else(|| ApiError::refused(Condition::TooMany))?;
        let (tell, told) = watch::channel(None);
        memory.ask(hash, told.clone());
        tokio::spawn(Arc::clone(self).ask(token.clone(), now, tell, place));
        Ok(Recalled::Question(told))
    }

    async fn ask(
        self: Arc<Self>,
        token: HeaderValue,
        now: OffsetDateTime,
        tell: watch::Sender<Option<Result<Verdict, Arc<Away>>>>,
        _place: Permit,
    ) {
        let hash = hash_of(&token);
        let asked = timeout(PATIENCE, async {
            let _turn = self.turns.acquire().await.expect("the queue is never closed");
            self.service.validate(token).await
        });
        let said = asked.await.unwrap_or(Err(Away::Slow(PATIENCE)));
        let judged = said.map(|token| self.judge(token, now)).map_err(Arc::new);
        // Permit from when it was asked: a token may be revoked while the answer is on its way.
        let kept = judged.as_ref().ok().map(|(verdict, until)| (verdict.clone(), now..*until));
        self.memory().settle(hash, kept, now);
        tell.send_replace(Some(judged.map(|(verdict, _)| verdict)));
    }

    /// What an answer comes to, and until when that is good.
    fn judge(&self, token: Option<Token>, now: OffsetDateTime) -> (Verdict, OffsetDateTime) {
        let refused = |verdict| (verdict, now + REFUSED.min(self.lifetime));
        let Some(token) = token.filter(|token| token.expires_at > now) else {
            return refused(Verdict::Unknown);
        };
        let Some(project) = token.project else {
            tracing::info!(user = token.user.id, "refused a token that is for no project");
            return refused(Verdict::Unscoped);
        };
        let role = self.roles.best(token.roles.iter().map(|role| role.name.as_str()));
        let (user, project) = (UserId::new(token.user.id), ProjectId::new(project.id));
        let domain = DomainId::new(token.user.domain.id);
        let until = token.expires_at.min(now + self.lifetime);
        (Verdict::Known(Known { user, domain, project, role }), until)
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Waits for the answer to a question that is under way.
async fn answer(mut told: Told) -> Result<Verdict, ApiError> {
    let told = told.wait_for(Option::is_some).await;
    let told = told.map_err(|_| ApiError::internal("whoever asked Keystone died"))?;
    let answer = told.as_ref().expect("it was waited for");
    answer.clone().map_err(ApiError::from)
}

fn hash_of(token: &HeaderValue) -> TokenHash {
    let hash = digest(&SHA256, token.as_bytes());
    TokenHash(hash.as_ref().try_into().expect("a SHA-256 has 32 bytes"))
}
