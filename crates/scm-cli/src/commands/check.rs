//! `scm check`: the server's verdict, without a server.

use std::process::ExitCode;

use scm_pki::Policy;
use time::OffsetDateTime;

use crate::{args::Check, judgement::judge, output, sources, trouble::Trouble};

/// Prints what was found, and everything that is wrong with it.
pub(super) fn run(args: &Check, now: OffsetDateTime) -> Result<ExitCode, Trouble> {
    let sources = sources::read_all(&args.bundle.files)?;
    let policy = Policy::default()
        .with_accept_expired(args.bundle.accept_expired)
        .with_require_chain(args.require_chain);
    let judgement = judge(&sources, policy, now);
    output::result(&output::report(&judgement, now));
    Ok(if judgement.sound.is_some() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}
