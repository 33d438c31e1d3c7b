//! Building the index of names, behind the commits.
//!
//! A batch is an operation like any other: it waits in the queue, and is committed in one group with
//! other operations. While others write, batches are rare.

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

/// How many certificates to index in one operation, which then takes some milliseconds.
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
    let mut operations = 0;
    while let Some(writer) = writer.upgrade() {
        let started = Instant::now();
        if index_some(&writer).await? < BATCH {
            break;
        }
        let others = writer.operations_done() > operations + 1;
        operations = writer.operations_done();
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
