//! `scm show`: what a server keeps of a certificate.

use std::process::ExitCode;

use time::OffsetDateTime;

use super::wait_for;
use crate::{args::Show, output, server, trouble::Trouble};

/// Prints everything but the private key.
pub(super) fn run(args: &Show, now: OffsetDateTime) -> Result<ExitCode, Trouble> {
    let client = server::client(&args.server)?;
    let detail = wait_for(client.show_certificate(&args.certificate_id))?;
    if args.json {
        output::json(&detail);
    } else {
        output::result(&output::detail(&detail, now));
    }
    Ok(ExitCode::SUCCESS)
}
