//! The server's binary: settings, log, signals, exit code.

use std::{error::Error, io, process::ExitCode, sync::Arc};

use clap::Parser;
use scm_server::{Arguments, Server, SystemClock, init_log};
use tokio::signal::unix::{SignalKind, signal};

/// Wipes memory when it is given back: buffers of hyper and serde hold copies of private keys, which
/// no type of ours could wipe.
#[global_allocator]
static ALLOCATOR: zeroizing_alloc::ZeroAlloc<std::alloc::System> =
    zeroizing_alloc::ZeroAlloc(std::alloc::System);

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tell(&*error);
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn run() -> Result<(), Box<dyn Error>> {
    let config = Arguments::parse().config()?;
    init_log(&config.log, config.log_format)?;
    let revision = config.api_revision;
    let data_dir = config.data_dir.clone();
    let server = Server::start(config, Arc::new(SystemClock)).await?;
    let address = server.address();
    tracing::info!(
        %address,
        %revision,
        data_dir = %data_dir.display(),
        version = env!("CARGO_PKG_VERSION"),
        "listening"
    );
    server.serve(told_to_stop()?).await;
    tracing::info!("stopped");
    Ok(())
}

/// Comes back on SIGTERM or Ctrl-C.
fn told_to_stop() -> io::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping");
    })
}

#[expect(clippy::print_stderr, reason = "the log may not be there yet")]
fn tell(error: &(dyn Error + 'static)) {
    eprintln!("scm-server: {error}");
    let mut cause = error.source();
    while let Some(error) = cause {
        eprintln!("  because: {error}");
        cause = error.source();
    }
}
