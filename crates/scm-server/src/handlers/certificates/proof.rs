//! From the texts of an import or a replacement to a proved bundle, or to everything that is wrong.

use scm_model::{
    Condition, Revision, Rule, Violation, Violations,
    certificates::{CertificateImport, CertificateReplacement},
};
use scm_pki::{Bundle, VerifiedBundle};
use scm_store::EnterpriseProject;

use crate::{context::Context, error::ApiError};

/// The bundle of an import.
///
/// # Errors
/// Every finding about the bundle, and whatever else this server does not take.
pub fn of_import(ctx: &Context, import: &CertificateImport) -> Result<VerifiedBundle, ApiError> {
    let chain = import.certificate_chain.as_deref();
    let bundle = read(ctx, &import.certificate, chain, import.private_key.secret_str());
    judge(ctx, allowed(ctx.revision(), import), bundle)
}

/// The bundle of a replacement.
///
/// # Errors
/// Every finding about the bundle, and whatever else this server does not take.
pub fn of_replacement(
    ctx: &Context,
    replacement: &CertificateReplacement,
) -> Result<VerifiedBundle, ApiError> {
    let chain = replacement.certificate_chain.as_deref();
    let bundle = read(ctx, &replacement.certificate, chain, replacement.private_key.secret_str());
    let length =
        Violations::unless_empty(ctx.revision().narrow_certificate(&replacement.certificate));
    judge(ctx, length.map_err(ApiError::from), bundle)
}

/// Why verifiers would reject the bundle, one sentence each.
pub fn warnings(bundle: &VerifiedBundle) -> Vec<String> {
    bundle.warnings().iter().map(|warning| format!("{warning}.")).collect()
}

/// The enterprise project that is named; empty counts as absent.
pub fn enterprise_project(id: Option<String>) -> EnterpriseProject {
    id.filter(|id| !id.is_empty()).map(EnterpriseProject::new).unwrap_or_default()
}

/// `0`, or the published form of an id; empty counts as absent.
pub fn is_enterprise_project(id: &str) -> bool {
    let groups: Vec<_> = id.split('-').collect();
    let small = |c: char| c.is_ascii_digit() || c.is_ascii_lowercase();
    let lengths = groups.iter().map(|group| group.len());
    id.is_empty()
        || id == "0"
        || lengths.eq([8, 4, 4, 4, 12]) && groups.iter().all(|group| group.chars().all(small))
}

fn read(ctx: &Context, certificate: &str, chain: Option<&str>, key: &str) -> Bundle {
    ctx.verifier().read(certificate, chain.unwrap_or_default(), key)
}

fn judge(
    ctx: &Context,
    allowed: Result<(), ApiError>,
    bundle: Bundle,
) -> Result<VerifiedBundle, ApiError> {
    let proved = ctx.verifier().verify(bundle, ctx.now()).map_err(ApiError::from);
    match (allowed, proved) {
        (Ok(()), proved) => proved,
        (Err(refusal), Ok(_)) => Err(refusal),
        (Err(refusal), Err(findings)) => Err(refusal.and(findings)),
    }
}

/// What the wire takes, but this server's revision, or this server, does not.
fn allowed(revision: Revision, import: &CertificateImport) -> Result<(), ApiError> {
    let mut violations = revision.narrow(import);
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
