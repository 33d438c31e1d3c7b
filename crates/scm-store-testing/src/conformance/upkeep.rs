//! Rules of upkeep: ids, sweeps, closing.

use std::{collections::HashSet, sync::Arc};

use scm_store::{IdBlock, Ids, Store, StoreError};
use time::{Duration, OffsetDateTime};

use super::{NOW, Workshop, actor, first_start};

/// No block is leased twice, and none is short.
pub async fn blocks_are_leased_once(store: Store) {
    let mut ids = HashSet::new();
    for _ in 0..20 {
        ids.extend(store.lease_block().await.unwrap());
    }
    assert_eq!(ids.len() as u64, 20 * IdBlock::LEN);
    assert!(ids.iter().all(|id| id.to_string().len() == 16));
}

/// Ids differ, however many callers take them at the same time and whichever server of a store gives them.
pub async fn ids_are_given_once(store: Store) {
    let servers = [Ids::new(store.clone()), Ids::new(store)].map(Arc::new);
    let mut tasks = tokio::task::JoinSet::new();
    for caller in 0..8 {
        let ids = Arc::clone(&servers[caller % 2]);
        tasks.spawn(async move {
            let mut given = Vec::new();
            for _ in 0..2000 {
                given.push(ids.next().await.unwrap());
            }
            given
        });
    }
    let given: Vec<_> = tasks.join_all().await.concat();
    assert_eq!(given.iter().collect::<HashSet<_>>().len(), 8 * 2000);
}

/// A sweep marks the certificates that expired before, once; a late sweep with an earlier time does nothing.
pub async fn a_sweep_marks_what_has_ended(store: Store) {
    let issued = Workshop::new().issue("www.example.com");
    let end = issued.verified().leaf().not_after();
    store.insert(&actor(), issued.new_certificate(1)).await.unwrap();
    assert_eq!(store.sweep_expired(end).await.unwrap(), 0);
    let later = end + Duration::seconds(1);
    assert_eq!(store.sweep_expired(later).await.unwrap(), 1);
    assert_eq!(store.sweep_expired(later).await.unwrap(), 0);
    assert_eq!(store.sweep_expired(NOW).await.unwrap(), 0);
    assert_eq!(expired(&store, NOW).await, [(false, 1)]);
    assert_eq!(expired(&store, later).await, [(true, 1)]);
}

/// A sweep is not done before all is marked, however many there are.
pub async fn a_sweep_of_many_marks_all(store: Store) {
    let workshop = Workshop::new();
    let issued = workshop.issue("www.example.com");
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..1100 {
        let (store, new) = (store.clone(), issued.new_certificate(number));
        tasks.spawn(async move { store.insert(&actor(), new).await });
    }
    for stored in tasks.join_all().await {
        stored.unwrap();
    }
    let end = issued.verified().leaf().not_after();
    assert_eq!(store.sweep_expired(end + Duration::DAY).await.unwrap(), 1100);
    assert_eq!(expired(&store, end + Duration::DAY).await, [(true, 1100)]);
    assert_eq!(expired(&store, end).await, [(false, 1100)]);
}

/// A closed store refuses operations and reads; closing it again does nothing.
pub async fn a_closed_store_refuses_operations(store: Store) {
    store.ready().await.unwrap();
    store.set_up(first_start()).await.unwrap();
    store.close().await;
    store.close().await;
    assert!(matches!(store.ready().await, Err(StoreError::Closed)));
    assert!(matches!(store.is_set_up().await, Err(StoreError::Closed)));
    assert!(matches!(store.lease_block().await, Err(StoreError::Closed)));
}

async fn expired(store: &Store, now: OffsetDateTime) -> Vec<(bool, u64)> {
    let counts = store.counts(&actor().project, now).await.unwrap();
    counts.iter().map(|count| (count.expired, count.count)).collect()
}
