//! How fast the server is: against what the machine allows, against its peers, and with a million
//! certificates stored. `cargo xtask bench` builds and runs it.

mod backend;
mod bare;
mod bare_http;
mod book;
mod bundles;
mod chart;
mod connection;
mod growth;
mod limit;
mod load;
mod machine;
mod measure;
mod overload;
mod peers;
mod plan;
mod process;
mod ratios;
mod report;
mod scenario;
mod server;
mod tables;
mod tls;
mod verify;

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use clap::Parser;
use tempfile::TempDir;

use backend::{Backend, StoreKind};
use machine::Machine;
use plan::{Bench, Part, Plan};

/// Why something cannot be measured.
pub type Failed = Box<dyn std::error::Error + Send + Sync>;

/// The server's own, so that the limit is measured with what the server has.
#[global_allocator]
static ALLOCATOR: zeroizing_alloc::ZeroAlloc<mimalloc::MiMalloc> =
    zeroizing_alloc::ZeroAlloc(mimalloc::MiMalloc);

/// Measures the server, the limit of this machine, and peers; all by turns.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask bench", bin_name = "cargo xtask bench")]
struct Arguments {
    /// What to measure [default: everything]
    parts: Vec<Part>,
    /// How often to measure everything
    #[arg(long, default_value_t = 5)]
    repeats: usize,
    /// How long to measure each, in seconds
    #[arg(long, default_value_t = 2.0)]
    seconds: f64,
    /// How many certificates are stored while growth is measured
    #[arg(long, value_delimiter = ',', default_values_t = [1_000, 1_000_000])]
    sizes: Vec<u64>,
    /// The backend of the servers' stores
    #[arg(long, default_value = "embedded")]
    store: StoreKind,
    /// Only import, kill the server with SIGKILL, restart it, and look for every acknowledged import
    #[arg(long)]
    verify: bool,
    /// A few seconds of everything: to see that the bench works, not how fast the server is
    #[arg(long)]
    quick: bool,
    /// Where the figures go: bench.md, bench.json and bench.svg, or bench-postgres.… [default: docs, if all
    /// is measured]
    #[arg(long)]
    out: Option<PathBuf>,
    /// Where stores are made while measuring: on the disk that is to be measured
    #[arg(long, default_value = ".")]
    folder: PathBuf,
    /// Where the peers' programs are; without it, none is measured
    #[arg(long)]
    peers: Option<PathBuf>,
    /// Be the bare HTTP server that the limit is measured with
    #[arg(long, hide = true)]
    bare_http: bool,
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tell(&format!("cannot measure: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> Result<(), Failed> {
    if arguments.bare_http {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        return runtime.block_on(bare_http::serve());
    }
    let time = Duration::from_secs_f64(if arguments.quick { 0.2 } else { arguments.seconds });
    if arguments.verify {
        return verified(&arguments.folder, &Backend::new(arguments.store), time);
    }
    let machine = Machine::here()?;
    let quick = arguments.quick;
    let all = plan::all(arguments.store);
    let plan = Plan {
        server: server::built(),
        folder: arguments.folder,
        peers: arguments.peers,
        repeats: if quick { 1 } else { arguments.repeats },
        time,
        sizes: if quick { vec![100, 1000] } else { arguments.sizes },
        backend: Backend::new(arguments.store),
        parts: if arguments.parts.is_empty() { all.clone() } else { arguments.parts },
    };
    let folder = plan.folder.clone();
    let whole = !quick && plan.parts == all && plan.peers.is_some();
    let out = arguments.out.or_else(|| whole.then(|| "docs".into()));
    let (book, backend) = Bench::new(plan)?.run()?;
    let (ratios, name) = match arguments.store {
        StoreKind::Embedded => (ratios::all(&book), "bench"),
        StoreKind::Postgres => (ratios::on_postgres(&book, machine.cores), "bench-postgres"),
    };
    let text = report::markdown(&machine, &book, &ratios);
    say(&text);
    if let Some(out) = out {
        fs::create_dir_all(&out)?;
        let file = |ending| out.join(format!("{name}.{ending}"));
        fs::write(file("md"), format!("# Figures\n\n{text}"))?;
        fs::write(file("json"), report::json(&machine, &book, &ratios))?;
        fs::write(file("svg"), chart::svg(&book))?;
    }
    if quick { verified(&folder, &backend, time) } else { Ok(()) }
}

fn verified(folder: &Path, backend: &Backend, time: Duration) -> Result<(), Failed> {
    const ROUNDS: usize = 3;
    tell(&format!("importing, killing the server, and looking for the imports, {ROUNDS} times"));
    let folder = TempDir::with_prefix_in("bench-", folder)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let server = server::built();
    let site = runtime.block_on(backend.site());
    let verify = verify::verify(&server, folder.path(), &site, ROUNDS, time);
    let verified = runtime.block_on(verify)?;
    let verify::Verified { acknowledged, lost, doubled } = verified;
    say(&format!("{acknowledged} acknowledged, {lost} lost, {doubled} doubled"));
    Ok(verified.check()?)
}

/// Progress.
#[expect(clippy::print_stderr, reason = "the one place that prints progress")]
fn tell(words: &str) {
    eprintln!("{words}");
}

/// Results.
#[expect(clippy::print_stdout, reason = "the one place that prints results")]
fn say(words: &str) {
    println!("{words}");
}
