//! The server that is measured: the release binary, as a process of its own with a store of its own.

use std::{
    fs::{self, File},
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};
use scm_model::Credentials;

use crate::{Failed, measure::Target, process};

/// A running server.
#[derive(Debug)]
pub struct Server {
    child: Child,
    /// Where it listens, `ADDRESS:PORT`.
    pub address: String,
    /// What its first start gave its administrator.
    pub credentials: Credentials,
    /// How long it took until it listened.
    pub ready_after: Duration,
}

impl Server {
    /// Starts the binary on a folder, with further flags; its log goes to a file in the folder.
    pub fn start(binary: &Path, folder: &Path, flags: &[String]) -> Result<Self, Failed> {
        let log = folder.join("bench.log");
        let mut command = Command::new(binary);
        command.args(["serve", "--listen=127.0.0.1:0", "--log-format=json"]).args(flags);
        command.arg("--data-dir").arg(folder.join("data"));
        command.stderr(File::create(&log)?).stdin(Stdio::null()).stdout(Stdio::null());
        let started = Instant::now();
        let mut child =
            command.spawn().map_err(|error| format!("{}: {error}", binary.display()))?;
        let Some(address) = listens(&log, &mut child) else {
            return Err(fs::read_to_string(log)?.into());
        };
        let ready_after = started.elapsed();
        let credentials = fs::read(folder.join("data/credentials.json"))?;
        let credentials = serde_json::from_slice(&credentials)?;
        Ok(Self { child, address, credentials, ready_after })
    }

    /// The process as the target of a load.
    pub fn target(&self) -> Target<'_> {
        Target { address: &self.address, pid: self.child.id() }
    }

    /// The memory that it has, MiB.
    pub fn memory(&self) -> Result<f64, Failed> {
        Ok(process::memory(self.child.id())?)
    }

    /// Kills it (SIGKILL): for it, a power failure.
    pub fn kill(mut self) -> Result<(), Failed> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Stops it in good order.
    pub fn stop(mut self) -> Result<(), Failed> {
        kill_process(Pid::from_child(&self.child), Signal::TERM)?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail only if it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The address in the log, or nothing if the server ends.
fn listens(log: &Path, child: &mut Child) -> Option<String> {
    loop {
        if let Some(address) = logged(log) {
            return Some(address);
        }
        if child.try_wait().ok()?.is_some() {
            return None;
        }
        std::thread::sleep(Duration::from_micros(200));
    }
}

fn logged(log: &Path) -> Option<String> {
    let lines = BufReader::new(File::open(log).ok()?).lines().map_while(Result::ok);
    lines.filter_map(|line| serde_json::from_str::<serde_json::Value>(&line).ok()).find_map(
        |event| {
            let listening = event["message"] == "listening";
            listening.then(|| event["address"].as_str().map(str::to_owned)).flatten()
        },
    )
}

/// Where a build put the server.
pub fn built() -> PathBuf {
    let bench = std::env::current_exe().expect("a program knows where it is");
    bench.with_file_name("scm-server")
}
