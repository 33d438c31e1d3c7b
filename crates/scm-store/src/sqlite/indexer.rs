//! Building the index of names, behind the commits.
//!
//! A batch is an act like any other: it waits its turn, and is committed with whatever waits
//! together with it. While others wait, batches come seldom.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use tokio::{sync::Notify, time::sleep};

use super::{search, writer::Writer};
use crate::error::StoreError;

/// How many certificates to index in one act: it takes about as long as a group of imports.
const BATCH: usize = 250;
/// How long to wait for more to come, and how long between batches while others wait.
const PAUSE: Duration = Duration::from_millis(200);

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
        while let Some(writer) = writer.upgrade() {
            match index_some(&writer).await {
                Ok(BATCH) if writer.is_idle() => {}
                Ok(BATCH) => {
                    drop(writer);
                    sleep(PAUSE).await;
                }
                Ok(_) => break,
                Err(StoreError::Closed) => return,
                Err(error) => {
                    // What was not done stays pending, until the next news or the next start.
                    let error = &error as &dyn std::error::Error;
                    tracing::warn!(error, "the index of names was not brought up to date");
                    break;
                }
            }
        }
        if writer.strong_count() == 0 {
            return;
        }
    }
}

async fn index_some(writer: &Writer) -> Result<usize, StoreError> {
    writer.act(|connection| search::index_some(connection, BATCH)).await
}
