//! `scm set`: changes name and description of a certificate.

use std::process::ExitCode;

use scm_model::certificates::CertificateUpdate;
use time::OffsetDateTime;

use crate::{args::Set, error::CliError, output, server};

/// Changes name and description, and prints the result.
pub(super) async fn run(args: Set, now: OffsetDateTime) -> Result<ExitCode, CliError> {
    let client = server::client(&args.server)?;
    let update = CertificateUpdate { name: args.name, description: args.description };
    let detail = client.update_certificate(args.certificate_id, update).await;
    let detail = detail.map_err(CliError::changing)?;
    if args.json {
        output::json(&detail);
    } else {
        output::result(&output::detail(&detail, now));
    }
    Ok(ExitCode::SUCCESS)
}
