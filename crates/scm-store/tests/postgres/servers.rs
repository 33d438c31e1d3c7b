//! Several servers on one store.

use std::collections::HashSet;

use scm_store::{CertificateQuery, Ids, NewToken, Store, StoreError, TokenHash};
use scm_store_testing::{
    conformance::{MadeUp, NOW, Workshop, actor, first_start},
    test_postgres::query,
};
use time::Duration;
use tokio::task::JoinSet;

use super::{new_store, number, open_at};

/// Two open stores on one database, and where it is.
async fn two() -> ([Store; 2], String) {
    let (one, url) = new_store().await;
    let other = open_at(&url).await.unwrap();
    ([one, other], url)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ids_differ_and_counters_add_up() {
    let (servers, url) = two().await;
    let mut imports = JoinSet::new();
    for worker in 0..8 {
        let store = servers[worker % 2].clone();
        imports.spawn(async move {
            let ids = Ids::new(store.clone());
            let mut given = Vec::new();
            for _ in 0..50 {
                let id = ids.next().await.unwrap();
                store.insert(&actor(), MadeUp::new(id.number()).to_new()).await.unwrap();
                given.push(id);
            }
            given
        });
    }
    let given: HashSet<_> = imports.join_all().await.concat().into_iter().collect();
    assert_eq!(given.len(), 400);
    for store in &servers {
        assert_eq!(store.counts(&actor().project, NOW).await.unwrap()[0].count, 400);
        let listing =
            store.list(&actor().project, &CertificateQuery::new(NOW, 1000)).await.unwrap();
        let listed: HashSet<_> = listing.records.iter().map(|record| record.id).collect();
        assert_eq!((listing.total, listed), (400, given.clone()));
    }
    assert!(number(&url, "SELECT count(*) FROM shelf_count").await > 1, "each counts for itself");
}

#[tokio::test]
async fn what_one_does_the_other_knows_at_once() {
    let ([one, other], _) = two().await;
    let first = first_start();
    one.set_up(first.clone()).await.unwrap();
    let token = NewToken { hash: TokenHash([7; 32]), ..first.token };
    one.add_token(&actor(), token.clone()).await.unwrap();
    assert!(other.token(&token.hash).await.is_ok());
    other.revoke_token(None, &token.hash, NOW).await.unwrap();
    assert!(matches!(one.token(&token.hash).await, Err(StoreError::Missing { .. })));
    one.set_enabled(None, &first.user.id, false, NOW).await.unwrap();
    assert!(!other.user_by_id(&first.user.id).await.unwrap().enabled);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_that_import_the_same_leaf_at_once_one_is_refused() {
    let (servers, _) = two().await;
    let issued = Workshop::new().issue("www.example.com");
    for round in 0..20 {
        let mut imports = JoinSet::new();
        for (at, store) in servers.iter().enumerate() {
            let (store, number) = (store.clone(), 1 + 2 * round + at as u64);
            let new = issued.new_certificate(number).refuse_duplicate();
            imports.spawn(async move { (number, store.insert(&actor(), new).await) });
        }
        let mut outcomes = imports.join_all().await;
        outcomes.sort_by_key(|(_, outcome)| outcome.is_err());
        let [(stored, Ok(_)), (_, Err(StoreError::Duplicate { existing }))] = &outcomes[..] else {
            panic!("{outcomes:?}");
        };
        assert_eq!(existing.number(), *stored);
        servers[0].delete(&actor(), *existing, NOW).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sweeps_at_once_mark_each_once() {
    let (servers, _) = two().await;
    for number in 0..700 {
        servers[0].insert(&actor(), MadeUp::new(number).to_new()).await.unwrap();
    }
    let later = NOW + Duration::days(100);
    let (one, other) =
        tokio::join!(servers[0].sweep_expired(later), servers[1].sweep_expired(later));
    assert_eq!(one.unwrap() + other.unwrap(), 700);
    let counts = servers[1].counts(&actor().project, later).await.unwrap();
    assert_eq!((counts.len(), counts[0].expired, counts[0].count), (1, true, 700));
}

#[tokio::test]
async fn what_one_server_does_for_all_another_takes_over_when_its_time_is_up() {
    let (store, url) = new_store().await;
    store.insert(&actor(), MadeUp::new(1).to_new()).await.unwrap();
    let later = NOW + Duration::days(100);
    let lease = |seconds: i64| {
        format!(
            "INSERT INTO lease VALUES ('sweep', -1,
                 CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT) + {seconds} * 1000)
             ON CONFLICT (name) DO UPDATE SET holder = -1, until = excluded.until"
        )
    };
    query(&url, &lease(1000)).await;
    assert_eq!(store.sweep_expired(later).await.unwrap(), 0, "another one is at it");
    query(&url, &lease(-1)).await;
    assert_eq!(store.sweep_expired(later).await.unwrap(), 1, "another one has died over it");
}

#[tokio::test]
async fn what_one_leaves_another_indexes() {
    let (one, url) = new_store().await;
    one.insert(&actor(), MadeUp::new(1).to_new()).await.unwrap();
    one.close().await;
    let other = open_at(&url).await.unwrap();
    other.index_pending().await.unwrap();
    assert_eq!(number(&url, "SELECT count(*) FROM search_pending").await, 0);
    assert_eq!(number(&url, "SELECT count(*) FROM search").await, 1);
}

#[tokio::test]
async fn a_chain_goes_with_the_last_that_has_it() {
    let (store, url) = new_store().await;
    let issued = Workshop::new().issue("www.example.com");
    for number in 1..=2 {
        store.insert(&actor(), issued.new_certificate(number)).await.unwrap();
    }
    let chains = async || number(&url, "SELECT count(*) FROM chain").await;
    assert_eq!(chains().await, 1);
    store.delete(&actor(), MadeUp::new(1).id(), NOW).await.unwrap();
    assert_eq!(chains().await, 1);
    let other = MadeUp::new(2);
    store.replace(&actor(), other.id(), other.to_replacement(), NOW).await.unwrap();
    assert_eq!(chains().await, 1, "another one, in place of the unused one");
    store.delete(&actor(), other.id(), NOW).await.unwrap();
    assert_eq!(chains().await, 0);
    assert_eq!(number(&url, "SELECT count(*) FROM certificate_bytes").await, 0);
}

#[tokio::test]
async fn the_master_key_of_a_server_counts_until_it_changes_or_lapses() {
    let (servers, url) = two().await;
    let key = |digit: &str| digit.repeat(32).parse().unwrap();
    assert_eq!(servers[0].announced_keys().await.unwrap(), []);
    for server in &servers {
        server.announce_key(Some(key("a"))).await.unwrap();
    }
    servers[1].announce_key(Some(key("a"))).await.unwrap();
    assert_eq!(servers[0].announced_keys().await.unwrap(), [key("a"), key("a")]);
    servers[0].announce_key(Some(key("b"))).await.unwrap();
    servers[1].announce_key(None).await.unwrap();
    assert_eq!(servers[1].announced_keys().await.unwrap(), [key("b")]);
    query(&url, "UPDATE lease SET until = 1 WHERE name LIKE 'seals %'").await;
    assert_eq!(servers[1].announced_keys().await.unwrap(), []);
    servers[1].announce_key(Some(key("c"))).await.unwrap();
    assert_eq!(number(&url, "SELECT count(*) FROM lease WHERE name LIKE 'seals %'").await, 1);
}
