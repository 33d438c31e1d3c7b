//! What happens by itself: certificates expire, tokens and the keys of imports are forgotten.

use std::time::Duration;

use scm_store::StoreError;
use tokio::{join, time::sleep};

use crate::{causes::chain, context::Context};

/// How often it looks for certificates that have expired: a list of one status counts those that are
/// not marked yet one by one, so they are to stay few. To find none is one look into an index.
const MARK_EVERY: Duration = Duration::from_secs(1);
/// How often it looks for tokens and keys of imports that are good no more.
const FORGET_EVERY: Duration = Duration::from_secs(60);
/// How long it rests after a failure.
const REST: Duration = Duration::from_secs(60);

/// Keeps the store in order until it is dropped.
pub async fn keep_sweeping(ctx: Context) {
    join!(repeat(MARK_EVERY, || mark(&ctx)), repeat(FORGET_EVERY, || forget(&ctx)));
}

async fn repeat<F>(pause: Duration, act: impl Fn() -> F)
where
    F: Future<Output = Result<(), StoreError>>,
{
    loop {
        let rest = match act().await {
            Ok(()) => pause,
            Err(error) => {
                tracing::warn!(error = %chain(&error), "could not look for what has expired");
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
