//! Building the index of names, behind the commits.
//!
//! A batch is an act like any other: it waits its turn, and is committed with whatever waits
//! together with it. While others write, batches come seldom.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use tokio::{
    sync::Notify,
    time::{Instant, sleep},
};

use super::{search, writer::Writer};
use crate::error::StoreError;

/// How many certificates to index in one act, which then takes some milliseconds.
const BATCH: usize = 200;
/// How long to wait for more to come.
const PAUSE: Duration = Duration::from_millis(100);
/// While others write too, it rests so many times as long as it takes.
const RESTRAINT: u32 = 9;

/// Knows when there is something to do.
pub(super) struct Indexer {
    news: Arc<Notify>,
}

impl Indexer {
    /// Starts the task; it ends when the writer is gone or closed.
    pub(super) fn start(writer: &Arc<Writer>) -> Self {
        let news = Arc::new(Notify::new());
        // Something may be left over from before.
        news.notify_one();
        tokio::spawn(work(Arc::downgrade(writer), Arc::clone(&news)));
        Self { news }
    }

    /// To be called when something is pending.
    pub(super) fn nudge(&self) {
        self.news.notify_one();
    }

    /// Indexes everything that is pending now.
    pub(super) async fn catch_up(&self, writer: &Writer) -> Result<u64, StoreError> {
        let mut indexed = 0;
        loop {
            let some = index_some(writer).await?;
            indexed += some as u64;
            if some < BATCH {
                return Ok(indexed);
            }
        }
    }
}

/// Wakes the task, so that it sees that the writer is gone.
impl Drop for Indexer {
    fn drop(&mut self) {
        self.news.notify_one();
    }
}

async fn work(writer: Weak<Writer>, news: Arc<Notify>) {
    loop {
        news.notified().await;
        sleep(PAUSE).await;
        match catch_up_gently(&writer).await {
            Ok(()) if writer.strong_count() > 0 => {}
            Ok(()) | Err(StoreError::Closed) => return,
            Err(error) => {
                // What was not done stays pending, until the next news or the next start.
                let error = &error as &dyn std::error::Error;
                tracing::warn!(error, "the index of names was not brought up to date");
            }
        }
    }
}

async fn catch_up_gently(writer: &Weak<Writer>) -> Result<(), StoreError> {
    let mut acts = 0;
    while let Some(writer) = writer.upgrade() {
        let started = Instant::now();
        if index_some(&writer).await? < BATCH {
            break;
        }
        let others = writer.acts_done() > acts + 1;
        acts = writer.acts_done();
        drop(writer);
        if others {
            sleep(started.elapsed() * RESTRAINT).await;
        }
    }
    Ok(())
}

async fn index_some(writer: &Writer) -> Result<usize, StoreError> {
    writer.write(|connection| search::index_some(connection, BATCH)).await
}
