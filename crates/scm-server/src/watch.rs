//! What happens by itself: certificates expire, tokens and the keys of imports are forgotten.

use std::time::Duration;

use scm_store::StoreError;
use tokio::time::{MissedTickBehavior, interval};

use crate::{ctx::Ctx, error::chain};

/// How often it looks.
const EVERY: Duration = Duration::from_secs(60);

/// Keeps the store in order until it is dropped.
pub async fn watch(ctx: Ctx) {
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Err(error) = sweep(&ctx).await {
            tracing::warn!(error = %chain(&error), "could not look for what has expired");
        }
    }
}

async fn sweep(ctx: &Ctx) -> Result<(), StoreError> {
    let certificates = ctx.store().sweep_expired(ctx.now()).await?;
    let tokens = ctx.store().sweep_tokens(ctx.now()).await?;
    if certificates + tokens > 0 {
        tracing::info!(certificates, tokens, "expired");
    }
    ctx.store().sweep_import_keys(ctx.now()).await?;
    Ok(())
}
