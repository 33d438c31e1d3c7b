//! Sealing anew whatever is not sealed under the active key, while servers go on.
//!
//! A few hundred at a time, each exchanged only if it is still what was read: it may be cut off
//! anywhere, and two may be at it. Between, there is a pause as long as the exchange took, so that
//! imports have at least half of the store's time.

use std::time::{Duration, Instant};

use scm_pki::Certificate;
use scm_seal::{KeyId, Keyring};
use scm_store::{Exchange, SealedAccessKey, SealedCertificate, Store, StoreError, Stretch};
use tokio::time::sleep;

use crate::{
    admin::{error::AdminError, progress::Progress},
    auth::ACCESS_KEY,
    keyring::SharedKeyring,
};

/// How long a store may be away, or have too much to do, before the command gives up.
const PATIENCE: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(500);
/// How many of those that cannot be opened are named.
const NAMED: usize = 10;

/// What goes through the store.
pub struct Resealer<'a> {
    store: &'a Store,
    keyring: &'a SharedKeyring,
    active: KeyId,
    resealed: u64,
    unreadable: Vec<String>,
}

impl<'a> Resealer<'a> {
    /// Under the key `active` of `keyring`.
    pub fn new(store: &'a Store, keyring: &'a SharedKeyring, active: KeyId) -> Self {
        Self { store, keyring, active, resealed: 0, unreadable: Vec::new() }
    }

    /// Goes through all, and says how many it sealed anew.
    ///
    /// # Errors
    /// [`AdminError::Unreadable`] at the end, if some could not be opened;
    /// [`AdminError::RotatedMeanwhile`]; [`AdminError::Store`].
    pub async fn run(mut self) -> Result<u64, AdminError> {
        let mut progress = Progress::new(patiently(|| self.store.sealed_count()).await?);
        let secrets = patiently(|| self.store.sealed_secrets(self.active)).await?;
        self.exchange_secrets(secrets).await?;
        let mut after = None;
        loop {
            let Stretch { found, looked_at, next } =
                patiently(|| self.store.sealed_keys(self.active, after)).await?;
            self.exchange_keys(found).await?;
            progress.advance(looked_at);
            after = next;
            if after.is_none() {
                break;
            }
        }
        progress.finish();
        if self.unreadable.is_empty() {
            return Ok(self.resealed);
        }
        let count = self.unreadable.len();
        self.unreadable.truncate(NAMED);
        Err(AdminError::Unreadable { resealed: self.resealed, count, some: self.unreadable })
    }

    async fn exchange_keys(&mut self, found: Vec<SealedCertificate>) -> Result<(), AdminError> {
        let keyring = self.keyring.current().await;
        let mut exchanges = Vec::with_capacity(found.len());
        for certificate in found {
            match certificate_anew(&keyring, &certificate) {
                Some(new) => exchanges.push(Exchange {
                    id: certificate.id,
                    old: certificate.sealed_key,
                    new,
                }),
                None => self.unreadable.push(certificate.id.to_string()),
            }
        }
        let store = self.store;
        self.exchange(exchanges, |all| store.exchange_keys(all)).await
    }

    async fn exchange_secrets(&mut self, found: Vec<SealedAccessKey>) -> Result<(), AdminError> {
        let keyring = self.keyring.current().await;
        let mut exchanges = Vec::with_capacity(found.len());
        for key in found {
            let sealed = &key.sealed_secret;
            match keyring.reseal_secret(&keyring, ACCESS_KEY, key.id.as_str(), sealed) {
                Ok(new) => exchanges.push(Exchange { id: key.id, old: key.sealed_secret, new }),
                Err(_) => self.unreadable.push(format!("access key {}", key.id)),
            }
        }
        let store = self.store;
        self.exchange(exchanges, |all| store.exchange_secrets(all)).await
    }

    /// Not once the keyring is turned again: that would bring back what somebody else is getting rid of.
    async fn exchange<E: Clone, F>(
        &mut self,
        exchanges: Vec<E>,
        act: impl Fn(Vec<E>) -> F,
    ) -> Result<(), AdminError>
    where
        F: Future<Output = Result<u64, StoreError>>,
    {
        if self.keyring.current().await.active_id() != self.active {
            return Err(AdminError::RotatedMeanwhile);
        }
        if !exchanges.is_empty() {
            let started = Instant::now();
            self.resealed += patiently(|| act(exchanges.clone())).await?;
            sleep(started.elapsed()).await;
        }
        Ok(())
    }
}

fn certificate_anew(keyring: &Keyring, kept: &SealedCertificate) -> Option<scm_seal::SealedKey> {
    let leaf = Certificate::from_der(kept.leaf.clone()).ok()?;
    let (id, project) = (kept.id.to_string(), kept.project.as_str());
    keyring.reseal(keyring, &id, project, leaf.public_key(), &kept.sealed_key).ok()
}

/// Asks a store again while it is away or has too much to do.
pub async fn patiently<T, F>(act: impl Fn() -> F) -> Result<T, StoreError>
where
    F: Future<Output = Result<T, StoreError>>,
{
    let started = Instant::now();
    loop {
        match act().await {
            Err(StoreError::Busy | StoreError::Unavailable { .. })
                if started.elapsed() < PATIENCE =>
            {
                sleep(PAUSE).await;
            }
            outcome => return outcome,
        }
    }
}
