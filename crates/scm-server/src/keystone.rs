//! Callers whose users, projects and tokens are in a Keystone.
//!
//! Keystone takes about half a second to validate a token, so verdicts are cached: that on a valid
//! token for as long as the settings say, but not after the token expires; that on an invalid one for
//! [`INVALID_LIFETIME`]. Requests with the same token wait for one validation. Without an answer from
//! Keystone a request is refused. Clients log in at Keystone, not here.

mod cache;
mod client;

use std::{
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use aws_lc_rs::digest::{SHA256, digest};
use http::HeaderValue;
use scm_model::limits;
use scm_store::{DomainId, ProjectId, Role, TokenHash, UserId};
use time::{Duration, OffsetDateTime};
use tokio::{
    sync::{Semaphore, watch},
    time::timeout,
};

pub use self::client::{KeystoneError, Unavailable};
use self::{
    cache::{Cache, Validation},
    client::{Client, Token},
};
use crate::{
    config::{Config, Identity, KeystoneRoles},
    per_client_limit::{PerClientLimit, Permit},
};

/// The longest token that Keystone validates. The published limit ([`limits::AUTH_TOKEN`]) is higher,
/// but no web server in front of a Keystone accepts that.
const LONGEST_TOKEN: usize = 64 * 1024;

/// How long the verdict on an invalid token is cached.
const INVALID_LIFETIME: Duration = Duration::seconds(5);

/// The time limit of a validation, with its time in the queue.
const TIMEOUT: std::time::Duration = std::time::Duration::from_secs(10);

/// The number of tokens that Keystone validates at the same time.
const CONCURRENCY: usize = 8;

/// The length of the queue behind them.
const QUEUE: usize = 64;

/// The share of one address, so that made-up tokens from there do not lock out other addresses.
const PER_ADDRESS: usize = (CONCURRENCY + QUEUE) / 2;

/// A Keystone and its verdicts.
#[derive(Debug)]
pub struct Keystone {
    client: Client,
    roles: KeystoneRoles,
    lifetime: Duration,
    cache: Mutex<Cache>,
    turns: Semaphore,
    limit: Arc<PerClientLimit>,
}

/// The user of a valid token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenUser {
    /// The user.
    pub user: UserId,
    /// The domain of the user.
    pub domain: DomainId,
    /// The project that the token is for.
    pub project: ProjectId,
    /// The highest of the user's roles there that this server knows, if there is one.
    pub role: Option<Role>,
}

/// Why a token is not accepted.
#[derive(Debug, Clone, thiserror::Error)]
pub enum TokenError {
    /// Keystone does not know the token, or it has expired.
    #[error("the token is not valid")]
    Invalid,
    /// The token is for no project.
    #[error("the token is for no project")]
    Unscoped,
    /// Too many tokens wait for validation, altogether or from this address.
    #[error("too many tokens wait for Keystone")]
    Busy,
    /// Keystone did not validate the token.
    #[error(transparent)]
    Unavailable(#[from] Arc<Unavailable>),
    /// The validation ended without an outcome: a mistake in the program.
    #[error("the validation of a token ended without an outcome")]
    Aborted,
}

/// The outcome of a validation.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Verdict {
    Valid(TokenUser),
    Unscoped,
    Invalid,
}

enum Lookup {
    Verdict(Verdict),
    Validation(Validation),
}

impl Keystone {
    /// The Keystone of the settings, if users are in one.
    ///
    /// # Errors
    /// Every [`KeystoneError`].
    pub fn of(config: &Config) -> Result<Option<Arc<Self>>, KeystoneError> {
        if config.identity != Identity::Keystone {
            return Ok(None);
        }
        let keystone = |client| {
            Arc::new(Self {
                client,
                roles: config.keystone_roles.clone(),
                lifetime: Duration::seconds(config.keystone_cache.get().into()),
                cache: Mutex::default(),
                turns: Semaphore::new(CONCURRENCY),
                limit: PerClientLimit::new(CONCURRENCY + QUEUE, PER_ADDRESS),
            })
        };
        Ok(Client::of(config)?.map(keystone))
    }

    /// The URL where users log in.
    pub fn log_in_url(&self) -> &str {
        self.client.log_in_url()
    }

    /// The user of a token.
    ///
    /// # Errors
    /// Every [`TokenError`].
    pub async fn find(
        self: &Arc<Self>,
        token: &HeaderValue,
        address: IpAddr,
        now: OffsetDateTime,
    ) -> Result<TokenUser, TokenError> {
        if !(limits::AUTH_TOKEN.min..=LONGEST_TOKEN).contains(&token.len()) {
            return Err(TokenError::Invalid);
        }
        let verdict = match self.look_up(token, address, now)? {
            Lookup::Verdict(verdict) => verdict,
            Lookup::Validation(validation) => outcome(validation).await?,
        };
        match verdict {
            Verdict::Valid(user) => Ok(user),
            Verdict::Unscoped => Err(TokenError::Unscoped),
            Verdict::Invalid => Err(TokenError::Invalid),
        }
    }

    /// The verdict on a token, or its validation, which is begun if there is none. A validation goes on
    /// even if the client disconnects.
    fn look_up(
        self: &Arc<Self>,
        token: &HeaderValue,
        address: IpAddr,
        now: OffsetDateTime,
    ) -> Result<Lookup, TokenError> {
        let hash = hash_of(token);
        let mut cache = self.cache();
        if let Some(verdict) = cache.verdict(&hash, now) {
            return Ok(Lookup::Verdict(verdict));
        }
        if let Some(validation) = cache.validation(&hash) {
            return Ok(Lookup::Validation(validation));
        }
        let permit = self.limit.acquire_from(address).ok_or(TokenError::Busy)?;
        let (sender, validation) = watch::channel(None);
        cache.begin(hash, validation.clone());
        tokio::spawn(Arc::clone(self).validate(token.clone(), now, sender, permit));
        Ok(Lookup::Validation(validation))
    }

    async fn validate(
        self: Arc<Self>,
        token: HeaderValue,
        now: OffsetDateTime,
        sender: watch::Sender<Option<Result<Verdict, Arc<Unavailable>>>>,
        _permit: Permit,
    ) {
        let hash = hash_of(&token);
        let validated = timeout(TIMEOUT, async {
            let _turn = self.turns.acquire().await.expect("the semaphore is never closed");
            self.client.validate(token).await
        });
        let validated = validated.await.unwrap_or(Err(Unavailable::Slow(TIMEOUT)));
        let judged = validated.map(|token| self.judge(token, now)).map_err(Arc::new);
        // Valid from the start of the validation: the token may be revoked before the response is here.
        let valid = judged.as_ref().ok().map(|(verdict, until)| (verdict.clone(), now..*until));
        self.cache().finish(hash, valid, now);
        sender.send_replace(Some(judged.map(|(verdict, _)| verdict)));
    }

    /// The verdict on a token, and until when it is valid.
    fn judge(&self, token: Option<Token>, now: OffsetDateTime) -> (Verdict, OffsetDateTime) {
        let refused = |verdict| (verdict, now + INVALID_LIFETIME.min(self.lifetime));
        let Some(token) = token.filter(|token| token.expires_at > now) else {
            return refused(Verdict::Invalid);
        };
        let Some(project) = token.project else {
            tracing::info!(user = token.user.id, "a token that is for no project is refused");
            return refused(Verdict::Unscoped);
        };
        let role = self.roles.best(token.roles.iter().map(|role| role.name.as_str()));
        let (user, project) = (UserId::new(token.user.id), ProjectId::new(project.id));
        let domain = DomainId::new(token.user.domain.id);
        let until = token.expires_at.min(now + self.lifetime);
        (Verdict::Valid(TokenUser { user, domain, project, role }), until)
    }

    fn cache(&self) -> MutexGuard<'_, Cache> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Waits for the outcome of a validation.
async fn outcome(mut validation: Validation) -> Result<Verdict, TokenError> {
    let outcome = validation.wait_for(Option::is_some).await.map_err(|_| TokenError::Aborted)?;
    Ok(outcome.clone().ok_or(TokenError::Aborted)??)
}

fn hash_of(token: &HeaderValue) -> TokenHash {
    let hash = digest(&SHA256, token.as_bytes());
    TokenHash(hash.as_ref().try_into().expect("a SHA-256 has 32 bytes"))
}
