//! What every handler can use: the store, keys, limits, the time and the settings.

use std::{fmt, sync::Arc};

use scm_model::Revision;
use scm_pki::Verifier;
use scm_seal::{Keyring, UnsealError};
use scm_store::{Ids, Store};
use time::{Duration, OffsetDateTime};

use crate::{
    auth::{Authenticator, LocalAuthenticator},
    clock::Clock,
    config::Config,
    keyring::SharedKeyring,
    keystone::Keystone,
    limits::Limits,
    readiness::Readiness,
};

/// A handle to what every handler can use; cheap to clone.
#[derive(Clone)]
pub struct Context(Arc<Inner>);

struct Inner {
    storage: Storage,
    crypto: Crypto,
    authenticator: Authenticator,
    limits: Limits,
    clock: Arc<dyn Clock>,
    config: Config,
}

struct Storage {
    store: Store,
    ids: Ids,
    readiness: Readiness,
}

struct Crypto {
    verifier: Verifier,
    keyring: Arc<SharedKeyring>,
}

impl Context {
    /// A context with an open store and its keyring.
    pub fn new(
        config: Config,
        verifier: Verifier,
        keyring: SharedKeyring,
        store: Store,
        keystone: Option<Arc<Keystone>>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let keyring = Arc::new(keyring);
        let authenticator = match keystone {
            Some(keystone) => Authenticator::Keystone(keystone, Arc::clone(&clock)),
            None => Authenticator::Local(LocalAuthenticator::new(
                store.clone(),
                Arc::clone(&keyring),
                Arc::clone(&clock),
            )),
        };
        let ids = Ids::new(store.clone());
        Self(Arc::new(Inner {
            storage: Storage { store, ids, readiness: Readiness::default() },
            crypto: Crypto { verifier, keyring },
            authenticator,
            limits: Limits::new(&config),
            clock,
            config,
        }))
    }

    /// The store.
    pub fn store(&self) -> &Store {
        &self.0.storage.store
    }

    /// The generator of certificate ids that were never used before.
    pub fn ids(&self) -> &Ids {
        &self.0.storage.ids
    }

    /// Whether the store works.
    pub fn readiness(&self) -> &Readiness {
        &self.0.storage.readiness
    }

    /// The verifier of certificate bundles, which caches issuers.
    pub fn verifier(&self) -> &Verifier {
        &self.0.crypto.verifier
    }

    /// The keyring as it is now. It seals private keys.
    pub async fn keyring(&self) -> Arc<Keyring> {
        self.0.crypto.keyring.current().await
    }

    /// Whether the keyring file holds what cannot be used.
    pub async fn keyring_is_unfit(&self) -> bool {
        self.0.crypto.keyring.is_unfit().await
    }

    /// Opens something with a keyring, or, if that lacks the master key, with the current one.
    ///
    /// # Errors
    /// Those of `open`.
    pub async fn opened<T>(
        &self,
        keyring: &Keyring,
        open: impl Fn(&Keyring) -> Result<T, UnsealError>,
    ) -> Result<T, UnsealError> {
        self.0.crypto.keyring.opened(keyring, open).await
    }

    /// Who authenticates callers.
    pub fn authenticator(&self) -> &Authenticator {
        &self.0.authenticator
    }

    /// How many requests may be open.
    pub fn limits(&self) -> &Limits {
        &self.0.limits
    }

    /// The time now.
    pub fn now(&self) -> OffsetDateTime {
        self.0.clock.now()
    }

    /// The published revision of the API that this server speaks.
    pub fn revision(&self) -> Revision {
        self.config().api_revision
    }

    /// How long a new token is valid.
    pub fn token_lifetime(&self) -> Duration {
        Duration::seconds(self.config().token_lifetime.get().into())
    }

    /// The settings.
    pub fn config(&self) -> &Config {
        &self.0.config
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context").field("config", self.config()).finish_non_exhaustive()
    }
}
