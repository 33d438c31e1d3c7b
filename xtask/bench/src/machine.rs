//! The machine that measures: what it is, how busy it is, how fast its disk is.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::Path,
    time::Instant,
};

use serde::Serialize;

/// What one ought to know about a machine to read its figures.
#[derive(Debug, Clone, Serialize)]
pub struct Machine {
    /// The processor's name.
    pub processor: String,
    /// How many of them there are.
    pub cores: usize,
    /// The kernel.
    pub kernel: String,
    /// How much else it was doing when the run began: the load average of a minute.
    pub load: f64,
}

impl Machine {
    /// This one, now.
    pub fn here() -> io::Result<Self> {
        let cpus = fs::read_to_string("/proc/cpuinfo")?;
        let named = cpus.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
        let kernel = fs::read_to_string("/proc/sys/kernel/osrelease")?.trim().to_owned();
        let processor = named.map_or("unknown", |(_, name)| name).to_owned();
        let cores = std::thread::available_parallelism()?.get();
        Ok(Self { processor, cores, kernel, load: load()? })
    }
}

/// The load average of the last minute.
pub fn load() -> io::Result<f64> {
    let text = fs::read_to_string("/proc/loadavg")?;
    let first = text.split_whitespace().next().and_then(|first| first.parse().ok());
    first.ok_or_else(|| io::ErrorKind::InvalidData.into())
}

/// How long it takes to add 16 KiB to a file and have them on the disk: the median of 101, in ms.
pub fn fsync(folder: &Path) -> io::Result<f64> {
    let mut file = File::create(folder.join("fsync"))?;
    let mut times = Vec::new();
    for _ in 0..101 {
        let started = Instant::now();
        file.write_all(&[7; 16 << 10])?;
        file.sync_data()?;
        times.push(started.elapsed());
    }
    times.sort_unstable();
    Ok(times[50].as_secs_f64() * 1e3)
}
