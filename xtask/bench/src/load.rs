//! Load: connections that each send the next request as soon as the last is answered.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::task::JoinSet;

use crate::connection::{Connection, Prepared, Reply};

/// The requests, which come round again and again.
pub type Requests = Arc<Vec<Prepared>>;

/// What is done with each good answer.
pub type Look = Arc<dyn Fn(&Reply) + Send + Sync>;

/// Ignores the answers.
pub fn nothing() -> Look {
    Arc::new(|_| ())
}

/// The result of a load.
#[derive(Debug, Default)]
pub struct Outcome {
    /// How long it took.
    pub took: Duration,
    /// How long each answer took, those with status 2xx, sorted.
    pub latencies: Vec<Duration>,
    /// The other answers, by how long they took.
    pub refused: Vec<Refusal>,
    /// Lines that broke.
    pub broken: usize,
}

/// An answer that was none of the good ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Refusal {
    /// How long it took.
    pub after: Duration,
    /// Its status.
    pub status: u16,
    /// Whether it says when to come again.
    pub has_retry_after: bool,
}

impl Outcome {
    /// Good answers a second.
    pub fn rate(&self) -> f64 {
        self.latencies.len() as f64 / self.took.as_secs_f64()
    }

    /// The latency that this share of the good answers does not exceed, in ms.
    pub fn quantile(&self, share: f64) -> f64 {
        let last = self.latencies.len().saturating_sub(1);
        let at = (last as f64 * share).round() as usize;
        self.latencies.get(at).map_or(f64::NAN, |latency| latency.as_secs_f64() * 1e3)
    }
}

/// Sends requests on all connections for `time`.
pub async fn run(
    lines: Vec<Connection>,
    time: Duration,
    requests: &Requests,
    look: &Look,
) -> Outcome {
    let next = Arc::new(AtomicUsize::new(0));
    let started = Instant::now();
    let mut tasks = JoinSet::new();
    for line in lines {
        let (next, requests, look) = (Arc::clone(&next), Arc::clone(requests), Arc::clone(look));
        tasks.spawn(on_one(line, started + time, next, requests, look));
    }
    let mut outcome = Outcome::default();
    while let Some(ended) = tasks.join_next().await {
        let part = ended.expect("a line does not panic");
        outcome.latencies.extend(part.latencies);
        outcome.refused.extend(part.refused);
        outcome.broken += part.broken;
    }
    outcome.took = started.elapsed();
    outcome.latencies.sort_unstable();
    outcome.refused.sort_unstable();
    outcome
}

async fn on_one(
    mut line: Connection,
    end: Instant,
    next: Arc<AtomicUsize>,
    requests: Requests,
    look: Look,
) -> Outcome {
    let mut outcome = Outcome::default();
    let mut sent = Instant::now();
    while sent < end {
        let nth = next.fetch_add(1, Ordering::Relaxed) % requests.len();
        let answered: io::Result<Reply> = line.ask(&requests[nth]).await;
        let now = Instant::now();
        match answered {
            Ok(reply) if (200..300).contains(&reply.status) => {
                look(&reply);
                outcome.latencies.push(now - sent);
            }
            Ok(Reply { status, has_retry_after, .. }) => {
                outcome.refused.push(Refusal { after: now - sent, status, has_retry_after });
            }
            Err(_) => {
                outcome.broken += 1;
                return outcome;
            }
        }
        sent = now;
    }
    outcome
}
