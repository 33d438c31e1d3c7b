//! What `scm` can do, one file per command.

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
    judgement::{Judgement, Sound, judge},
    output, sources,
    trouble::Trouble,
};

/// Does what the command line asks. `now` is the time that dates are judged by.
pub(crate) fn run(command: Command, now: OffsetDateTime) -> Result<ExitCode, Trouble> {
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

/// Waits for a command that talks to a server.
fn wait_for(command: impl Future<Output = Result<ExitCode, Trouble>>) -> Result<ExitCode, Trouble> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(Trouble::Runtime)?.block_on(command)
}

/// A bundle to send, judged here first, so that mistakes are told before anything is sent: they are,
/// where nothing is given back.
fn sound(bundle: &Bundle, now: OffsetDateTime) -> Result<Option<(Judgement, Sound)>, Trouble> {
    let sources = sources::read_all(&bundle.files)?;
    let mut judgement = judge(&sources, bundle.policy(), now);
    let sound = judgement.sound.take();
    if sound.is_none() {
        output::note(&output::report(&judgement, now));
        output::note("\nNothing was sent.");
    }
    Ok(sound.map(|sound| (judgement, sound)))
}
