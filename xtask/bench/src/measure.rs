//! Load on a process, and what it costs the process.

use std::time::Duration;

use tokio::time::timeout;

use crate::{
    Failed,
    connection::{Connection, Protocol},
    load::{self, Outcome, Refusal, Requests, nothing},
    process,
};

/// How much longer than its time a load may take until its last answers arrive.
const PATIENCE: Duration = Duration::from_secs(120);

/// The target of a load: a process of this machine.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    /// Where it listens.
    pub address: &'a str,
    /// Which process it is.
    pub pid: u32,
}

/// The result of a load.
#[derive(Debug)]
pub struct Measured {
    /// What the clients saw.
    pub outcome: Outcome,
    /// Processor time of the process for each good answer, µs.
    pub cpu: f64,
}

/// Sends requests on so many connections for `time`. A refusal or a broken connection is a failure.
pub async fn measure(
    target: Target<'_>,
    protocol: &Protocol,
    lines: usize,
    time: Duration,
    requests: &Requests,
) -> Result<Measured, Failed> {
    let lines = Connection::open(target.address, protocol, lines).await?;
    let (look, before) = (nothing(), process::cpu(target.pid)?);
    let outcome = timeout(time + PATIENCE, load::run(lines, time, requests, &look)).await?;
    let used = process::cpu(target.pid)? - before;
    if let Some(Refusal { status, .. }) = outcome.refused.first() {
        return Err(format!("{} requests were refused, {status}", outcome.refused.len()).into());
    }
    if outcome.broken > 0 {
        return Err(format!("{} connections broke", outcome.broken).into());
    }
    let cpu = used.as_secs_f64() * 1e6 / outcome.latencies.len() as f64;
    Ok(Measured { outcome, cpu })
}
