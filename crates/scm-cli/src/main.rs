//! `scm`, the hand tool of SCM: checks certificates offline, imports them, lists, exports, renews and
//! deletes what is kept.
//!
//! A command takes its arguments and gives back what is to be said; only [`output`] prints. Left
//! out: everything that a server does; the judgement of certificates, which is scm-pki's.

mod args;
mod commands;
mod judgement;
mod moment;
mod output;
mod private_files;
mod server;
mod sources;
mod trouble;

use std::{alloc::System, process::ExitCode};

use clap::Parser as _;
use time::OffsetDateTime;
use zeroizing_alloc::ZeroAlloc;

/// Wipes what it frees: the libraries that read, encode and send a private key keep copies.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

fn main() -> ExitCode {
    let args = args::Args::parse();
    match commands::run(args.command, OffsetDateTime::now_utc()) {
        Ok(code) => code,
        Err(trouble) => output::trouble(&trouble),
    }
}
