//! What `scm` can do, one file per command.

mod check;
mod import;
mod show;

use std::{future::Future, process::ExitCode};

use time::OffsetDateTime;

use crate::{args::Command, trouble::Trouble};

/// Does what the command line asks. `now` is the time that dates are judged by.
pub(crate) fn run(command: Command, now: OffsetDateTime) -> Result<ExitCode, Trouble> {
    match command {
        Command::Check(args) => check::run(&args, now),
        Command::Import(args) => import::run(args, now),
        Command::Show(args) => show::run(&args, now),
    }
}

/// Waits for an answer of the server.
fn wait_for<T>(answer: impl Future<Output = Result<T, scm_client::Error>>) -> Result<T, Trouble> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    Ok(runtime.map_err(Trouble::Runtime)?.block_on(answer)?)
}
