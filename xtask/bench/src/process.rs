//! What a process has used, as the operating system counts it.

use std::{fs, io, time::Duration};

/// Clock ticks a second in `/proc`: fixed for programs, whatever the kernel itself uses.
const TICKS: u64 = 100;

/// The processor time of a process with all its threads, those that have ended too.
pub fn cpu(pid: u32) -> io::Result<Duration> {
    Ok(of_ticks(Stat::of(pid)?.own))
}

/// The processor time of a process and those that it started, whether or not they still run.
pub fn cpu_of_all(pid: u32) -> io::Result<Duration> {
    let mut all = Stat::of(pid)?.with_ended_children();
    for entry in fs::read_dir("/proc")? {
        let name = entry?.file_name();
        let Some(other) = name.to_str().and_then(|name| name.parse().ok()) else { continue };
        // One that has ended meanwhile counts with its parent the next time.
        all += Stat::of(other).ok().filter(|stat| stat.parent == pid).map_or(0, |stat| stat.own);
    }
    Ok(of_ticks(all))
}

/// The figures of `/proc` for a process.
struct Stat {
    parent: u32,
    own: u64,
    ended_children: u64,
}

impl Stat {
    fn of(pid: u32) -> io::Result<Self> {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
        // The second field, in parentheses, may hold anything.
        let fields: Vec<_> =
            stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace().collect();
        let number = |at: usize| {
            let number = fields.get(at).and_then(|field| field.parse::<u64>().ok());
            number.ok_or(io::ErrorKind::InvalidData)
        };
        let parent = u32::try_from(number(1)?).map_err(|_| io::ErrorKind::InvalidData)?;
        let (own, ended) = (number(11)? + number(12)?, number(13)? + number(14)?);
        Ok(Self { parent, own, ended_children: ended })
    }

    fn with_ended_children(&self) -> u64 {
        self.own + self.ended_children
    }
}

fn of_ticks(ticks: u64) -> Duration {
    Duration::from_millis(ticks * 1000 / TICKS)
}

/// The memory of a process that is in RAM, in MiB.
pub fn memory(pid: u32) -> io::Result<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
    kib.map(|kib| kib / 1024.0).ok_or_else(|| io::ErrorKind::InvalidData.into())
}
