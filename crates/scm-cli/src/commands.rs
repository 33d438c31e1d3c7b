//! The commands of `scm`, one file each.

mod check;
mod completions;
mod delete;
mod export;
mod import;
mod list;
mod replace;
mod set;
mod show;

use std::{future::Future, process::ExitCode};

use time::OffsetDateTime;

use crate::{
    args::{Bundle, Command},
    error::CliError,
    judgement::{Judgement, Sound, judge},
    output, sources,
};

/// Runs a command. `now` is the time that validity is checked against.
pub(crate) fn run(command: Command, now: OffsetDateTime) -> Result<ExitCode, CliError> {
    match command {
        Command::Check(args) => check::run(&args, now),
        Command::Import(args) => wait_for(import::run(args, now)),
        Command::List(args) => wait_for(list::run(args, now)),
        Command::Show(args) => wait_for(show::run(args, now)),
        Command::Export(args) => wait_for(export::run(args)),
        Command::Replace(args) => wait_for(replace::run(args, now)),
        Command::Set(args) => wait_for(set::run(args, now)),
        Command::Delete(args) => wait_for(delete::run(args, now)),
        Command::Completions(args) => Ok(completions::run(&args)),
    }
}

/// Waits for a command that sends requests to a server.
fn wait_for(
    command: impl Future<Output = Result<ExitCode, CliError>>,
) -> Result<ExitCode, CliError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(CliError::Runtime)?.block_on(command)
}

/// Checks a bundle before it is sent. Prints the problems and returns `None` if there are any.
fn sound(bundle: &Bundle, now: OffsetDateTime) -> Result<Option<(Judgement, Sound)>, CliError> {
    let sources = sources::read_all(&bundle.files)?;
    let mut judgement = judge(&sources, bundle.policy(), now);
    let sound = judgement.sound.take();
    if sound.is_none() {
        output::note(&output::report(&judgement, now));
        output::note("\nNothing was sent.");
    }
    Ok(sound.map(|sound| (judgement, sound)))
}
