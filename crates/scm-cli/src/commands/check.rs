//! `scm check`: the server's verdict, without a server.

use std::process::ExitCode;

use time::OffsetDateTime;

use crate::{args::Check, judgement::judge, output, sources, trouble::Trouble};

/// Prints what was found, and everything that is wrong with it.
pub(super) fn run(args: &Check, now: OffsetDateTime) -> Result<ExitCode, Trouble> {
    let sources = sources::read_all(&args.bundle.files)?;
    let policy = args.bundle.policy().with_require_chain(args.require_chain);
    let judgement = judge(&sources, policy, now);
    output::result(&output::report(&judgement, now));
    Ok(if judgement.sound.is_some() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}
