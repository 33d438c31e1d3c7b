//! `scm-server rotate-key --forget-old`: what nothing needs any more leaves the keyring.

use std::{
    fs,
    time::{Duration, Instant},
};

use scm_seal::{KeyId, UnsealError};
use scm_store::{SealedAccessKey, SealedCertificate, Stretch, action};
use time::OffsetDateTime;
use tokio::time::sleep;

use super::{Rotated, Workplace, reseal::patiently};
use crate::admin::{answer::Answer, error::AdminError, progress::Progress};

/// How long after the keyring was turned something that was sealed before may still be on its way into
/// the store: far longer than an import may take.
const UNDER_WAY: Duration = Duration::from_secs(60);
/// How long servers may take to notice that the keyring was turned, and how often to ask.
const NOTICING: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(250);
/// How many of those that need an old key are named.
const NAMED: usize = 10;

/// Looks through everything, and takes the old keys out of the keyring if nothing is sealed under them.
pub async fn forget(workplace: &Workplace) -> Result<Answer, AdminError> {
    let old = workplace.keyring.old_ids();
    if old.is_empty() {
        let text = "there is no old master key in the keyring\n";
        return Ok(Answer::new(&Rotated::of(&workplace.keyring, 0), text));
    }
    let path = workplace.source.file();
    if let Some(path) = path {
        let turned = fs::metadata(path).and_then(|found| found.modified());
        let turned = turned.map_or(workplace.now, OffsetDateTime::from);
        wait(workplace.now - turned).await;
    }
    wait_for_servers(workplace, &old).await?;
    let needing = needing(workplace, &old).await?;
    if needing.count > 0 {
        return Err(AdminError::StillNeeded { count: needing.count, some: needing.some });
    }
    let names = old.iter().map(KeyId::to_string).collect::<Vec<_>>().join(", ");
    let Some(path) = path else {
        let text = format!("nothing needs {names} any more: take it out of SCM_KEYRING\n");
        return Ok(Answer::new(&Rotated::of(&workplace.keyring, 0), text));
    };
    let left = workplace.keyring.forget_old(path)?;
    for key in old {
        workplace.record(action::KEYRING_FORGET, key).await?;
    }
    let text = format!("{names} is forgotten; nothing was sealed under it\n");
    let note = "remove it wherever else it is: in copies and backups of the keyring, which open \
                backups of the store from before";
    Ok(Answer::new(&Rotated::of(&left, 0), text).with_note(note))
}

async fn wait(since: time::Duration) {
    let since = since.try_into().unwrap_or_default();
    let left = UNDER_WAY.saturating_sub(since);
    if !left.is_zero() {
        Progress::tell(&format!(
            "waiting {} seconds for what was sealed before the keyring was changed",
            left.as_secs() + 1
        ));
        sleep(left).await;
    }
}

/// Waits until no server seals under these keys.
async fn wait_for_servers(workplace: &Workplace, keys: &[KeyId]) -> Result<(), AdminError> {
    let started = Instant::now();
    loop {
        let announced = patiently(|| workplace.store.announced_keys()).await?;
        match announced.iter().filter(|key| keys.contains(key)).count() {
            0 => return Ok(()),
            count if started.elapsed() > NOTICING => {
                return Err(AdminError::StillSealing { count });
            }
            _ => sleep(PAUSE).await,
        }
    }
}

/// What is still sealed under some keys.
#[derive(Default)]
struct Needing {
    count: u64,
    some: Vec<String>,
}

impl Needing {
    fn add(
        &mut self,
        under: Result<KeyId, UnsealError>,
        keys: &[KeyId],
        name: impl Fn() -> String,
    ) {
        if under.is_ok_and(|key| keys.contains(&key)) {
            self.count += 1;
            if self.some.len() < NAMED {
                self.some.push(name());
            }
        }
    }
}

async fn needing(workplace: &Workplace, keys: &[KeyId]) -> Result<Needing, AdminError> {
    let (store, active) = (&workplace.store, workplace.keyring.active_id());
    let mut progress = Progress::new(patiently(|| store.sealed_count()).await?);
    let mut needing = Needing::default();
    for SealedAccessKey { id, sealed_secret } in patiently(|| store.sealed_secrets(active)).await? {
        needing.add(sealed_secret.key_id(), keys, || format!("access key {id}"));
    }
    let mut after = None;
    loop {
        let Stretch { found, looked_at, next } =
            patiently(|| store.sealed_keys(active, after)).await?;
        for SealedCertificate { id, sealed_key, .. } in found {
            needing.add(sealed_key.key_id(), keys, || id.to_string());
        }
        progress.advance(looked_at);
        after = next;
        if after.is_none() {
            progress.finish();
            return Ok(needing);
        }
    }
}
