//! Exporting a certificate with its chain and its private key.

use scm_model::{Call, api::ExportCertificate, certificates::ExportedCertificate};
use scm_pki::{Certificate, pem};
use scm_seal::Keyring;
use scm_store::{CertificateId, StoredBundle};

use crate::{auth::Caller, context::Context, error::ApiError};

/// The certificate, its chain and its private key. The audit event is on disk before the key is sent;
/// the router records refusals.
pub async fn export(
    ctx: Context,
    caller: Caller,
    call: Call<ExportCertificate>,
) -> Result<ExportedCertificate, ApiError> {
    let id = super::id(&call.path)?;
    let keyring = ctx.keyring().await;
    let (_, stored) = ctx.store().export(&caller.actor, id, ctx.now()).await?;
    open(&ctx, &caller, &keyring, id, stored).await
}

async fn open(
    ctx: &Context,
    caller: &Caller,
    keyring: &Keyring,
    id: CertificateId,
    stored: StoredBundle,
) -> Result<ExportedCertificate, ApiError> {
    let leaf = Certificate::from_der(stored.leaf).map_err(ApiError::internal)?;
    let (name, project) = (id.to_string(), caller.actor.project.as_str());
    let key = ctx
        .opened(keyring, |keyring| {
            keyring.unseal(&name, project, leaf.public_key(), &stored.sealed_key)
        })
        .await
        .map_err(ApiError::internal)?;
    let certificate = leaf.to_pem();
    let chain: String = stored.chain.iter().map(|der| pem::encode("CERTIFICATE", der)).collect();
    Ok(ExportedCertificate {
        entire_certificate: format!("{certificate}{chain}"),
        certificate,
        certificate_chain: chain,
        private_key: key.secret_pem().into(),
        enc_certificate: None,
        enc_private_key: None,
    })
}
