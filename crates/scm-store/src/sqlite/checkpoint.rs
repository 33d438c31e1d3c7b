//! Checkpoints: moving committed pages from the write-ahead log into the file, beside the writer.
//!
//! A checkpoint writes and syncs the whole file, which takes as long as the disk likes. So it is done on
//! a thread and a connection of its own, while commits go on into the log. Only a log that grows
//! without a pause, and therefore never starts over, is cut short by the writer itself.
//!
//! A deleted key is overwritten in the file by the checkpoint that follows the deletion: once 8 MiB
//! wait, or when the store is closed. In the log it stays until the log starts over at that place,
//! or is removed when the store is closed. A backup reads committed pages only, so it never has it.

use std::{
    sync::mpsc::{self, Receiver, SyncSender},
    thread::{self, JoinHandle},
};

use rusqlite::{Connection, ErrorCode, MAIN_DB, wal::CheckpointMode};

use crate::error::StoreError;

/// How many pages of the log may wait to be moved: 8 MiB. Commits that come while they are synced wait
/// for the disk too. Measured under load, half of 16 MiB brought the slowest hundredth from 11 to 9 ms;
/// less than that costs more, since more pages are moved more than once.
const WAITING_LIMIT: i32 = 1000;
/// How many pages the log may have at all before the writer steps in: 64 MiB. By then the thread has
/// moved all but the last few MiB.
const LOG_LIMIT: i32 = 8000;

/// The thread that moves, and when it is to.
pub(super) struct Checkpointer {
    nudge: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
    log_limit: i32,
}

impl Checkpointer {
    /// Starts the thread on a connection that may write.
    pub(super) fn start(connection: Connection) -> Result<Self, StoreError> {
        let (nudge, nudges) = mpsc::sync_channel(1);
        let thread = thread::Builder::new()
            .name("store-checkpoint".into())
            .spawn(move || work(&connection, &nudges))
            .map_err(StoreError::unavailable)?;
        Ok(Self { nudge: Some(nudge), thread: Some(thread), log_limit: LOG_LIMIT })
    }

    /// The writer calls this after a commit, once all callers have their answers.
    pub(super) fn after_commit(&self, writer: &Connection) {
        // What can't be known now is known after the next commit.
        let Ok((pages, moved)) = checkpoint(writer, CheckpointMode::NOOP) else { return };
        if pages > self.log_limit {
            move_log(writer);
        } else if pages - moved > WAITING_LIMIT
            && let Some(nudge) = &self.nudge
        {
            // A full channel means that it is about to start anyway.
            let _ = nudge.try_send(());
        }
    }
}

/// Waits for the thread, so that its connection is closed.
impl Drop for Checkpointer {
    fn drop(&mut self) {
        self.nudge = None;
        if let Some(thread) = self.thread.take() {
            // A panic in there was reported by the hook; there is nothing to add.
            let _ = thread.join();
        }
    }
}

fn work(connection: &Connection, nudges: &Receiver<()>) {
    while nudges.recv().is_ok() {
        move_log(connection);
    }
}

/// Failing does no harm: the next one tries again.
fn move_log(connection: &Connection) {
    match checkpoint(connection, CheckpointMode::PASSIVE) {
        // The other thread is at it.
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => {}
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, "the log was not moved into the store");
        }
        Ok(_) => {}
    }
}

/// The pages in the log, and how many of them are in the file already.
fn checkpoint(connection: &Connection, mode: CheckpointMode) -> rusqlite::Result<(i32, i32)> {
    connection.wal_checkpoint_v2(Some(MAIN_DB), mode)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use tempfile::TempDir;

    use super::*;

    #[test]
    fn the_thread_moves_what_waits() {
        let folder = TempDir::new().unwrap();
        let writer = open(folder.path());
        let checkpointer = Checkpointer::start(open(folder.path())).unwrap();
        for _ in 0..=WAITING_LIMIT / 100 {
            write_pages(&writer, 100);
            checkpointer.after_commit(&writer);
        }
        drop(checkpointer);
        let (pages, moved) = checkpoint(&writer, CheckpointMode::NOOP).unwrap();
        assert!(moved > WAITING_LIMIT, "{moved} of {pages}");
    }

    #[test]
    fn the_writer_limits_the_log_by_itself() {
        let folder = TempDir::new().unwrap();
        let writer = open(folder.path());
        let idle = Checkpointer { nudge: None, thread: None, log_limit: 50 };
        for _ in 0..50 {
            write_pages(&writer, 10);
            idle.after_commit(&writer);
        }
        let (pages, _) = checkpoint(&writer, CheckpointMode::NOOP).unwrap();
        assert!(pages <= 50 + 20, "{pages}");
    }

    fn open(folder: &Path) -> Connection {
        let connection = Connection::open(folder.join("bench.db")).unwrap();
        connection
            .execute_batch(
                "PRAGMA journal_mode = wal; PRAGMA wal_autocheckpoint = 0;
                 CREATE TABLE IF NOT EXISTS big (bytes BLOB)",
            )
            .unwrap();
        connection
    }

    fn write_pages(connection: &Connection, pages: usize) {
        connection.execute("INSERT INTO big VALUES (zeroblob(?1))", [pages * 4096]).unwrap();
    }
}
