//! `scm replace`: replaces a certificate by a renewed one under its id.

use std::process::ExitCode;

use scm_model::certificates::{CertificateDetail, CertificateReplacement, Warned};
use time::OffsetDateTime;

use super::sound;
use crate::{args::Replace, error::CliError, judgement::Judgement, output, server};

/// Replaces a certificate, and prints the end of validity before and after.
pub(super) async fn run(args: Replace, now: OffsetDateTime) -> Result<ExitCode, CliError> {
    let Some((judgement, sound)) = sound(&args.bundle, now)? else {
        return Ok(ExitCode::from(1));
    };
    let client = server::client(&args.server)?;
    let before = client.show_certificate(&args.certificate_id).await?;
    output::notes(&judgement.notes);
    output::notes(&lost_names(&before, &judgement));
    let replacement = CertificateReplacement::new(sound.certificate, sound.private_key)
        .with_chain(sound.certificate_chain);
    let after = client.replace_certificate(args.certificate_id, replacement).await;
    let Warned { reply: after, warnings } = after.map_err(CliError::changing)?;
    output::notes(judgement.new_warnings(&warnings));
    if args.json {
        output::json(&after);
    } else {
        output::result(&output::replaced(&before, &after, now));
    }
    Ok(ExitCode::SUCCESS)
}

/// A note on names that the new certificate does not have. Connections to them would fail.
fn lost_names(before: &CertificateDetail, judgement: &Judgement) -> Option<String> {
    let names = judgement.links.first()?.certificate.names().ok()?;
    let present: Vec<_> = names.iter().map(|name| name.to_ascii_lowercase()).collect();
    let is_lost = |name: &&String| !present.contains(&name.to_ascii_lowercase());
    let lost: Vec<_> = before.names.iter().filter(is_lost).map(String::as_str).collect();
    let lacks = || format!("the new certificate does not include {}", lost.join(", "));
    (!lost.is_empty()).then(lacks)
}
