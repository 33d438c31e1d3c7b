//! What every handler can reach.

use std::{fmt, net::IpAddr, ops::Deref, sync::Arc};

use scm_model::{Condition, Revision};
use scm_pki::Verifier;
use scm_seal::{Keyring, UnsealError};
use scm_store::{Ids, Store};
use time::{Duration, OffsetDateTime};

use crate::{
    auth::{Keystone, Lockout, PasswordHasher},
    clock::Clock,
    concurrency_limit::ConcurrencyLimit,
    config::Config,
    error::ApiError,
    keyring::SharedKeyring,
    per_client_limit::{PerClientLimit, Permit},
    readiness::Readiness,
};

/// A handle to what every handler can reach; cheap to clone.
#[derive(Clone)]
pub struct Ctx(Arc<Inner>);

/// What the handle leads to.
pub struct Inner {
    verifier: Verifier,
    keyring: SharedKeyring,
    store: Arc<dyn Store>,
    ids: Ids,
    passwords: PasswordHasher,
    password_guesses: Lockout,
    key_guesses: Lockout,
    keystone: Option<Arc<Keystone>>,
    places: ConcurrencyLimit,
    places_for_strangers: Arc<PerClientLimit>,
    places_for_signatures: Arc<PerClientLimit>,
    readiness: Readiness,
    clock: Arc<dyn Clock>,
    config: Config,
}

impl Ctx {
    /// A context over an open store and its keyring.
    pub fn new(
        config: Config,
        verifier: Verifier,
        keyring: SharedKeyring,
        store: Arc<dyn Store>,
        keystone: Option<Arc<Keystone>>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let ids = Ids::new(Arc::clone(&store));
        let strangers = config.max_requests.count().div_ceil(8);
        Self(Arc::new(Inner {
            verifier,
            keyring,
            store,
            ids,
            passwords: PasswordHasher::default(),
            password_guesses: Lockout::default(),
            key_guesses: Lockout::default(),
            keystone,
            places: ConcurrencyLimit::new(config.max_requests.count()),
            places_for_strangers: PerClientLimit::new(strangers, strangers.div_ceil(2)),
            places_for_signatures: PerClientLimit::new(
                config.max_requests.count().saturating_mul(2),
                config.max_requests.count(),
            ),
            readiness: Readiness::default(),
            clock,
            config,
        }))
    }
}

impl Deref for Ctx {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl Inner {
    /// Says whether a bundle is sound, and remembers issuers.
    pub fn verifier(&self) -> &Verifier {
        &self.verifier
    }

    /// Seals private keys: the keyring as it is now.
    pub fn keyring(&self) -> Arc<Keyring> {
        self.keyring.current()
    }

    /// What is opened with a keyring, or, if that lacks the master key, with what it has become.
    ///
    /// # Errors
    /// Whatever `open` says.
    pub fn opened<T>(
        &self,
        keyring: &Keyring,
        open: impl Fn(&Keyring) -> Result<T, UnsealError>,
    ) -> Result<T, UnsealError> {
        match open(keyring) {
            Err(UnsealError::UnknownKey { .. }) => open(&self.keyring()),
            opened => opened,
        }
    }

    /// Keeps what is to be kept.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// Gives ids that were never given before.
    pub fn ids(&self) -> &Ids {
        &self.ids
    }

    /// Hashes and compares passwords.
    pub fn passwords(&self) -> &PasswordHasher {
        &self.passwords
    }

    /// Who knows the users, if it is not this server.
    pub fn keystone(&self) -> Option<&Arc<Keystone>> {
        self.keystone.as_ref()
    }

    /// Who has guessed at passwords.
    pub fn password_guesses(&self) -> &Lockout {
        &self.password_guesses
    }

    /// Who has guessed at the secrets of access keys.
    pub fn key_guesses(&self) -> &Lockout {
        &self.key_guesses
    }

    /// The places for requests that are worked on.
    pub fn places(&self) -> &ConcurrencyLimit {
        &self.places
    }

    /// The same for who has not proved who they are: these places are few, and apart, and from one
    /// address only half of them can be taken.
    ///
    /// # Errors
    /// [`Condition::TooMany`] if there is none.
    pub fn place_for_a_stranger(&self, address: IpAddr) -> Result<Permit, ApiError> {
        let place = self.places_for_strangers.enter(address);
        place.ok_or_else(|| ApiError::refused(Condition::TooMany))
    }

    /// The same for who signed something whose body is still to come. They are twice as many as for
    /// requests that are worked on: one address (perhaps a proxy of many) may have as many on their way
    /// as there is work for, and not more than half.
    ///
    /// # Errors
    /// [`Condition::TooMany`] if there is none.
    pub fn place_for_a_signature(&self, address: IpAddr) -> Result<Permit, ApiError> {
        let place = self.places_for_signatures.enter(address);
        place.ok_or_else(|| ApiError::refused(Condition::TooMany))
    }

    /// Whether the store works.
    pub fn readiness(&self) -> &Readiness {
        &self.readiness
    }

    /// The time now.
    pub fn now(&self) -> OffsetDateTime {
        self.clock.now()
    }

    /// The published revision of the API that this server speaks.
    pub fn revision(&self) -> Revision {
        self.config.api_revision
    }

    /// How long a new token is good.
    pub fn token_lifetime(&self) -> Duration {
        Duration::seconds(self.config.token_lifetime.get().into())
    }

    /// The settings.
    pub fn config(&self) -> &Config {
        &self.config
    }
}

impl fmt::Debug for Ctx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ctx").field("config", &self.0.config).finish_non_exhaustive()
    }
}
