//! Whole acts: each a transaction that is done again when it loses against another one.
//!
//! An act is a plain function of a connection and of what it is given: it captures nothing, so doing
//! it again does the same. It runs as a task of its own, so that it comes to an end though nobody
//! may wait for it any more.

use std::{pin::Pin, sync::Arc, time::Duration};

use tokio::time::{sleep, timeout};

use super::{
    connection::Connection,
    failure::Failure,
    pool::{Lent, Pool},
};
use crate::{error::StoreError, random::random};

/// How often an act is tried that loses against others: for some three seconds. Where every second try
/// loses, half as many tries would leave one act in 4,096 undone.
pub(super) const TRIES: u32 = 24;
/// How often it is tried when connections break under it.
const CONNECTIONS_TRIED: u32 = 3;
/// How long one try may take.
const PATIENCE: Duration = Duration::from_secs(12);
/// The longest pause before the second try; each further one is twice as long, up to the last.
const FIRST_PAUSE: Duration = Duration::from_millis(4);
const LAST_PAUSE: Duration = Duration::from_millis(250);

/// What an act does.
pub(super) type Act<A, T> = for<'a> fn(&'a Connection, &'a A) -> Running<'a, T>;

/// An act under way.
pub(super) type Running<'a, T> = Pin<Box<dyn Future<Output = Result<T, Failure>> + Send + 'a>>;

/// What an act sees of others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sees {
    /// One statement, committed by itself.
    One,
    /// Everything as of one moment; it changes nothing.
    Snapshot,
    /// Each statement what is committed before it.
    Committed,
    /// Nothing: as if there were no others.
    Nobody,
}

impl Sees {
    /// Whether it matters if it is done again. A snapshot changes nothing, and what one statement does
    /// here is reading, or something that may be done twice; imports see to that themselves.
    fn is_once_only(self) -> bool {
        matches!(self, Self::Committed | Self::Nobody)
    }

    fn begin(self) -> Option<&'static str> {
        match self {
            Self::One => None,
            Self::Snapshot => Some("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"),
            Self::Committed => Some("BEGIN ISOLATION LEVEL READ COMMITTED"),
            Self::Nobody => Some("BEGIN ISOLATION LEVEL SERIALIZABLE"),
        }
    }
}

/// Does an act, again and again if need be.
pub(super) async fn perform<A, T>(
    pool: &Arc<Pool>,
    sees: Sees,
    given: A,
    act: Act<A, T>,
) -> Result<T, StoreError>
where
    A: Send + Sync + 'static,
    T: Send + 'static,
{
    let pool = Arc::clone(pool);
    let task = tokio::spawn(async move { persist(&pool, sees, &given, act).await });
    task.await.map_err(StoreError::unavailable)?.map_err(Failure::into_inner)
}

async fn persist<A, T>(
    pool: &Arc<Pool>,
    sees: Sees,
    given: &A,
    act: Act<A, T>,
) -> Result<T, Failure> {
    let (mut tries, mut lost) = (0, 0);
    loop {
        match attempt(pool, sees, given, act).await {
            Err(Failure::Again(cause)) if tries + 1 < TRIES => {
                tracing::debug!(%cause, "an act is done again");
                sleep(pause(tries)).await;
                tries += 1;
            }
            Err(Failure::Lost(_)) if lost + 1 < CONNECTIONS_TRIED => {
                pool.forget_idle();
                lost += 1;
            }
            Err(Failure::Unsure(cause)) if !sees.is_once_only() => {
                return Err(StoreError::unavailable(cause).into());
            }
            outcome => return outcome,
        }
    }
}

/// Between nothing and a time that doubles with each try, so that those who met once part.
pub(super) fn pause(tries: u32) -> Duration {
    let longest = FIRST_PAUSE.saturating_mul(1 << tries.min(16)).min(LAST_PAUSE);
    longest.mul_f64(random() as f64 / u64::MAX as f64)
}

/// Does an act once.
pub(super) async fn attempt<A, T>(
    pool: &Arc<Pool>,
    sees: Sees,
    given: &A,
    act: Act<A, T>,
) -> Result<T, Failure> {
    let on = pool.take().await?;
    let outcome = timeout(PATIENCE, transact(&on, sees, given, act)).await;
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
    sees: Sees,
    given: &A,
    act: Act<A, T>,
) -> Result<T, Failure> {
    let Some(begin) = sees.begin() else { return act(on, given).await };
    // What is asked first need not wait for the answer to this: both are on their way in order.
    let (begun, outcome) = tokio::join!(biased; on.run(begin), act(on, given));
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
