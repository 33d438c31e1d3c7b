//! The server's binary: settings, log, signals, exit code, and all that is printed.

use std::{
    error::Error,
    io::{self, Write as _},
    process::ExitCode,
    sync::Arc,
};

use rustix::process::{Resource, Rlimit, setrlimit};
use scm_server::{
    Arguments, Clock as _, Config, Output, Server, SystemClock, Task, administer, init_log,
};
use tokio::signal::unix::{SignalKind, signal};

/// Wipes memory when it is given back: buffers of hyper and serde hold copies of private keys, which
/// no type of ours could wipe.
#[global_allocator]
static ALLOCATOR: zeroizing_alloc::ZeroAlloc<mimalloc::MiMalloc> =
    zeroizing_alloc::ZeroAlloc(mimalloc::MiMalloc);

fn main() -> ExitCode {
    match forbid_core_dumps().map_err(Into::into).and_then(|()| run()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            print_error(&*error);
            ExitCode::FAILURE
        }
    }
}

/// A core dump would hold master keys and private keys in plain text.
fn forbid_core_dumps() -> io::Result<()> {
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    #[cfg(target_os = "linux")]
    rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable)?;
    Ok(())
}

#[tokio::main]
async fn run() -> Result<(), Box<dyn Error>> {
    match Arguments::of_process().task()? {
        Task::Serve(config) => serve(*config).await,
        Task::Administer(arguments) => {
            let output = administer(arguments, SystemClock.now()).await?;
            print(&output).map_err(|error| format!("cannot print the result: {error}").into())
        }
    }
}

async fn serve(config: Config) -> Result<(), Box<dyn Error>> {
    init_log(&config.log, config.log_format)?;
    let revision = config.api_revision;
    let (data_dir, store) = (config.data_dir.clone(), config.location()?);
    let server = Server::start(config, Arc::new(SystemClock)).await?;
    let address = server.address();
    // Before the log shows that the server listens: a supervisor may stop it from then on.
    let stop = stop_signal()?;
    tracing::info!(
        %address,
        %revision,
        data_dir = %data_dir.display(),
        %store,
        version = env!("CARGO_PKG_VERSION"),
        "listening"
    );
    server.serve(stop).await;
    tracing::info!("stopped");
    Ok(())
}

/// Comes back on SIGTERM or Ctrl-C.
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    // Without TLS there is nothing to read again, and no reason to end either.
    let _ignored = signal(SignalKind::hangup())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping");
    })
}

/// Writes the result to standard output, and the notes to standard error.
fn print(output: &Output) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(output.result.secret_str().as_bytes())?;
    out.flush()?;
    for note in &output.notes {
        // The command is done, even if no one reads its output.
        let _ = writeln!(io::stderr(), "{note}");
    }
    Ok(())
}

#[expect(clippy::print_stderr, reason = "the log may not be there yet")]
fn print_error(error: &(dyn Error + 'static)) {
    eprintln!("scm-server: {error}");
    let mut cause = error.source();
    while let Some(error) = cause {
        eprintln!("  because: {error}");
        cause = error.source();
    }
}
