//! `scm show`: shows the details of a certificate.

use std::process::ExitCode;

use time::OffsetDateTime;

use crate::{args::Show, error::CliError, output, server};

/// Prints the details, which do not include the private key.
pub(super) async fn run(args: Show, now: OffsetDateTime) -> Result<ExitCode, CliError> {
    let client = server::client(&args.server)?;
    let detail = client.show_certificate(args.certificate_id).await?;
    if args.json {
        output::json(&detail);
    } else {
        output::result(&output::detail(&detail, now));
    }
    Ok(ExitCode::SUCCESS)
}
