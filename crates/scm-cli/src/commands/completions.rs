//! `scm completions`: prints completion scripts.

use std::process::ExitCode;

use clap::CommandFactory as _;

use crate::{
    args::{Args, Completions},
    output,
};

/// Prints the script for a shell.
pub(super) fn run(args: &Completions) -> ExitCode {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Args::command(), "scm", &mut script);
    output::result(&String::from_utf8_lossy(&script));
    ExitCode::SUCCESS
}
