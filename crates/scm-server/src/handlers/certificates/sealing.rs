//! Sealing and opening keys while the keyring may be turned at any moment.
//!
//! What is sealed under the master key of a moment ago is sealed anew as soon as it is kept, so that
//! nothing which was acknowledged waits for whoever turns the keyring to find it. What is opened is opened
//! with the keyring from before it was read: the store may have it sealed anew since.

use std::error::Error;

use scm_pki::{Certificate, VerifiedBundle};
use scm_seal::{Keyring, SealedKey};
use scm_store::{CertificateId, Exchange};

use crate::{auth::Caller, context::Context};

/// The key of a bundle, bound to where it is to be kept and to its certificate.
pub fn seal(
    keyring: &Keyring,
    caller: &Caller,
    id: CertificateId,
    bundle: &VerifiedBundle,
) -> SealedKey {
    let (project, public_key) = (caller.actor.project.as_str(), bundle.leaf().public_key());
    keyring.seal(&id.to_string(), project, public_key, bundle.key())
}

/// Seals anew what was kept a moment ago, if the keyring with which that was sealed was turned meanwhile.
/// If that fails, it is kept all the same, and whoever turns the keyring finds it.
pub async fn follow(ctx: &Context, caller: &Caller, id: CertificateId, keyring: &Keyring) {
    let now = ctx.keyring();
    if now.active_id() == keyring.active_id() {
        return;
    }
    if let Err(error) = reseal(ctx, caller, id, keyring, &now).await {
        tracing::warn!(%id, %error, "could not be sealed anew yet");
    }
}

async fn reseal(
    ctx: &Context,
    caller: &Caller,
    id: CertificateId,
    keyring: &Keyring,
    now: &Keyring,
) -> Result<(), Box<dyn Error + Send + Sync>> {
    let project = &caller.actor.project;
    let kept = ctx.store().bundle(project, id).await?;
    if kept.sealed_key.key_id()? != keyring.active_id() {
        return Ok(());
    }
    let leaf = Certificate::from_der(kept.leaf)?;
    let (name, place) = (id.to_string(), project.as_str());
    let new = keyring.reseal(now, &name, place, leaf.public_key(), &kept.sealed_key)?;
    ctx.store().exchange_keys(vec![Exchange { id, old: kept.sealed_key, new }]).await?;
    Ok(())
}
