//! Sealing private keys while the master key may be rotated at any time.
//!
//! A key that was sealed under the previous master key is resealed as soon as it is stored, so that no
//! acknowledged import depends on the rotation to find it. A key is opened with the keyring from before
//! it was read, since the store may have resealed it meanwhile.

use std::error::Error;

use scm_pki::{Certificate, VerifiedBundle};
use scm_seal::{Keyring, SealedKey};
use scm_store::{CertificateId, Resealed, SealedId};

use crate::{auth::Caller, context::Context};

/// Seals the key of a bundle, bound to its id, its project and its certificate.
pub fn seal(
    keyring: &Keyring,
    caller: &Caller,
    id: CertificateId,
    bundle: &VerifiedBundle,
) -> SealedKey {
    let (project, public_key) = (caller.actor.project.as_str(), bundle.leaf().public_key());
    keyring.seal(&id.to_string(), project, public_key, bundle.key())
}

/// Reseals a key that was just stored, if the master key was rotated meanwhile. A failure is only
/// logged: the key stays stored, and `rotate-key` reseals it.
pub async fn reseal_if_rotated(
    ctx: &Context,
    caller: &Caller,
    id: CertificateId,
    keyring: &Keyring,
) {
    let now = ctx.keyring().await;
    if now.active_id() == keyring.active_id() {
        return;
    }
    if let Err(error) = reseal(ctx, caller, id, keyring, &now).await {
        tracing::warn!(%id, %error, "a stored key is not resealed yet");
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
    let stored = ctx.store().bundle(project, id).await?;
    if stored.sealed_key.key_id()? != keyring.active_id() {
        return Ok(());
    }
    let leaf = Certificate::from_der(stored.leaf)?;
    let (name, place) = (id.to_string(), project.as_str());
    let new = keyring.reseal(now, &name, place, leaf.public_key(), &stored.sealed_key)?;
    let resealed = Resealed {
        id: SealedId::Certificate(id),
        old: stored.sealed_key.as_bytes().to_vec(),
        new: new.as_bytes().to_vec(),
    };
    ctx.store().replace_sealed(vec![resealed]).await?;
    Ok(())
}
