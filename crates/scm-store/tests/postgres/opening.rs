//! Opening a database that is empty, half done, too new, of another program, or away.

use scm_pki::testing::{Algorithm, TestAuthority};
use scm_store::{AuditQuery, Location, StoreError, migrate, open};
use scm_store_testing::{
    conformance::{MadeUp, NOW, actor, first_start},
    test_postgres::{TestPostgres, TestPostgresTls, query},
};
use tokio::task::JoinSet;

use super::{keyring, new_store, number, open_at};

/// The schema of this release.
const SCHEMA: i64 = 5;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_servers_that_start_at_once_find_one_store() {
    let url = TestPostgres::shared().new_database().await;
    let mut starts = JoinSet::new();
    for _ in 0..10 {
        let url = url.clone();
        starts.spawn(async move {
            let store = open_at(&url).await?;
            let set_up = store.set_up(first_start()).await;
            store.close().await;
            Ok::<_, StoreError>(set_up)
        });
    }
    let set_up: Vec<_> = starts.join_all().await.into_iter().map(Result::unwrap).collect();
    assert_eq!(set_up.iter().filter(|done| done.is_ok()).count(), 1, "{set_up:?}");
    let others = set_up.iter().filter(|done| matches!(done, Err(StoreError::Conflict { .. })));
    assert_eq!(others.count(), 9, "{set_up:?}");
    assert_eq!(number(&url, "SELECT version FROM scm_schema").await, SCHEMA);
    assert_eq!(number(&url, "SELECT opened FROM store").await, 10);
}

#[tokio::test]
async fn everything_is_there_after_a_restart() {
    let (store, url) = new_store().await;
    store.set_up(first_start()).await.unwrap();
    store.insert(&actor(), MadeUp::new(1).to_new()).await.unwrap();
    // Not closed: what was answered must be there even so.
    drop(store);
    let store = open_at(&url).await.unwrap();
    let stored = store.certificate(&actor().project, MadeUp::new(1).id()).await.unwrap();
    assert_eq!(stored.domain, "www1.example.com");
    assert_eq!(store.events(&AuditQuery::of(&actor().project, 10)).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_step_that_was_cut_short_is_taken_again() {
    let (store, url) = new_store().await;
    store.insert(&actor(), MadeUp::new(1).to_new()).await.unwrap();
    store.close().await;
    query(&url, "DROP TABLE audit_event").await;
    query(&url, "DROP INDEX certificate_by_update").await;
    query(&url, "UPDATE scm_schema SET version = 0").await;
    assert_eq!(migrate(Location::Postgres(url.parse().unwrap())).await.unwrap(), SCHEMA);
    let store = open_at(&url).await.unwrap();
    store.insert(&actor(), MadeUp::new(2).to_new()).await.unwrap();
    assert_eq!(store.counts(&actor().project, NOW).await.unwrap()[0].count, 2);
}

#[tokio::test]
async fn an_older_store_is_brought_up_to_date() {
    let (store, url) = new_store().await;
    store.insert(&actor(), MadeUp::new(1).to_new()).await.unwrap();
    store.close().await;
    query(&url, "DROP TABLE import_key, moving, master_key").await;
    query(&url, "ALTER INDEX search_by_piece SET (fastupdate = off)").await;
    query(&url, "UPDATE scm_schema SET version = 1").await;
    let store = open_at(&url).await.unwrap();
    let collects = "SELECT count(*) FROM pg_class WHERE relname = 'search_by_piece'
                    AND reloptions @> '{fastupdate=on,gin_pending_list_limit=256}'";
    assert_eq!(number(&url, collects).await, 1);
    for number in [2, 3] {
        let new = MadeUp::new(2).to_new_under(number).once_by("key");
        assert_eq!(store.insert(&actor(), new).await.unwrap(), MadeUp::new(2).id());
    }
    assert_eq!(store.counts(&actor().project, NOW).await.unwrap()[0].count, 2);
}

#[tokio::test]
async fn a_newer_schema_is_refused() {
    let (store, url) = new_store().await;
    store.close().await;
    query(&url, "UPDATE scm_schema SET version = 99").await;
    let refused = open_at(&url).await.err();
    assert!(
        matches!(refused, Some(StoreError::NewerSchema { found: 99, known: SCHEMA })),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_foreign_keyring_is_refused() {
    let (store, url) = new_store().await;
    store.close().await;
    let other = "f".repeat(32).parse().unwrap();
    let refused = open(Location::Postgres(url.parse().unwrap()), other).await.err();
    let Some(StoreError::ForeignKeyring { stored, given }) = refused else { panic!("{refused:?}") };
    assert_eq!((stored, given), (keyring().to_string(), other.to_string()));
    open_at(&url).await.unwrap();
}

#[tokio::test]
async fn another_database_is_refused_and_left_alone() {
    let url = TestPostgres::shared().new_database().await;
    query(&url, "CREATE TABLE cats (name TEXT)").await;
    let refused = open_at(&url).await.err();
    let Some(StoreError::NotOurs { place }) = refused else { panic!("{refused:?}") };
    assert!(place.starts_with("postgres:///tmp"), "{place}");
    let tables = "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'";
    assert_eq!(number(&url, tables).await, 1);
}

#[tokio::test]
async fn of_several_hosts_one_that_takes_writing_is_found() {
    let url = TestPostgres::shared().new_database().await;
    query(&url, "CREATE VIEW foreign_view AS SELECT 1").await;
    let (who, place) = url.split_once('@').unwrap();
    let store = open_at(&format!("{who}@%2Fnowhere:1,127.0.0.1:1,{place}")).await.unwrap();
    store.ready().await.unwrap();
    // As after a failover: this one takes no writing any more, and nor does any other.
    let database = url.rsplit('/').next().unwrap();
    query(&url, &format!("ALTER DATABASE {database} SET default_transaction_read_only = on")).await;
    let refused = open_at(&url).await.err();
    assert!(matches!(refused, Some(StoreError::Unavailable { .. })), "{refused:?}");
    let stop = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid()";
    query(&url, stop).await;
    let away = store.ready().await;
    assert!(matches!(away, Err(StoreError::Unavailable { .. })), "{away:?}");
}

#[tokio::test]
async fn what_is_not_there_is_unavailable() {
    let nowhere = TestPostgres::shared().url("nothing_of_this_name");
    for url in [nowhere.as_str(), "postgres://scm:hunter2@127.0.0.1:1/scm"] {
        let refused = open_at(url).await.err().unwrap();
        assert!(matches!(refused, StoreError::Unavailable { .. }), "{refused:?}");
        assert!(!format!("{refused:?}").contains("hunter2"));
    }
}

#[tokio::test]
async fn with_tls_only_who_can_prove_its_name_is_believed() {
    let authority = TestAuthority::new(Algorithm::P256, time::OffsetDateTime::now_utc());
    let bundle = authority.leaf("localhost").with_root().issue();
    let certificate = format!("{}\n{}", bundle.certificate, bundle.certificate_chain);
    let tls = TestPostgresTls { certificate: &certificate, key: &bundle.private_key };
    let own = TestPostgres::start_tls(&tls);
    let folder = tempfile::tempdir().unwrap();
    let (ours, theirs) = (folder.path().join("ours.pem"), folder.path().join("theirs.pem"));
    std::fs::write(&ours, bundle.certificate_chain.as_bytes()).unwrap();
    let other = TestAuthority::new(Algorithm::P256, time::OffsetDateTime::now_utc());
    let stranger = other.leaf("localhost").with_root().issue();
    std::fs::write(&theirs, stranger.certificate_chain.as_bytes()).unwrap();
    let url = |host: &str, with: String| {
        format!("postgres://postgres@{host}:{}/postgres?{with}", own.port())
    };
    let vouching = |file: &std::path::Path| format!("sslrootcert={}", file.display());
    open_at(&url("localhost", vouching(&ours))).await.unwrap();
    // With SCRAM, the password is bound to the connection.
    let socket = own.url("postgres");
    query(&socket, "CREATE ROLE secured SUPERUSER LOGIN PASSWORD 'a secret'").await;
    let secured = |password: &str| {
        let url = url("localhost", vouching(&ours));
        url.replace("postgres@", &format!("secured:{password}@"))
    };
    open_at(&secured("a%20secret")).await.unwrap();
    let refused = open_at(&secured("another")).await.err();
    assert!(matches!(refused, Some(StoreError::Unavailable { .. })), "{refused:?}");
    for (host, with) in [
        ("localhost", vouching(&theirs)),
        ("localhost", "sslmode=verify-full".to_owned()),
        ("127.0.0.1", vouching(&ours)),
        ("localhost", "sslmode=disable".to_owned()),
    ] {
        let refused = open_at(&url(host, with)).await.err();
        assert!(matches!(refused, Some(StoreError::Unavailable { .. })), "{refused:?}");
    }
}
