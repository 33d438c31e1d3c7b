//! What a process has used, as the operating system counts it.

use std::{fs, io, time::Duration};

/// Clock ticks a second in `/proc`: fixed for programs, whatever the kernel itself uses.
const TICKS: u64 = 100;

/// The processor time of a process with all its threads, those that have ended too.
pub fn cpu(pid: u32) -> io::Result<Duration> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The second field, in parentheses, may hold anything.
    let fields: Vec<_> =
        stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<u64>().ok());
    let (user, system) = ticks(11).zip(ticks(12)).ok_or(io::ErrorKind::InvalidData)?;
    Ok(Duration::from_millis((user + system) * 1000 / TICKS))
}

/// The memory of a process that is in RAM, in MiB.
pub fn memory(pid: u32) -> io::Result<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
    kib.map(|kib| kib / 1024.0).ok_or_else(|| io::ErrorKind::InvalidData.into())
}
