//! `scm check`: checks a bundle offline.

use std::process::ExitCode;

use time::OffsetDateTime;

use crate::{args::Check, error::CliError, judgement::judge, output, sources};

/// Prints the content of the files and all problems.
pub(super) fn run(args: &Check, now: OffsetDateTime) -> Result<ExitCode, CliError> {
    let sources = sources::read_all(&args.bundle.files)?;
    let policy = args.bundle.policy().with_require_chain(args.require_chain);
    let judgement = judge(&sources, policy, now);
    output::result(&output::report(&judgement, now));
    Ok(if judgement.sound.is_some() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}
