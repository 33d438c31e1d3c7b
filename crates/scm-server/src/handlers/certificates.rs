//! Certificates: import, show.

use scm_model::{
    Call, Condition, Rule, Violation, Violations,
    api::{ImportCertificate, ShowCertificate},
    certificates::{CertificateDetail, CertificateImport, ImportedCertificate},
};
use scm_pki::{Bundle, VerifiedBundle};
use scm_store::{CertificateId, EnterpriseProject, NewCertificate};

use crate::{auth::Caller, ctx::Ctx, error::ApiError, view};

/// Keeps a bundle once every check has passed.
pub async fn import(
    ctx: Ctx,
    caller: Caller,
    call: Call<ImportCertificate>,
) -> Result<ImportedCertificate, ApiError> {
    let bundle = prove(&ctx, &call.body)?;
    let project = &caller.actor.project;
    let id = ctx.ids().next().await?;
    let sealed = ctx.keyring().seal(&id.to_string(), project.as_str(), bundle.key());
    let mut certificate = NewCertificate::new(id, call.body.name, bundle, sealed, ctx.now())
        .in_enterprise_project(enterprise_project(call.body.enterprise_project_id));
    if call.body.duplicate_check == Some(true) {
        certificate = certificate.refuse_duplicate();
    }
    ctx.store().keep(&caller.actor, certificate).await?;
    Ok(ImportedCertificate { certificate_id: id.to_string() })
}

/// Everything that is kept of one certificate but its key.
pub async fn show(
    ctx: Ctx,
    caller: Caller,
    call: Call<ShowCertificate>,
) -> Result<CertificateDetail, ApiError> {
    let unknown = |_| ApiError::refused(Condition::UnknownCertificate);
    let id: CertificateId = call.path.certificate_id.parse().map_err(unknown)?;
    let record = ctx.store().certificate(&caller.actor.project, id).await?;
    Ok(view::certificate(record, ctx.now()))
}

/// The bundle of an import, or everything that is wrong with the import.
fn prove(ctx: &Ctx, import: &CertificateImport) -> Result<VerifiedBundle, ApiError> {
    let chain = import.certificate_chain.as_deref().unwrap_or_default();
    let bundle = Bundle::read(&import.certificate, chain, import.private_key.secret_str());
    let proved = ctx.verifier().verify(bundle, ctx.now()).map_err(ApiError::from);
    match (allowed(ctx, import), proved) {
        (Ok(()), proved) => proved,
        (Err(refusal), Ok(_)) => Err(refusal),
        (Err(refusal), Err(findings)) => Err(refusal.and(findings)),
    }
}

/// What the wire takes, but this server's revision, or this server, does not.
fn allowed(ctx: &Ctx, import: &CertificateImport) -> Result<(), ApiError> {
    let mut violations = ctx.revision().narrow(import);
    if !import.enterprise_project_id.as_deref().is_none_or(is_enterprise_project) {
        let words = "`0` or an id of the form 8-4-4-4-12 of digits and lower-case letters";
        violations.push(Violation::new("enterprise_project_id", Rule::Pattern(words)));
    }
    let wire = Violations::unless_empty(violations).map_err(ApiError::from);
    match (wire, no_sm2(import)) {
        (Err(wire), Err(sm2)) => Err(wire.and(sm2)),
        (wire, sm2) => wire.and(sm2),
    }
}

fn no_sm2(import: &CertificateImport) -> Result<(), ApiError> {
    let certificate = import.enc_certificate.as_deref().unwrap_or_default();
    let key = import.enc_private_key.as_ref().map_or("", |key| key.secret_str());
    if certificate.is_empty() && key.is_empty() {
        return Ok(());
    }
    let detail = "enc_certificate, enc_private_key: SM2 certificates are not supported yet; leave \
                  both out and import an RSA, ECDSA or Ed25519 certificate.";
    Err(ApiError::refused_because(Condition::Weak, detail))
}

/// `0`, or the published form of an id; empty counts as absent.
fn is_enterprise_project(id: &str) -> bool {
    let groups: Vec<_> = id.split('-').collect();
    let small = |c: char| c.is_ascii_digit() || c.is_ascii_lowercase();
    let lengths = groups.iter().map(|group| group.len());
    id.is_empty()
        || id == "0"
        || lengths.eq([8, 4, 4, 4, 12]) && groups.iter().all(|group| group.chars().all(small))
}

fn enterprise_project(id: Option<String>) -> EnterpriseProject {
    id.filter(|id| !id.is_empty()).map(EnterpriseProject::new).unwrap_or_default()
}
