//! Certificates: import, show, replace, update, delete. List and export have modules of their own.

mod export;
mod list;
mod proof;
mod sealing;

use scm_model::{
    Call, Condition, Empty, Violations,
    api::{
        DeleteCertificate, ImportCertificate, ReplaceCertificate, ShowCertificate,
        UpdateCertificate,
    },
    certificates::{
        CertificateDetail, CertificatePath, CertificateUpdate, ImportedCertificate, Warned,
    },
};
use scm_store::{CertificateId, Change, NewCertificate, Replacement};

use crate::{auth::Caller, context::Context, error::ApiError, view};

pub use export::export;
pub use list::list;

/// Stores a bundle that passes every check.
pub async fn import(
    ctx: Context,
    caller: Caller,
    call: Call<ImportCertificate>,
) -> Result<Warned<ImportedCertificate>, ApiError> {
    let bundle = proof::of_import(&ctx, &call.body)?;
    let warnings = proof::warnings(&bundle);
    let id = ctx.ids().next().await?;
    let keyring = ctx.keyring().await;
    let sealed = sealing::seal(&keyring, &caller, id, &bundle);
    let mut certificate = NewCertificate::new(id, call.body.name, bundle, sealed, ctx.now())
        .in_enterprise_project(proof::enterprise_project(call.body.enterprise_project_id));
    if call.body.duplicate_check == Some(true) {
        certificate = certificate.refuse_duplicate();
    }
    if let Some(key) = call.headers.idempotency_key {
        certificate = certificate.once_by(key);
    }
    let id = ctx.store().insert(&caller.actor, certificate).await?;
    sealing::reseal_if_rotated(&ctx, &caller, id, &keyring).await;
    Ok(Warned { reply: ImportedCertificate { certificate_id: id.to_string() }, warnings })
}

/// The details of a certificate, without its private key.
pub async fn show(
    ctx: Context,
    caller: Caller,
    call: Call<ShowCertificate>,
) -> Result<CertificateDetail, ApiError> {
    let record = ctx.store().certificate(&caller.actor.project, id(&call.path)?).await?;
    Ok(view::certificate(record, ctx.now()))
}

/// Replaces a stored bundle by a renewed one. The id stays.
pub async fn replace(
    ctx: Context,
    caller: Caller,
    call: Call<ReplaceCertificate>,
) -> Result<Warned<CertificateDetail>, ApiError> {
    let id = id(&call.path)?;
    let bundle = proof::of_replacement(&ctx, &call.body)?;
    let warnings = proof::warnings(&bundle);
    let keyring = ctx.keyring().await;
    let sealed = sealing::seal(&keyring, &caller, id, &bundle);
    let replacement = Replacement::new(bundle, sealed);
    let record = ctx.store().replace(&caller.actor, id, replacement, ctx.now()).await?;
    sealing::reseal_if_rotated(&ctx, &caller, id, &keyring).await;
    Ok(Warned { reply: view::certificate(record, ctx.now()), warnings })
}

/// Changes the name or the description of a certificate.
pub async fn update(
    ctx: Context,
    caller: Caller,
    call: Call<UpdateCertificate>,
) -> Result<CertificateDetail, ApiError> {
    let id = id(&call.path)?;
    let CertificateUpdate { name, description } = call.body;
    let names = name.iter().flat_map(|name| ctx.revision().narrow_name(name));
    let descriptions = description.iter().flat_map(|text| ctx.revision().narrow_description(text));
    Violations::unless_empty(names.chain(descriptions).collect())?;
    let description = description.map(|text| Some(text).filter(|text| !text.is_empty()));
    let change = Change { name, description };
    let record = ctx.store().update(&caller.actor, id, change, ctx.now()).await?;
    Ok(view::certificate(record, ctx.now()))
}

/// Deletes a certificate with its private key.
pub async fn delete(
    ctx: Context,
    caller: Caller,
    call: Call<DeleteCertificate>,
) -> Result<Empty, ApiError> {
    ctx.store().delete(&caller.actor, id(&call.path)?, ctx.now()).await?;
    Ok(Empty)
}

/// The id in a path. A text that is not an id names no certificate.
fn id(path: &CertificatePath) -> Result<CertificateId, ApiError> {
    let unknown = |_| ApiError::refused(Condition::UnknownCertificate);
    path.certificate_id.parse().map_err(unknown)
}
