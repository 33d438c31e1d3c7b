//! Resealing all records that are not sealed under the active key, while servers run.
//!
//! Records are resealed in batches. Each is replaced only if it is unchanged since it was read, so the
//! command may be interrupted, and may run twice at once. After each batch there is a pause as long as
//! the replacement took, so that imports have at least half of the store's time.

use std::time::{Duration, Instant};

use scm_pki::Certificate;
use scm_seal::{KeyId, Keyring};
use scm_store::{Resealed, SealedBatch, SealedKind, SealedRecord, Store, StoreError};
use tokio::time::sleep;

use crate::{
    admin::{error::AdminError, progress::Progress},
    auth::ACCESS_KEY,
    keyring::SharedKeyring,
};

/// How long a store may be unavailable or busy before the command gives up.
const PATIENCE: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(500);
/// The number of unreadable records that are named.
const NAMED: usize = 10;

/// Reseals the records of a store.
pub struct Resealer<'a> {
    store: &'a Store,
    keyring: &'a SharedKeyring,
    active: KeyId,
    resealed: u64,
    unreadable: Vec<String>,
}

impl<'a> Resealer<'a> {
    /// Reseals under `active`, the key of `keyring` that seals.
    pub fn new(store: &'a Store, keyring: &'a SharedKeyring, active: KeyId) -> Self {
        Self { store, keyring, active, resealed: 0, unreadable: Vec::new() }
    }

    /// Reseals all records; returns how many.
    ///
    /// # Errors
    /// [`AdminError::Unreadable`] at the end, if some could not be opened;
    /// [`AdminError::RotatedMeanwhile`]; [`AdminError::Store`].
    pub async fn run(mut self) -> Result<u64, AdminError> {
        let mut progress = Progress::new(patiently(|| self.store.sealed_count()).await?);
        for kind in SealedKind::ALL {
            self.reseal_kind(kind, &mut progress).await?;
        }
        progress.finish();
        if self.unreadable.is_empty() {
            return Ok(self.resealed);
        }
        let count = self.unreadable.len();
        self.unreadable.truncate(NAMED);
        Err(AdminError::Unreadable { resealed: self.resealed, count, some: self.unreadable })
    }

    async fn reseal_kind(
        &mut self,
        kind: SealedKind,
        progress: &mut Progress,
    ) -> Result<(), AdminError> {
        let mut after = None;
        loop {
            let SealedBatch { found, examined, next } =
                patiently(|| self.store.sealed_records(kind, self.active, after.clone())).await?;
            self.reseal_batch(found).await?;
            progress.advance(examined);
            after = next;
            if after.is_none() {
                return Ok(());
            }
        }
    }

    /// Stops if the keyring was rotated again: the older key must not seal any more.
    async fn reseal_batch(&mut self, found: Vec<SealedRecord>) -> Result<(), AdminError> {
        let keyring = self.keyring.current().await;
        if keyring.active_id() != self.active {
            return Err(AdminError::RotatedMeanwhile);
        }
        let mut resealed = Vec::with_capacity(found.len());
        for record in found {
            let (id, old) = (record.id(), record.as_bytes().to_vec());
            match reseal(&keyring, &record) {
                Some(new) => resealed.push(Resealed { id, old, new }),
                None => self.unreadable.push(id.to_string()),
            }
        }
        if !resealed.is_empty() {
            let started = Instant::now();
            self.resealed += patiently(|| self.store.replace_sealed(resealed.clone())).await?;
            sleep(started.elapsed()).await;
        }
        Ok(())
    }
}

/// The sealed bytes under the active key; none if the record cannot be opened.
fn reseal(keyring: &Keyring, record: &SealedRecord) -> Option<Vec<u8>> {
    match record {
        SealedRecord::AccessKeySecret { id, sealed } => {
            let new = keyring.reseal_secret(keyring, ACCESS_KEY, id.as_str(), sealed).ok()?;
            Some(new.as_bytes().to_vec())
        }
        SealedRecord::CertificateKey { id, project, leaf, sealed } => {
            let leaf = Certificate::from_der(leaf.clone()).ok()?;
            let (id, project) = (id.to_string(), project.as_str());
            let new = keyring.reseal(keyring, &id, project, leaf.public_key(), sealed).ok()?;
            Some(new.as_bytes().to_vec())
        }
    }
}

/// Retries an operation while the store is unavailable or busy.
pub async fn patiently<T, F>(operation: impl Fn() -> F) -> Result<T, StoreError>
where
    F: Future<Output = Result<T, StoreError>>,
{
    let started = Instant::now();
    loop {
        match operation().await {
            Err(StoreError::Busy | StoreError::Unavailable { .. })
                if started.elapsed() < PATIENCE =>
            {
                sleep(PAUSE).await;
            }
            outcome => return outcome,
        }
    }
}
