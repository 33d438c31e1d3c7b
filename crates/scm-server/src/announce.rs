//! Records under which master key this server seals, so that no key in use is removed from the keyring.
//!
//! An idle server notices here that its keyring was rotated.

use std::time::{Duration, Instant};

use scm_seal::KeyId;
use tokio::time::{sleep, timeout};

use crate::{causes::chain, context::Context};

/// How often it looks at the keyring.
const LOOKS: Duration = Duration::from_secs(1);
/// How often it says the same again; what it said counts for three times as long.
const SAYS: Duration = Duration::from_secs(60);
/// How soon it tries again where that failed.
const AGAIN: Duration = Duration::from_secs(10);
/// How long it may take to say that it ends.
const PATIENCE: Duration = Duration::from_secs(1);

/// Says it until it is dropped.
pub async fn announce(ctx: Context) {
    let mut said = None::<(KeyId, Instant)>;
    loop {
        let key = ctx.keyring().await.active_id();
        if said.is_none_or(|(before, at)| before != key || at.elapsed() >= SAYS) {
            match ctx.store().announce_key(Some(key)).await {
                Ok(()) => said = Some((key, Instant::now())),
                Err(error) => {
                    tracing::debug!(error = %chain(&error), "could not say which key seals");
                    sleep(AGAIN).await;
                }
            }
        }
        sleep(LOOKS).await;
    }
}

/// Says that it seals no more. If that fails, what it said lapses by itself.
pub async fn withdraw(ctx: &Context) {
    let withdrawn = timeout(PATIENCE, ctx.store().announce_key(None)).await;
    if !matches!(withdrawn, Ok(Ok(()))) {
        tracing::debug!("could not say that it seals no more");
    }
}
