//! The server as it is built, running for as long as a chore needs it.

use std::{
    io::{self, BufRead, BufReader, Read},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
};

use crate::{root::binary, run::line};

/// A server, stopped when dropped.
pub struct Server {
    process: Child,
    /// Where it answers.
    pub address: String,
}

impl Server {
    /// Starts it on a folder, on a free port of this machine, and waits until it listens.
    pub fn start(data: &Path) -> Result<Self, String> {
        Self::start_with(data, &[])
    }

    /// Starts it with further flags.
    pub fn start_with(data: &Path, flags: &[&str]) -> Result<Self, String> {
        let mut command = Command::new(binary("scm-server"));
        command.args(["serve", "--listen", "127.0.0.1:0", "--log-format", "json", "--data-dir"]);
        command.arg(data).args(flags).stderr(Stdio::piped());
        let mut process =
            command.spawn().map_err(|error| format!("{}: {error}", line(&command)))?;
        let mut log = BufReader::new(process.stderr.take().expect("standard error is piped"));
        let mut entries = Vec::new();
        for entry in log.by_ref().lines().map_while(Result::ok) {
            let event: serde_json::Value = serde_json::from_str(&entry).unwrap_or_default();
            if let (Some("listening"), Some(address)) =
                (event["message"].as_str(), event["address"].as_str())
            {
                let address = address.to_owned();
                // Read to its end, or the server would wait until the pipe has room.
                thread::spawn(move || io::copy(&mut log, &mut io::sink()));
                return Ok(Self { process, address });
            }
            entries.push(entry);
        }
        Err(format!("the server did not start:\n{}", entries.join("\n")))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _already_gone = self.process.kill();
        let _whatever_it_says = self.process.wait();
    }
}
