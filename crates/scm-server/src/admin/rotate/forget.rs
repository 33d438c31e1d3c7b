//! `scm-server rotate-key --forget-old`: removes master keys that seal nothing any more.

use std::{
    fs,
    time::{Duration, Instant},
};

use scm_seal::KeyId;
use scm_store::{SealedBatch, SealedKind, SealedRecord, action};
use time::OffsetDateTime;
use tokio::time::sleep;

use super::{Rotated, Workplace, reseal::patiently};
use crate::admin::{error::AdminError, output::Report, progress::Progress};

/// How long after a rotation an import that sealed under the old key may still be under way: far longer
/// than an import may take.
const UNDER_WAY: Duration = Duration::from_secs(60);
/// How long servers may take to notice a rotation, and how often their announcements are read.
const NOTICING: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(250);
/// The number of records under an old key that are named.
const NAMED: usize = 10;

/// Examines all sealed records, and removes the old keys from the keyring if none needs them.
pub async fn forget(workplace: &Workplace) -> Result<Report, AdminError> {
    let old = workplace.keyring.old_ids();
    if old.is_empty() {
        let text = "there is no old master key in the keyring\n";
        return Ok(Report::new(&Rotated::of(&workplace.keyring, 0), text));
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
        return Ok(Report::new(&Rotated::of(&workplace.keyring, 0), text));
    };
    let left = workplace.keyring.forget_old(path)?;
    for key in old {
        workplace.record(action::KEYRING_FORGET, key).await?;
    }
    let text = format!("{names} is forgotten; nothing was sealed under it\n");
    let note = "remove it wherever else it is: in copies and backups of the keyring, which open \
                backups of the store from before";
    Ok(Report::new(&Rotated::of(&left, 0), text).with_note(note))
}

async fn wait(since: time::Duration) {
    let since = since.try_into().unwrap_or_default();
    let left = UNDER_WAY.saturating_sub(since);
    if !left.is_zero() {
        Progress::note(&format!(
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

/// The records that are still sealed under old keys.
#[derive(Default)]
struct Needing {
    count: u64,
    some: Vec<String>,
}

impl Needing {
    fn add(&mut self, record: &SealedRecord, keys: &[KeyId]) {
        if record.key_id().is_ok_and(|key| keys.contains(&key)) {
            self.count += 1;
            if self.some.len() < NAMED {
                self.some.push(record.id().to_string());
            }
        }
    }
}

async fn needing(workplace: &Workplace, keys: &[KeyId]) -> Result<Needing, AdminError> {
    let (store, active) = (&workplace.store, workplace.keyring.active_id());
    let mut progress = Progress::new(patiently(|| store.sealed_count()).await?);
    let mut needing = Needing::default();
    for kind in SealedKind::ALL {
        let mut after = None;
        loop {
            let SealedBatch { found, examined, next } =
                patiently(|| store.sealed_records(kind, active, after.clone())).await?;
            found.iter().for_each(|record| needing.add(record, keys));
            progress.advance(examined);
            after = next;
            if after.is_none() {
                break;
            }
        }
    }
    progress.finish();
    Ok(needing)
}
