//! Records under which master key this server seals, so that no key in use is removed from the keyring.
//!
//! An idle server notices here that its keyring was rotated.

use std::time::{Duration, Instant};

use scm_seal::KeyId;
use tokio::time::{sleep, timeout};

use crate::{causes::chain, context::Context};

/// The interval between looks at the keyring.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// The interval between announcements of an unchanged key; each is valid for three times as long.
const ANNOUNCE_EVERY: Duration = Duration::from_secs(60);
/// The pause after a failed announcement.
const AGAIN: Duration = Duration::from_secs(10);
/// The time limit of the withdrawal when the server stops.
const PATIENCE: Duration = Duration::from_secs(1);

/// Announces the active key until it is dropped.
pub async fn announce(ctx: Context) {
    let mut announced = None::<(KeyId, Instant)>;
    loop {
        let key = ctx.keyring().await.active_id();
        if announced.is_none_or(|(before, at)| before != key || at.elapsed() >= ANNOUNCE_EVERY) {
            match ctx.store().announce_key(Some(key)).await {
                Ok(()) => announced = Some((key, Instant::now())),
                Err(error) => {
                    tracing::debug!(error = %chain(&error), "cannot announce the active key");
                    sleep(AGAIN).await;
                }
            }
        }
        sleep(LOOK_EVERY).await;
    }
}

/// Withdraws the announcement. If that fails, the announcement expires by itself.
pub async fn withdraw(ctx: &Context) {
    let withdrawn = timeout(PATIENCE, ctx.store().announce_key(None)).await;
    if !matches!(withdrawn, Ok(Ok(()))) {
        tracing::debug!("cannot withdraw the announcement of the active key");
    }
}
