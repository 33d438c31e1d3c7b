//! The one thread that writes.
//!
//! Whatever waits when it comes round is committed together: one transaction, one `fsync`. An act
//! that fails takes nobody along. Answers leave after the commit. An act that was handed over is
//! done even if nobody waits for it any more.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use rusqlite::Connection;
use tokio::sync::{
    mpsc::{self, error::SendTimeoutError},
    oneshot,
};

use super::{
    checkpoint::Checkpointer,
    failure::{Failure, at_commit},
};
use crate::error::StoreError;

/// How many acts may wait, each with a few KiB.
const QUEUE_LIMIT: usize = 1024;
/// How long an act may wait for a place in the queue.
const QUEUE_PATIENCE: Duration = Duration::from_secs(1);
/// How many acts are committed together at most.
const GROUP_LIMIT: usize = 256;
/// The way to the thread.
pub(super) struct Writer {
    queue: Mutex<Option<mpsc::Sender<Box<dyn Act>>>>,
    acts_done: Arc<AtomicUsize>,
    done: tokio::sync::Mutex<oneshot::Receiver<()>>,
}

impl Writer {
    /// Starts the thread on a connection that may write.
    pub(super) fn start(
        connection: Connection,
        checkpointer: Checkpointer,
    ) -> Result<Self, StoreError> {
        let (queue, acts) = mpsc::channel(QUEUE_LIMIT);
        let (finished, done) = oneshot::channel();
        let acts_done = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&acts_done);
        thread::Builder::new()
            .name("store-writer".into())
            .spawn(move || {
                work(&connection, acts, &checkpointer, &counter);
                drop(checkpointer);
                drop(connection);
                // Nobody may be waiting.
                let _ = finished.send(());
            })
            .map_err(StoreError::unavailable)?;
        let done = tokio::sync::Mutex::new(done);
        Ok(Self { queue: Mutex::new(Some(queue)), acts_done, done })
    }

    /// Hands an act over and waits for its commit. It may be done more than once, with a rollback
    /// between.
    pub(super) async fn write<T, F>(&self, act: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: Fn(&Connection) -> Result<T, Failure> + Send + 'static,
    {
        let queue = self.queue().clone().ok_or(StoreError::Closed)?;
        let (reply, answer) = oneshot::channel();
        let pending = Pending { act, outcome: None, reply };
        queue.send_timeout(Box::new(pending), QUEUE_PATIENCE).await.map_err(
            |error| match error {
                SendTimeoutError::Timeout(_) => StoreError::Busy,
                SendTimeoutError::Closed(_) => StoreError::unavailable("the writer has ended"),
            },
        )?;
        drop(queue);
        answer.await.unwrap_or_else(|_| Err(StoreError::unavailable("the writer has ended")))
    }

    /// How many acts were done since the start.
    pub(super) fn acts_done(&self) -> usize {
        self.acts_done.load(Ordering::Relaxed)
    }

    /// Takes no more, and returns when all that was handed over is done.
    pub(super) async fn close(&self) {
        drop(self.queue().take());
        let mut done = self.done.lock().await;
        if !done.is_terminated() {
            // An error means that the thread has ended too.
            let _ = (&mut *done).await;
        }
    }

    fn queue(&self) -> std::sync::MutexGuard<'_, Option<mpsc::Sender<Box<dyn Act>>>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An act in the queue, whatever it returns.
trait Act: Send {
    /// Does it, and says whether it succeeded. It may have to be done again, after a rollback.
    fn run(&mut self, connection: &Connection) -> bool;

    /// Tells the one who waits, given how the commit went.
    fn answer(self: Box<Self>, committed: Result<(), StoreError>);
}

struct Pending<T, F> {
    act: F,
    outcome: Option<Result<T, StoreError>>,
    reply: oneshot::Sender<Result<T, StoreError>>,
}

impl<T, F> Act for Pending<T, F>
where
    T: Send,
    F: Fn(&Connection) -> Result<T, Failure> + Send,
{
    fn run(&mut self, connection: &Connection) -> bool {
        let outcome = catch_unwind(AssertUnwindSafe(|| (self.act)(connection)))
            .map_err(|_| StoreError::unavailable("the act panicked"))
            .and_then(|outcome| outcome.map_err(Failure::into_inner));
        self.outcome.insert(outcome).is_ok()
    }

    fn answer(self: Box<Self>, committed: Result<(), StoreError>) {
        let Self { outcome, reply, .. } = *self;
        let not_run = || Err(StoreError::unavailable("the act was not run"));
        // Whoever waited may have gone.
        let _ = reply.send(committed.and_then(|()| outcome.unwrap_or_else(not_run)));
    }
}

fn work(
    connection: &Connection,
    mut acts: mpsc::Receiver<Box<dyn Act>>,
    checkpointer: &Checkpointer,
    acts_done: &AtomicUsize,
) {
    let mut group = Vec::with_capacity(GROUP_LIMIT);
    while acts.blocking_recv_many(&mut group, GROUP_LIMIT) > 0 {
        acts_done.fetch_add(group.len(), Ordering::Relaxed);
        let committed = commit(connection, &mut group).map_err(Failure::into_inner);
        if let Err(error) = &committed {
            tracing::error!(
                error = error as &dyn std::error::Error,
                acts = group.len(),
                "not kept"
            );
        }
        for act in group.drain(..) {
            act.answer(committed.clone());
        }
        checkpointer.after_commit(connection);
    }
}

/// One transaction for all. Savepoints cost a fifth of the time and are needed only where an act
/// fails after it has written, which is rare, so only then are the acts done again with them.
fn commit(connection: &Connection, group: &mut [Box<dyn Act>]) -> Result<(), Failure> {
    if !transaction(connection, || run_bare(connection, group))? {
        transaction(connection, || run_in_savepoints(connection, group))?;
    }
    Ok(())
}

/// Commits if `acts` says so; otherwise nothing of what they did stays.
fn transaction(
    connection: &Connection,
    acts: impl FnOnce() -> Result<bool, Failure>,
) -> Result<bool, Failure> {
    run(connection, "BEGIN IMMEDIATE")?;
    let outcome = acts().and_then(|good| {
        if good {
            connection.prepare_cached("COMMIT")?.execute([]).map_err(at_commit)?;
        }
        Ok(good)
    });
    if !connection.is_autocommit() {
        run(connection, "ROLLBACK")?;
    }
    outcome
}

/// False as soon as an act has failed and left something behind.
fn run_bare(connection: &Connection, group: &mut [Box<dyn Act>]) -> Result<bool, Failure> {
    for act in group {
        let before = connection.total_changes();
        let succeeded = act.run(connection);
        require_transaction(connection)?;
        if !succeeded && connection.total_changes() != before {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Always true: what a failed act left behind is taken back.
fn run_in_savepoints(connection: &Connection, group: &mut [Box<dyn Act>]) -> Result<bool, Failure> {
    for act in group {
        run(connection, "SAVEPOINT act")?;
        let succeeded = act.run(connection);
        require_transaction(connection)?;
        if !succeeded {
            run(connection, "ROLLBACK TO act")?;
        }
        run(connection, "RELEASE act")?;
    }
    Ok(true)
}

/// A full disk, for one, can make SQLite give up the whole transaction.
fn require_transaction(connection: &Connection) -> Result<(), Failure> {
    if connection.is_autocommit() {
        return Err(StoreError::unavailable("the transaction was rolled back").into());
    }
    Ok(())
}

fn run(connection: &Connection, statement: &str) -> Result<(), Failure> {
    connection.prepare_cached(statement)?.execute([])?;
    Ok(())
}

#[cfg(test)]
mod tests;
