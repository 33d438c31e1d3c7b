//! What was acknowledged is there, once, whatever happens to the database or the way to it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use scm_store::{CertificateQuery, Ids, Store, StoreError};
use scm_store_testing::{
    conformance::{MadeUp, NOW, actor, first_start},
    test_postgres::TestPostgres,
};
use tokio::{
    task::JoinSet,
    time::{sleep, timeout},
};

use super::{new_store, number, open_at};

/// How long to wait for progress: generous, so that no result depends on speed.
const PATIENCE: Duration = Duration::from_secs(120);

/// Imports by eight workers until they are stopped: the numbers of the acknowledged ones, and the
/// errors of the others.
struct Burst {
    stop: Arc<AtomicBool>,
    acknowledged: Arc<AtomicUsize>,
    workers: JoinSet<(Vec<u64>, Vec<StoreError>)>,
}

impl Burst {
    fn start(store: &Store) -> Self {
        let (stop, acknowledged) = (Arc::default(), Arc::default());
        let ids = Arc::new(Ids::new(store.clone()));
        let mut workers = JoinSet::new();
        for _ in 0..8 {
            let (store, ids) = (store.clone(), Arc::clone(&ids));
            let (stop, acknowledged) = (Arc::clone(&stop), Arc::clone(&acknowledged));
            workers.spawn(async move { import_until(&store, &ids, &stop, &acknowledged).await });
        }
        Self { stop, acknowledged, workers }
    }

    fn acknowledged(&self) -> usize {
        self.acknowledged.load(Ordering::Relaxed)
    }

    /// Waits until more imports are acknowledged than were under way.
    async fn goes_on(&self) {
        let enough = self.acknowledged() + 2 * self.workers.len();
        let more = async {
            while self.acknowledged() < enough {
                sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(PATIENCE, more).await.expect("imports go on");
    }

    async fn end(self) -> (Vec<u64>, Vec<StoreError>) {
        self.stop.store(true, Ordering::Relaxed);
        let (stored, refused): (Vec<_>, Vec<_>) = self.workers.join_all().await.into_iter().unzip();
        (stored.concat(), refused.concat())
    }
}

async fn import_until(
    store: &Store,
    ids: &Ids,
    stop: &AtomicBool,
    acknowledged: &AtomicUsize,
) -> (Vec<u64>, Vec<StoreError>) {
    let (mut stored, mut refused) = (Vec::new(), Vec::new());
    while !stop.load(Ordering::Relaxed) {
        let done = match ids.next().await {
            Ok(id) => {
                let new = MadeUp::new(id.number()).to_new();
                store.insert(&actor(), new).await.map(|stored| stored.number())
            }
            Err(error) => Err(error),
        };
        match done {
            Ok(number) => {
                stored.push(number);
                acknowledged.fetch_add(1, Ordering::Relaxed);
            }
            Err(error) => {
                refused.push(error);
                sleep(Duration::from_millis(20)).await;
            }
        }
    }
    (stored, refused)
}

/// Checks that every acknowledged certificate is there, and that every stored one is whole, counted once
/// and recorded once.
async fn assert_whole(store: &Store, url: &str, acknowledged: &[u64]) {
    for &number in acknowledged {
        let id = MadeUp::new(number).id();
        assert!(store.certificate(&actor().project, id).await.is_ok(), "{id} is lost");
    }
    let stored = number(url, "SELECT count(*) FROM certificate").await;
    assert!(stored >= acknowledged.len() as i64);
    for sql in [
        "SELECT count(*) FROM certificate_bytes",
        "SELECT CAST(sum(valid + expired) AS BIGINT) FROM shelf_count",
        "SELECT count(*) FROM audit_event WHERE action = 'certificate.import'",
        "SELECT (SELECT count(*) FROM search) + (SELECT count(*) FROM search_pending)",
    ] {
        assert_eq!(number(url, sql).await, stored, "{sql}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_break_lose_and_double_nothing() {
    let (store, url) = new_store().await;
    let burst = Burst::start(&store);
    let started = Instant::now();
    let mut broken = 0;
    while broken <= 20 || burst.acknowledged() <= 50 {
        assert!(started.elapsed() < PATIENCE, "{broken} broken, {} stored", burst.acknowledged());
        sleep(Duration::from_millis(15)).await;
        let sql = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                   WHERE datname = current_database() AND pid <> pg_backend_pid()
                       AND random() < 0.5";
        broken += number(&url, sql).await;
    }
    let (stored, refused) = burst.end().await;
    println!("{} acknowledged, {} refused, {broken} broken", stored.len(), refused.len());
    let unavailable = |error: &StoreError| matches!(error, StoreError::Unavailable { .. });
    assert!(refused.iter().all(unavailable), "{refused:?}");
    assert_whole(&store, &url, &stored).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_database_is_reported_and_found_again() {
    let own = TestPostgres::start();
    let url = own.new_database().await;
    let store = open_at(&url).await.unwrap();
    store.set_up(first_start()).await.unwrap();
    let burst = Burst::start(&store);
    for _ in 0..2 {
        burst.goes_on().await;
        own.kill();
        let away = store.ready().await;
        assert!(matches!(away, Err(StoreError::Unavailable { .. })), "{away:?}");
        let away = timeout(PATIENCE, store.is_set_up()).await.expect("no caller hangs");
        assert!(matches!(away, Err(StoreError::Unavailable { .. })), "{away:?}");
        own.restart();
        store.ready().await.unwrap();
    }
    burst.goes_on().await;
    let (stored, refused) = burst.end().await;
    println!("{} acknowledged, {} refused, 2 deaths", stored.len(), refused.len());
    let unavailable = |error: &StoreError| matches!(error, StoreError::Unavailable { .. });
    assert!(refused.iter().all(unavailable), "{refused:?}");
    assert_whole(&store, &url, &stored).await;
    let listing = store.list(&actor().project, &CertificateQuery::new(NOW, 1)).await.unwrap();
    assert_eq!(listing.total as i64, number(&url, "SELECT count(*) FROM certificate").await);
}

#[tokio::test]
async fn a_lock_that_is_held_is_not_waited_for_for_ever() {
    let (store, url) = new_store().await;
    store.insert(&actor(), MadeUp::new(1).to_new()).await.unwrap();
    let (client, driver) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(driver);
    client.batch_execute("BEGIN; SELECT * FROM certificate FOR UPDATE").await.unwrap();
    let actor = actor();
    let delete = store.delete(&actor, MadeUp::new(1).id(), NOW);
    let refused = timeout(PATIENCE, delete).await.expect("the lock is not waited for for ever");
    assert!(matches!(refused, Err(StoreError::Busy)), "{refused:?}");
    client.batch_execute("ROLLBACK").await.unwrap();
    store.delete(&actor, MadeUp::new(1).id(), NOW).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operation_is_done_though_its_caller_is_gone() {
    let (store, url) = new_store().await;
    for number in 1..=20 {
        let (store, new) = (store.clone(), MadeUp::new(number).to_new());
        let import = tokio::spawn(async move { store.insert(&actor(), new).await });
        sleep(Duration::from_millis(number)).await;
        import.abort();
    }
    store.insert(&actor(), MadeUp::new(21).to_new()).await.unwrap();
    store.close().await;
    let store = open_at(&url).await.unwrap();
    assert_whole(&store, &url, &[21]).await;
}
