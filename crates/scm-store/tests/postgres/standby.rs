//! A primary whose standby must have every change before it counts as committed.

use std::time::Duration;

use scm_store::{Ids, Store, StoreError};
use scm_store_testing::{
    conformance::{MadeUp, actor, first_start, in_project},
    test_postgres::{TestPostgresPair, query},
};
use tokio::{
    task::JoinHandle,
    time::{sleep, timeout},
};

use super::{number, open_at};

/// A store on a pair, with what a commit that waits for the standby is found by.
struct Place {
    pair: TestPostgresPair,
    url: String,
    store: Store,
    ids: Ids,
}

/// Those who wait until the standby has what they committed.
const WAITING: &str = "FROM pg_stat_activity WHERE wait_event = 'SyncRep'
                       AND application_name = 'scm-server'";

impl Place {
    async fn open() -> Self {
        let pair = TestPostgresPair::start();
        let url = pair.url("postgres");
        let store = open_at(&url).await.unwrap();
        store.set_up(first_start()).await.unwrap();
        let ids = Ids::new(store.clone());
        Self { pair, url, store, ids }
    }

    async fn import(&self, key: &str) -> JoinHandle<Result<u64, StoreError>> {
        let id = self.ids.next().await.unwrap();
        // The same whenever it is sent.
        let new = MadeUp::new(1).to_new_under(id.number()).once_by(key);
        let store = self.store.clone();
        tokio::spawn(async move { store.insert(&actor(), new).await.map(|id| id.number()) })
    }

    async fn wait_for_waiting(&self) {
        let waits = async {
            while number(&self.url, &format!("SELECT count(*) {WAITING}")).await == 0 {
                sleep(Duration::from_millis(10)).await;
            }
        };
        timeout(Duration::from_secs(120), waits).await.expect("a commit waits for the standby");
    }

    /// Ends the connection on which a commit waits: the primary has it, the standby has not.
    async fn break_the_waiting(&self) {
        self.wait_for_waiting().await;
        query(&self.url, &format!("SELECT pg_terminate_backend(pid) {WAITING}")).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_only_the_primary_has_is_not_acknowledged() {
    let place = Place::open().await;
    let known = place.import("known").await.await.unwrap().unwrap();
    place.pair.standby().kill();
    let mut import = place.import("another").await;
    place.break_the_waiting().await;
    let found = timeout(Duration::from_millis(500), &mut import).await;
    assert!(found.is_err(), "found on the primary alone, and acknowledged: {found:?}");
    place.pair.standby().restart();
    let stored = import.await.unwrap().unwrap();

    place.pair.primary().crash();
    place.pair.promote();
    for number in [known, stored] {
        let id = MadeUp::new(number).id();
        place.store.certificate(&actor().project, id).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_only_the_primary_knows_is_not_acknowledged() {
    let place = Place::open().await;
    place.import("known").await.await.unwrap().unwrap();
    place.pair.standby().kill();
    let abandoned = place.import("another").await;
    place.break_the_waiting().await;
    let mut again = place.import("another").await;
    let found = timeout(Duration::from_millis(500), &mut again).await;
    assert!(found.is_err(), "found on the primary alone, and acknowledged: {found:?}");
    place.pair.standby().restart();
    assert_eq!(again.await.unwrap().unwrap(), abandoned.await.unwrap().unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_project_that_only_the_dead_primary_knew_is_not_remembered() {
    let place = Place::open().await;
    let owner = in_project("new");
    let import = async |number| {
        let new = MadeUp::new(number).to_new();
        place.store.insert(&owner, new).await
    };
    place.pair.standby().kill();
    let (doubtful, ()) = tokio::join!(import(1), async {
        // The number of the project, and that of the enterprise project.
        place.break_the_waiting().await;
        place.break_the_waiting().await;
        place.wait_for_waiting().await;
        place.pair.primary().crash();
        place.pair.standby().restart();
        place.pair.promote();
    });
    let stored = [doubtful, import(2).await];
    assert!(stored[1].is_ok(), "{stored:?}");
    for id in stored.into_iter().flatten() {
        place.store.certificate(&owner.project, id).await.unwrap();
    }
}
