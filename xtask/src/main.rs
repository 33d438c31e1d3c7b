//! The chores of this project: `cargo xtask --help` lists them.

mod advisories;
mod bench;
mod clients;
mod demo;
mod docs;
mod libraries;
mod openapi;
mod root;
mod run;
mod schemathesis;
mod series;
mod server;
mod test;
mod tidy;
mod tools;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

/// The chores of this project.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Debug, Subcommand)]
enum Chore {
    /// See the main job: build, start a server, make a certificate and import it
    Demo,
    /// Run every check there is, as continuous integration does
    Test,
    /// Write `openapi/` from the model
    Openapi {
        /// Change nothing; fail if what is there is stale, or breaks clients of the last release
        #[arg(long)]
        check: bool,
        /// For a release: make this document what the next ones are compared with
        #[arg(long, conflicts_with = "check")]
        release: bool,
    },
    /// Check what the libraries promise: what comes with them, their packages, what programs may name
    Libraries {
        /// For a release: make what programs may name now what the next ones are compared with
        #[arg(long)]
        release: bool,
    },
    /// Ask a server all that schemathesis makes of the document
    Schemathesis {
        /// Another seed draws other examples
        #[arg(long, default_value_t = schemathesis::SEED)]
        seed: u32,
        /// How many examples of each operation; the more, the longer it takes
        #[arg(long, default_value_t = schemathesis::EXAMPLES)]
        examples: u32,
    },
    /// Renew the API reference's parts from the pinned package, look at it in Chromium, take a picture
    Docs,
    /// Generate clients from the document, compile them and let them work for a real server
    Clients {
        /// Which; all if none is named
        names: Vec<String>,
    },
    /// Measure how fast the server is: the limit of this machine, imports, reads, peers, overload, growth
    #[command(disable_help_flag = true)]
    Bench {
        /// See `cargo xtask bench --help`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Compare the crates in `Cargo.lock` with the snapshot of security advisories
    Advisories {
        /// Renew the snapshot from a clone of <https://github.com/rustsec/advisory-db> instead
        #[arg(long)]
        from: Option<PathBuf>,
    },
    /// Check the shape of the workspace: dependencies between crates and modules, files, words
    Tidy,
}

fn main() -> ExitCode {
    let done = match Arguments::parse().chore {
        Chore::Demo => demo::demo(),
        Chore::Test => test::test(),
        Chore::Openapi { check: true, .. } => {
            openapi::openapi(true).and_then(|()| openapi::keeps_promises())
        }
        Chore::Openapi { release: true, .. } => {
            openapi::openapi(false).and_then(|()| openapi::release())
        }
        Chore::Openapi { .. } => openapi::openapi(false),
        Chore::Libraries { release: true } => libraries::release(),
        Chore::Libraries { release: false } => libraries::light()
            .and_then(|()| libraries::packages())
            .and_then(|()| libraries::keeps_interface()),
        Chore::Schemathesis { seed, examples } => schemathesis::schemathesis(seed, examples),
        Chore::Docs => docs::docs(),
        Chore::Clients { names } => clients::clients(&names),
        Chore::Bench { arguments } => bench::bench(&arguments),
        Chore::Advisories { from: Some(from) } => advisories::refresh(&from),
        Chore::Advisories { from: None } => tools::deny().and_then(|deny| advisories::check(&deny)),
        Chore::Tidy => tidy::tidy(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            run::tell(&format!("\n{why}"));
            ExitCode::FAILURE
        }
    }
}
