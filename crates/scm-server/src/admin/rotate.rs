//! `scm-server rotate-key`: a new master key seals from now on, and stored keys and secrets are sealed anew.
//!
//! The state of a rotation is the keyring's file and nothing else: a key behind the active one is ready, a
//! key before it is old. So whatever is cut short is taken up by the same command again.

mod forget;
mod reseal;

use std::{path::Path, sync::Arc};

use scm_seal::{KeyId, Keyring};
use scm_store::{AuditEvent, Location, Store, action};
use serde::Serialize;
use time::OffsetDateTime;

use super::{arguments::RotateKey, directory::place_of, error::AdminError, output::Report};
use crate::{
    config::Config,
    keyring::{self, KeyringSource, SharedKeyring},
};
use reseal::{Resealer, patiently};

/// A keyring, and the store that is sealed with it.
struct Workplace {
    store: Store,
    source: KeyringSource,
    /// As it was when the command began.
    keyring: Arc<Keyring>,
    /// As it becomes.
    shared_keyring: SharedKeyring,
    /// Whether servers elsewhere may have the keyring in files of their own.
    shared: bool,
    now: OffsetDateTime,
}

/// Where a rotation stands, for programs.
#[derive(Serialize)]
struct Rotated {
    active_key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    prepared_key: Option<String>,
    old_keys: Vec<String>,
    resealed: u64,
}

impl Rotated {
    fn of(keyring: &Keyring, resealed: u64) -> Self {
        Self {
            active_key: keyring.active_id().to_string(),
            prepared_key: keyring.prepared_id().map(|id| id.to_string()),
            old_keys: keyring.old_ids().iter().map(KeyId::to_string).collect(),
            resealed,
        }
    }
}

pub async fn run(
    arguments: &RotateKey,
    config: &Config,
    now: OffsetDateTime,
) -> Result<Report, AdminError> {
    let workplace = Workplace::open(config, now).await?;
    let work = async {
        match arguments {
            RotateKey { prepare: true, .. } => prepare(&workplace).await,
            RotateKey { forget_old: true, .. } => forget::forget(&workplace).await,
            RotateKey { one_file, .. } => rotate(&workplace, *one_file).await,
        }
    };
    let outcome = tokio::select! {
        // First, so that it is listened for before there is anything to interrupt.
        biased;
        _ = tokio::signal::ctrl_c() => Err(AdminError::Interrupted),
        outcome = work => outcome,
    };
    workplace.store.close().await;
    outcome
}

impl Workplace {
    async fn open(config: &Config, now: OffsetDateTime) -> Result<Self, AdminError> {
        let location = config.location()?;
        if !scm_store::is_there(&location).await? {
            return Err(AdminError::NoStore { place: place_of(&location) });
        }
        let shared = !matches!(location, Location::Sqlite(_));
        let source = config.keyring();
        let (shared_keyring, store) = keyring::open::<AdminError>(source.clone(), location).await?;
        let keyring = shared_keyring.current().await;
        Ok(Self { store, source, keyring, shared_keyring, shared, now })
    }

    /// The file, which a keyring in a variable does not have.
    fn file(&self) -> Result<&Path, AdminError> {
        self.source.file().ok_or(AdminError::KeyringInVariable)
    }

    /// A master key that is in the file is put on the store's record before it seals anything.
    async fn prepared(&self, path: &Path) -> Result<Keyring, AdminError> {
        let keyring = self.keyring.prepare(path)?;
        patiently(|| self.store.record_master_keys(keyring.checks())).await?;
        Ok(keyring)
    }

    async fn record(&self, action: &'static str, key: KeyId) -> Result<(), AdminError> {
        let event = AuditEvent::done_here(action, self.now).about(key);
        Ok(patiently(|| self.store.record(event.clone())).await?)
    }
}

/// Adds a key that only opens, so that it can be shared before anything is sealed under it.
async fn prepare(workplace: &Workplace) -> Result<Report, AdminError> {
    let path = workplace.file()?;
    let keyring = workplace.prepared(path).await?;
    let key = keyring.prepared_id().expect("a keyring that was prepared has a key that is ready");
    if workplace.keyring.prepared_id().is_none() {
        workplace.record(action::KEYRING_PREPARE, key).await?;
    }
    let text = format!("master key {key} is ready in {}\n", path.display());
    let note = "nothing is sealed under it yet: give every server this file, and then run \
                `scm-server rotate-key`";
    Ok(Report::new(&Rotated::of(&keyring, 0), text).with_note(note))
}

/// Lets the newest key seal, unless an earlier rotation is still to be finished, and seals anew.
async fn rotate(workplace: &Workplace, one_file: bool) -> Result<Report, AdminError> {
    let begun = &workplace.keyring;
    let mut active = begun.active_id();
    let anew = begun.prepared_id().is_some() || begun.old_ids().is_empty();
    if anew {
        let path = workplace.file()?;
        if workplace.shared && begun.prepared_id().is_none() && !one_file {
            return Err(AdminError::NotPrepared);
        }
        // In two steps, each on disk: a key that seals is never lost with the power.
        let keyring = workplace.prepared(path).await?.activate(path)?;
        active = keyring.active_id();
        workplace.record(action::KEYRING_ROTATE, active).await?;
    }
    let keyring = &workplace.shared_keyring;
    let resealed = Resealer::new(&workplace.store, keyring, active).run().await?;
    let sealing = keyring.current().await;
    if resealed > 0 {
        workplace.record(action::KEYRING_RESEAL, sealing.active_id()).await?;
    }
    Ok(rotated(&sealing, resealed, anew, workplace.shared && !one_file))
}

/// What became of it, and what is next.
fn rotated(keyring: &Keyring, resealed: u64, anew: bool, copies: bool) -> Report {
    let since = if anew { "from now on" } else { "since the rotation that this went on with" };
    let text =
        format!("master key {} seals {since}; {resealed} sealed anew\n", keyring.active_id());
    let next = if copies {
        "give every server this keyring file again, then run `scm-server rotate-key` once more for \
         what they sealed meanwhile, and `scm-server rotate-key --forget-old`"
    } else {
        "the rotation ends with `scm-server rotate-key --forget-old`, which takes the old key out of \
         the keyring; backups of the store from before need it"
    };
    Report::new(&Rotated::of(keyring, resealed), text).with_note(next)
}
