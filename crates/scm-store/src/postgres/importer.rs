//! Imports, which travel together when they arrive together.
//!
//! All imports that wait when a lane is free are stored by one statement, which is one transaction and
//! one round trip to the database. There are two lanes: while one has a group at the database, the next
//! group gathers in the other, since a group costs ten times as much as one more import in it. Both are
//! busy only if a group takes long. Each lane has its own rows of counters. An import that was queued is
//! done even if its caller no longer waits.
//!
//! If a connection breaks and it is not known whether the statement was committed, the statement is sent
//! again. A certificate that is already stored under its id, with this audit event, counts as done.

use std::{
    iter,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    sync::{
        mpsc::{self, error::SendTimeoutError},
        oneshot,
    },
    task::JoinSet,
    time::{Instant, sleep, timeout},
};

use super::{
    certificates::{Answer, Group, Import, import_group},
    failure::Failure,
    pool::Pool,
    project_rows::{SHARDS, any_shard},
    sequence::Sequence,
    transaction::{Isolation, TRIES, attempt, pause},
};
use crate::error::StoreError;

/// How many imports may wait, each with a few KiB.
const QUEUE_LIMIT: usize = 1024;
/// How long one may wait for a place in the queue.
const QUEUE_PATIENCE: Duration = Duration::from_secs(1);
/// The greatest number of imports in one group.
const GROUP_LIMIT: usize = 256;
/// How many groups may be under way.
const LANES: i64 = 2;
/// How long a group gathers at most while another one is at the database.
const GATHERING: Duration = Duration::from_millis(5);
/// How long to look for what became of a group when its connection broke.
const SETTLING: Duration = Duration::from_secs(8);
/// How soon to look: as after so many tries.
const SOON: u32 = 4;
/// The least pause while there is no database to look into.
const LOOK: Duration = Duration::from_millis(100);

/// The way to the lanes.
pub(super) struct Importer {
    queue: Mutex<Option<mpsc::Sender<Pending>>>,
    lanes: tokio::sync::Mutex<JoinSet<()>>,
    pool: Arc<Pool>,
    events: Arc<Sequence>,
}

struct Pending {
    import: Import,
    reply: oneshot::Sender<Answer>,
}

impl Importer {
    /// Starts the lanes of a store that was opened so often before.
    pub(super) fn start(pool: &Arc<Pool>, events: &Arc<Sequence>, opened: i64) -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE_LIMIT);
        let (waiting, turn) = (Arc::new(tokio::sync::Mutex::new(waiting)), Arc::default());
        let mut lanes = JoinSet::new();
        for lane in 0..LANES {
            let shard = (opened * LANES + lane) % SHARDS;
            lanes.spawn(work(Arc::clone(pool), Arc::clone(&waiting), Arc::clone(&turn), shard));
        }
        let (pool, events) = (Arc::clone(pool), Arc::clone(events));
        Self { queue: Mutex::new(Some(queue)), lanes: lanes.into(), pool, events }
    }

    /// Queues an import and waits until it is stored.
    pub(super) async fn insert(&self, mut import: Import) -> Answer {
        import.event = self.events.next();
        let queue = self.queue().clone().ok_or(StoreError::Closed)?;
        let (reply, answer) = oneshot::channel();
        queue.send_timeout(Pending { import, reply }, QUEUE_PATIENCE).await.map_err(|error| {
            match error {
                SendTimeoutError::Timeout(_) => StoreError::Busy,
                SendTimeoutError::Closed(_) => StoreError::Closed,
            }
        })?;
        drop(queue);
        answer.await.unwrap_or_else(|_| Err(StoreError::unavailable("the lane has ended")))
    }

    /// Stores an import that refuses duplicates. It is sent alone, in a serializable transaction: of two
    /// equal imports at the same time, to whichever servers, one is refused.
    pub(super) async fn insert_new(&self, mut import: Import) -> Answer {
        import.event = self.events.next();
        let pool = Arc::clone(&self.pool);
        let task = tokio::spawn(async move {
            let mut group = Group::new(vec![import], any_shard());
            let stored = retry(&pool, Isolation::Serializable, &mut group).await;
            stored.map_err(Failure::into_inner).and_then(only)
        });
        task.await.map_err(StoreError::unavailable)?
    }

    /// Accepts no more imports, and returns when those that were queued are done.
    pub(super) async fn close(&self) {
        drop(self.queue().take());
        let mut lanes = self.lanes.lock().await;
        while lanes.join_next().await.is_some() {}
    }

    fn queue(&self) -> std::sync::MutexGuard<'_, Option<mpsc::Sender<Pending>>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn work(
    pool: Arc<Pool>,
    waiting: Arc<tokio::sync::Mutex<mpsc::Receiver<Pending>>>,
    turn: Arc<tokio::sync::Mutex<()>>,
    shard: i64,
) {
    loop {
        let mut waiting = waiting.lock().await;
        let Some(first) = waiting.recv().await else { return };
        // After this time the group is sent without its turn.
        let turn = timeout(GATHERING, turn.lock()).await.ok();
        let pending = gathered(first, &mut waiting);
        drop(waiting);
        let (imports, replies): (Vec<_>, Vec<_>) =
            pending.into_iter().map(|one| (one.import, one.reply)).unzip();
        let answers = insert(&pool, Group::new(imports, shard)).await;
        for (reply, answer) in replies.into_iter().zip(answers) {
            // The caller may have stopped waiting.
            let _ = reply.send(answer);
        }
        drop(turn);
    }
}

/// Together with what else waits by now.
fn gathered(first: Pending, waiting: &mut mpsc::Receiver<Pending>) -> Vec<Pending> {
    let others = iter::from_fn(|| waiting.try_recv().ok());
    iter::once(first).chain(others).take(GROUP_LIMIT).collect()
}

/// One that the database does not take at all takes no neighbour along.
async fn insert(pool: &Arc<Pool>, mut group: Group) -> Vec<Answer> {
    let failure = match retry(pool, Isolation::SingleStatement, &mut group).await {
        Ok(answers) => return answers,
        Err(failure) => failure,
    };
    let (count, shard) = (group.imports.len(), group.shard);
    let is_refused =
        matches!(&failure, Failure::Final(error) if !matches!(error, StoreError::Busy));
    if is_refused && count > 1 {
        let mut answers = Vec::with_capacity(count);
        for import in group.imports {
            let mut alone = Group::new(vec![import], shard);
            let stored = retry(pool, Isolation::SingleStatement, &mut alone).await;
            answers.push(stored.map_err(Failure::into_inner).and_then(only));
        }
        return answers;
    }
    let error = failure.into_inner();
    tracing::error!(error = &error as &dyn std::error::Error, imports = count, "not stored");
    vec![Err(error); count]
}

/// The answer to one that travelled alone.
fn only(answers: Vec<Answer>) -> Answer {
    answers.into_iter().next().expect("each is answered")
}

/// Returns of each import the certificate that it is stored as.
async fn retry(
    pool: &Arc<Pool>,
    isolation: Isolation,
    group: &mut Group,
) -> Result<Vec<Answer>, Failure> {
    let (mut tries, mut broken) = (0, None::<Instant>);
    let settles = |since: Option<Instant>| since.is_none_or(|since| since.elapsed() < SETTLING);
    loop {
        let failure =
            match attempt(pool, isolation, &*group, |on, group| Box::pin(import_group(on, group)))
                .await
            {
                Ok(stored) => return Ok(stored),
                Err(failure) => failure,
            };
        match failure {
            Failure::Again(_) if tries + 1 < TRIES => {
                sleep(pause(tries)).await;
                tries += 1;
            }
            Failure::Lost(_) | Failure::Unsure(_) if settles(broken) => {
                group.may_be_stored = true;
                pool.forget_idle();
                broken.get_or_insert_with(Instant::now);
                sleep(pause(SOON)).await;
            }
            Failure::Away(_) if broken.is_some() && settles(broken) => sleep(LOOK).await,
            other if group.may_be_stored => return Err(other.since_broken()),
            other => return Err(other),
        }
    }
}
