//! Periodic upkeep: marks expired certificates, removes expired tokens and idempotency keys.

use std::time::Duration;

use scm_store::StoreError;
use tokio::{join, time::sleep};

use crate::{causes::chain, context::Context};

/// The interval between searches for expired certificates. A list of one status counts the unmarked ones one
/// by one, so they must stay few. A search that finds none is one index look-up.
const MARK_EVERY: Duration = Duration::from_secs(1);
/// The interval between searches for expired tokens and idempotency keys.
const FORGET_EVERY: Duration = Duration::from_secs(60);
/// The pause after a failure.
const REST: Duration = Duration::from_secs(60);

/// Runs until it is dropped.
pub async fn run(ctx: Context) {
    join!(repeat(MARK_EVERY, || mark(&ctx)), repeat(FORGET_EVERY, || forget(&ctx)));
}

async fn repeat<F>(pause: Duration, task: impl Fn() -> F)
where
    F: Future<Output = Result<(), StoreError>>,
{
    loop {
        let rest = match task().await {
            Ok(()) => pause,
            Err(error) => {
                tracing::warn!(error = %chain(&error), "cannot mark or remove expired records");
                REST
            }
        };
        sleep(rest).await;
    }
}

async fn mark(ctx: &Context) -> Result<(), StoreError> {
    let certificates = ctx.store().sweep_expired(ctx.now()).await?;
    if certificates > 0 {
        tracing::info!(certificates, "expired");
    }
    Ok(())
}

async fn forget(ctx: &Context) -> Result<(), StoreError> {
    let tokens = ctx.store().sweep_tokens(ctx.now()).await?;
    if tokens > 0 {
        tracing::info!(tokens, "expired");
    }
    ctx.store().sweep_import_keys(ctx.now()).await?;
    Ok(())
}
