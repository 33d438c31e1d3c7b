//! The one thread that writes.
//!
//! It commits operations in groups: all that wait are one transaction and one `fsync`. An operation that
//! fails does not affect the others of its group. Callers get their answers after the commit. An
//! operation that was queued is done even if its caller no longer waits.

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

/// How many operations may wait, each with a few KiB.
const QUEUE_LIMIT: usize = 1024;
/// How long an operation may wait for a place in the queue.
const QUEUE_PATIENCE: Duration = Duration::from_secs(1);
/// The greatest number of operations in one group.
const GROUP_LIMIT: usize = 256;
/// The way to the thread.
pub(super) struct Writer {
    queue: Mutex<Option<mpsc::Sender<Box<dyn Operation>>>>,
    operations_done: Arc<AtomicUsize>,
    done: tokio::sync::Mutex<oneshot::Receiver<()>>,
}

impl Writer {
    /// Starts the thread on a connection that may write.
    pub(super) fn start(
        connection: Connection,
        checkpointer: Checkpointer,
    ) -> Result<Self, StoreError> {
        let (queue, operations) = mpsc::channel(QUEUE_LIMIT);
        let (finished, done) = oneshot::channel();
        let operations_done = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&operations_done);
        thread::Builder::new()
            .name("store-writer".into())
            .spawn(move || {
                work(&connection, operations, &checkpointer, &counter);
                drop(checkpointer);
                drop(connection);
                // The store may have been dropped without being closed.
                let _ = finished.send(());
            })
            .map_err(StoreError::unavailable)?;
        let done = tokio::sync::Mutex::new(done);
        Ok(Self { queue: Mutex::new(Some(queue)), operations_done, done })
    }

    /// Queues an operation and waits for its commit. It may be run more than once, with a rollback
    /// between.
    pub(super) async fn write<T, F>(&self, operation: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: Fn(&Connection) -> Result<T, Failure> + Send + 'static,
    {
        let queue = self.queue().clone().ok_or(StoreError::Closed)?;
        let (reply, answer) = oneshot::channel();
        let pending = Pending { operation, outcome: None, reply };
        queue.send_timeout(Box::new(pending), QUEUE_PATIENCE).await.map_err(
            |error| match error {
                SendTimeoutError::Timeout(_) => StoreError::Busy,
                SendTimeoutError::Closed(_) => StoreError::unavailable("the writer has ended"),
            },
        )?;
        drop(queue);
        answer.await.unwrap_or_else(|_| Err(StoreError::unavailable("the writer has ended")))
    }

    /// How many operations were run since the start.
    pub(super) fn operations_done(&self) -> usize {
        self.operations_done.load(Ordering::Relaxed)
    }

    /// Accepts no more operations, and returns when those that were queued are done.
    pub(super) async fn close(&self) {
        drop(self.queue().take());
        let mut done = self.done.lock().await;
        if !done.is_terminated() {
            // An error means that the thread has ended too.
            let _ = (&mut *done).await;
        }
    }

    fn queue(&self) -> std::sync::MutexGuard<'_, Option<mpsc::Sender<Box<dyn Operation>>>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An operation in the queue, whatever it returns.
trait Operation: Send {
    /// Runs it, and returns whether it succeeded. It may be run again after a rollback.
    fn run(&mut self, connection: &Connection) -> bool;

    /// Sends the outcome to the caller, given the outcome of the commit.
    fn answer(self: Box<Self>, committed: Result<(), StoreError>);
}

struct Pending<T, F> {
    operation: F,
    outcome: Option<Result<T, StoreError>>,
    reply: oneshot::Sender<Result<T, StoreError>>,
}

impl<T, F> Operation for Pending<T, F>
where
    T: Send,
    F: Fn(&Connection) -> Result<T, Failure> + Send,
{
    fn run(&mut self, connection: &Connection) -> bool {
        let outcome = catch_unwind(AssertUnwindSafe(|| (self.operation)(connection)))
            .map_err(|_| StoreError::unavailable("the operation panicked"))
            .and_then(|outcome| outcome.map_err(Failure::into_inner));
        self.outcome.insert(outcome).is_ok()
    }

    fn answer(self: Box<Self>, committed: Result<(), StoreError>) {
        let Self { outcome, reply, .. } = *self;
        let not_run = || Err(StoreError::unavailable("the operation was not run"));
        // The caller may have stopped waiting.
        let _ = reply.send(committed.and_then(|()| outcome.unwrap_or_else(not_run)));
    }
}

fn work(
    connection: &Connection,
    mut operations: mpsc::Receiver<Box<dyn Operation>>,
    checkpointer: &Checkpointer,
    operations_done: &AtomicUsize,
) {
    let mut group = Vec::with_capacity(GROUP_LIMIT);
    while operations.blocking_recv_many(&mut group, GROUP_LIMIT) > 0 {
        operations_done.fetch_add(group.len(), Ordering::Relaxed);
        let committed = commit(connection, &mut group).map_err(Failure::into_inner);
        if let Err(error) = &committed {
            tracing::error!(
                error = error as &dyn std::error::Error,
                operations = group.len(),
                "not stored"
            );
        }
        for operation in group.drain(..) {
            operation.answer(committed.clone());
        }
        checkpointer.after_commit(connection);
    }
}

/// Runs a group in one transaction. Savepoints cost a fifth of the time and are needed only if an operation
/// fails after it has written. That is rare, so only then is the group run again with savepoints.
fn commit(connection: &Connection, group: &mut [Box<dyn Operation>]) -> Result<(), Failure> {
    if !transaction(connection, || run_bare(connection, group))? {
        transaction(connection, || run_in_savepoints(connection, group))?;
    }
    Ok(())
}

/// Commits if `operations` returns true, and rolls back otherwise.
fn transaction(
    connection: &Connection,
    operations: impl FnOnce() -> Result<bool, Failure>,
) -> Result<bool, Failure> {
    run(connection, "BEGIN IMMEDIATE")?;
    let outcome = operations().and_then(|good| {
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

/// Returns false as soon as an operation has failed and left changes behind.
fn run_bare(connection: &Connection, group: &mut [Box<dyn Operation>]) -> Result<bool, Failure> {
    for operation in group {
        let before = connection.total_changes();
        let succeeded = operation.run(connection);
        require_transaction(connection)?;
        if !succeeded && connection.total_changes() != before {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Always returns true: the changes of a failed operation are rolled back.
fn run_in_savepoints(
    connection: &Connection,
    group: &mut [Box<dyn Operation>],
) -> Result<bool, Failure> {
    for operation in group {
        run(connection, "SAVEPOINT operation")?;
        let succeeded = operation.run(connection);
        require_transaction(connection)?;
        if !succeeded {
            run(connection, "ROLLBACK TO operation")?;
        }
        run(connection, "RELEASE operation")?;
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
