//! Transactions: each is run again when it loses against another one.
//!
//! What a transaction does is a plain function of a connection and of the values that it is given. It
//! captures nothing, so running it again does the same. It runs as a task, so that it comes to an
//! end though its caller stops waiting.

use std::{pin::Pin, sync::Arc, time::Duration};

use tokio::time::{sleep, timeout};

use super::{
    connection::Connection,
    failure::Failure,
    pool::{Lent, Pool},
};
use crate::{error::StoreError, random::random};

/// How often a transaction is tried that loses against others: for some three seconds. Where every
/// second try loses, half as many tries would leave one transaction in 4,096 undone.
pub(super) const TRIES: u32 = 24;
/// How often it is tried when connections break under it.
const CONNECTIONS_TRIED: u32 = 3;
/// How long one try may take.
const PATIENCE: Duration = Duration::from_secs(12);
/// The longest pause before the second try; each further one is twice as long, up to the last.
const FIRST_PAUSE: Duration = Duration::from_millis(4);
const LAST_PAUSE: Duration = Duration::from_millis(250);

/// What a transaction does.
pub(crate) type Statements<A, T> = for<'a> fn(&'a Connection, &'a A) -> Running<'a, T>;

/// Statements under way.
pub(crate) type Running<'a, T> = Pin<Box<dyn Future<Output = Result<T, Failure>> + Send + 'a>>;

/// How much a transaction sees of others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Isolation {
    /// No explicit transaction: one statement, committed by itself.
    SingleStatement,
    /// Read only, as of one moment: `REPEATABLE READ`.
    Snapshot,
    /// Each statement sees what was committed before it: `READ COMMITTED`.
    ReadCommitted,
    /// As if transactions ran one after the other: `SERIALIZABLE`.
    Serializable,
}

impl Isolation {
    /// Whether it matters if the transaction is committed twice. A snapshot changes nothing, and
    /// single statements read, or may be run twice; imports handle repeats themselves.
    fn is_once_only(self) -> bool {
        matches!(self, Self::ReadCommitted | Self::Serializable)
    }

    fn begin(self) -> Option<&'static str> {
        match self {
            Self::SingleStatement => None,
            Self::Snapshot => Some("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"),
            Self::ReadCommitted => Some("BEGIN ISOLATION LEVEL READ COMMITTED"),
            Self::Serializable => Some("BEGIN ISOLATION LEVEL SERIALIZABLE"),
        }
    }
}

/// Runs a transaction, again and again if need be.
pub(super) async fn perform<A, T>(
    pool: &Arc<Pool>,
    isolation: Isolation,
    given: A,
    statements: Statements<A, T>,
) -> Result<T, StoreError>
where
    A: Send + Sync + 'static,
    T: Send + 'static,
{
    let pool = Arc::clone(pool);
    let task = tokio::spawn(async move { retry(&pool, isolation, &given, statements).await });
    task.await.map_err(StoreError::unavailable)?.map_err(Failure::into_inner)
}

async fn retry<A, T>(
    pool: &Arc<Pool>,
    isolation: Isolation,
    given: &A,
    statements: Statements<A, T>,
) -> Result<T, Failure> {
    let (mut tries, mut lost) = (0, 0);
    loop {
        match attempt(pool, isolation, given, statements).await {
            Err(Failure::Again(cause)) if tries + 1 < TRIES => {
                tracing::debug!(%cause, "a transaction is run again");
                sleep(pause(tries)).await;
                tries += 1;
            }
            Err(Failure::Lost(_)) if lost + 1 < CONNECTIONS_TRIED => {
                pool.forget_idle();
                lost += 1;
            }
            Err(Failure::Unsure(cause)) if !isolation.is_once_only() => {
                return Err(StoreError::unavailable(cause).into());
            }
            outcome => return outcome,
        }
    }
}

/// A random time up to a limit that doubles with each attempt, so that transactions that conflicted once do
/// not conflict again.
pub(super) fn pause(tries: u32) -> Duration {
    let longest = FIRST_PAUSE.saturating_mul(1 << tries.min(16)).min(LAST_PAUSE);
    longest.mul_f64(random() as f64 / u64::MAX as f64)
}

/// Runs a transaction once.
pub(super) async fn attempt<A, T>(
    pool: &Arc<Pool>,
    isolation: Isolation,
    given: &A,
    statements: Statements<A, T>,
) -> Result<T, Failure> {
    let on = pool.take().await?;
    let outcome = timeout(PATIENCE, transact(&on, isolation, given, statements)).await;
    settle(on, outcome.unwrap_or_else(|_| Err(Failure::silence().at_commit())))
}

/// A connection that broke, or did not answer, is not given back.
fn settle<T>(on: Lent, outcome: Result<T, Failure>) -> Result<T, Failure> {
    if !matches!(outcome, Err(Failure::Lost(_) | Failure::Unsure(_))) {
        on.give_back();
    }
    outcome
}

async fn transact<A, T>(
    on: &Connection,
    isolation: Isolation,
    given: &A,
    statements: Statements<A, T>,
) -> Result<T, Failure> {
    let Some(begin) = isolation.begin() else { return statements(on, given).await };
    // The first statement need not wait for the answer to this: both are sent in order.
    let (begun, outcome) = tokio::join!(biased; on.run(begin), statements(on, given));
    begun?;
    match outcome {
        Ok(done) => {
            on.run("COMMIT").await.map_err(|error| Failure::from(error).at_commit())?;
            Ok(done)
        }
        Err(lost @ Failure::Lost(_)) => Err(lost),
        Err(failure) => {
            on.run("ROLLBACK").await?;
            Err(failure)
        }
    }
}
