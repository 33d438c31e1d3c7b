//! Building the index of names, behind the commits: by one server at a time, for all of them.
//!
//! A batch is a transaction like any other. Between full batches it rests, so that those who wait
//! for an answer come first.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use tokio::{
    sync::{Mutex, Notify},
    time::{Instant, sleep, timeout},
};

use super::{
    lease::{LASTS, Lease},
    pool::Pool,
    search,
    transaction::{Isolation, perform},
};
use crate::error::StoreError;

/// How many certificates to index in one transaction.
const BATCH: i64 = 200;
/// How long to wait for more to come.
const PAUSE: Duration = Duration::from_millis(100);
/// How long to wait for news: a server that died may have left something.
const NO_NEWS: Duration = Duration::from_secs(60);
/// How long to wait while another server is at it.
const OTHERS: Duration = Duration::from_secs(1);
/// How many times as long as it worked it rests.
const RESTRAINT: u32 = 7;

/// Knows when there is something to do.
pub(super) struct Indexer {
    news: Arc<Notify>,
    turn: Arc<Turn>,
}

/// One at a time: in this server by a lock, among servers by a lease.
struct Turn {
    here: Mutex<()>,
    lease: Lease,
}

impl Indexer {
    /// Starts the task; it ends when the pool is gone or closed.
    pub(super) fn start(pool: &Arc<Pool>, opened: i64) -> Self {
        let news = Arc::new(Notify::new());
        let lease = Lease { name: "index", holder: opened };
        let turn = Arc::new(Turn { here: Mutex::new(()), lease });
        // Something may be left over from before.
        news.notify_one();
        tokio::spawn(work(Arc::downgrade(pool), Arc::clone(&news), Arc::clone(&turn)));
        Self { news, turn }
    }

    /// To be called when something is pending.
    pub(super) fn nudge(&self) {
        self.news.notify_one();
    }

    /// Indexes everything that is pending now, as soon as no other server is at it.
    pub(super) async fn catch_up(&self, pool: &Arc<Pool>) -> Result<u64, StoreError> {
        let started = Instant::now();
        loop {
            if let Some(indexed) = catch_up(pool, &self.turn, 0).await? {
                return Ok(indexed);
            }
            if started.elapsed() > LASTS * 2 {
                return Err(StoreError::Busy);
            }
            sleep(PAUSE).await;
        }
    }
}

/// Wakes the task, so that it isolation that the pool is gone.
impl Drop for Indexer {
    fn drop(&mut self) {
        self.news.notify_one();
    }
}

async fn work(pool: Weak<Pool>, news: Arc<Notify>, turn: Arc<Turn>) {
    loop {
        // Without news it looks all the same.
        let _ = timeout(NO_NEWS, news.notified()).await;
        sleep(PAUSE).await;
        let Some(pool) = pool.upgrade() else { return };
        match catch_up(&pool, &turn, RESTRAINT).await {
            Ok(Some(_)) => {}
            Ok(None) => {
                drop(pool);
                sleep(OTHERS).await;
                news.notify_one();
            }
            Err(StoreError::Closed) => return,
            Err(error) => {
                // What was not done stays pending.
                let error = &error as &dyn std::error::Error;
                tracing::warn!(error, "the index of names was not brought up to date");
            }
        }
    }
}

/// Indexes everything that is pending, and returns how many certificates that were; nothing if another
/// server is indexing.
async fn catch_up(
    pool: &Arc<Pool>,
    turn: &Turn,
    restraint: u32,
) -> Result<Option<u64>, StoreError> {
    let _here = turn.here.lock().await;
    let mut indexed = 0;
    loop {
        if !turn.lease.take(pool).await? {
            return Ok(None);
        }
        let started = Instant::now();
        let some = perform(pool, Isolation::ReadCommitted, (), |on, ()| {
            Box::pin(search::index_some(on, BATCH))
        });
        let some = some.await?;
        indexed += some as u64;
        if some < BATCH as usize {
            turn.lease.give_up(pool).await?;
            return Ok(Some(indexed));
        }
        sleep(started.elapsed() * restraint).await;
    }
}
