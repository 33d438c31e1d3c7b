//! `scm`, the command line tool of SCM: checks certificates offline; imports, lists, exports, renews and
//! deletes the certificates of a server.
//!
//! Only [`output`] prints. The rules for certificates are in scm-pki.

mod args;
mod commands;
mod error;
mod judgement;
mod moment;
mod output;
mod private_files;
mod server;
mod sources;

use std::{alloc::System, process::ExitCode};

use clap::Parser as _;
use time::OffsetDateTime;
use zeroizing_alloc::ZeroAlloc;

/// Wipes freed memory: the libraries that read, encode and send a private key make copies of it.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

fn main() -> ExitCode {
    let args = args::Args::parse();
    match commands::run(args.command, OffsetDateTime::now_utc()) {
        Ok(code) => code,
        Err(error) => output::error(&error),
    }
}
