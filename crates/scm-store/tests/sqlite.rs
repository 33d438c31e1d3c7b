//! The SQLite backend: the rules of every backend, and those of a file.

#![expect(clippy::unwrap_used, reason = "these are tests")]

#[path = "sqlite/deleted_keys.rs"]
mod deleted_keys;

use std::{
    collections::HashSet,
    fs,
    future::Future,
    os::unix::fs::PermissionsExt,
    path::Path,
    pin::pin,
    task::{Context, Waker},
};

use scm_seal::KeyringId;
use scm_store::{
    AuditQuery, CertificateId, CertificateQuery, IdBlock, Ids, Location, NewUser, Store,
    StoreError, UserId, open,
};
use scm_store_testing::{
    conformance::{MadeUp, NOW, Workshop, actor, first_start},
    conformance_suite,
};
use tempfile::TempDir;

conformance_suite!(new_store);

async fn new_store() -> (Store, TempDir) {
    let folder = TempDir::new().unwrap();
    (open_in(folder.path()).await.unwrap(), folder)
}

async fn open_in(folder: &Path) -> Result<Store, StoreError> {
    open_with(folder, keyring()).await
}

async fn open_with(folder: &Path, keyring: KeyringId) -> Result<Store, StoreError> {
    open(Location::Sqlite(folder.join("store.db")), keyring).await
}

fn keyring() -> KeyringId {
    "0123456789abcdef0123456789abcdef".parse().unwrap()
}

#[tokio::test]
async fn everything_is_there_after_a_restart() {
    let (store, folder) = new_store().await;
    store.set_up(first_start()).await.unwrap();
    let issued = Workshop::new().issue("www.example.com");
    store.insert(&actor(), issued.new_certificate(1)).await.unwrap();
    // Not closed: what was answered must be there even so.
    drop(store);

    let store = open_in(folder.path()).await.unwrap();
    assert!(store.is_set_up().await.unwrap());
    let stored = store.certificate(&actor().project, id(1)).await.unwrap();
    assert_eq!(stored.domain, "www.example.com");
    assert_eq!(store.events(&AuditQuery::of(&actor().project, 10)).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_row_that_must_be_there_is_damage_and_not_a_missing_certificate() {
    let (store, folder) = new_store().await;
    store.insert(&actor(), Workshop::new().issue("a.example").new_certificate(1)).await.unwrap();
    let file = rusqlite::Connection::open(folder.path().join("store.db")).unwrap();
    file.execute("DELETE FROM certificate_bytes", []).unwrap();
    let bytes = store.bundle(&actor().project, id(1)).await;
    assert!(matches!(bytes, Err(StoreError::Corrupt { .. })), "{bytes:?}");
    file.execute("DELETE FROM store", []).unwrap();
    let ready = store.ready().await;
    assert!(matches!(ready, Err(StoreError::Corrupt { .. })), "{ready:?}");
}

#[tokio::test]
async fn the_file_is_for_its_owner_only() {
    let (store, folder) = new_store().await;
    store.set_up(first_start()).await.unwrap();
    let files: Vec<_> = fs::read_dir(folder.path()).unwrap().map(Result::unwrap).collect();
    assert!(files.len() >= 2, "the store and its log");
    for file in files {
        let mode = file.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{:?}", file.path());
    }
}

#[tokio::test]
async fn closing_leaves_one_whole_file() {
    let (store, folder) = new_store().await;
    store.insert(&actor(), Workshop::new().issue("a.example").new_certificate(1)).await.unwrap();
    store.close().await;
    let names: Vec<_> =
        fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(names, ["store.db"]);
    let store = open_in(folder.path()).await.unwrap();
    assert!(store.certificate(&actor().project, id(1)).await.is_ok());
}

#[tokio::test]
async fn an_older_store_is_brought_up_to_date() {
    let (store, folder) = new_store().await;
    let first = first_start();
    store.set_up(first.clone()).await.unwrap();
    let issued = Workshop::new().issue("a.example");
    store.insert(&actor(), issued.new_certificate(1)).await.unwrap();
    store.close().await;
    execute(
        folder.path(),
        "ALTER TABLE account RENAME TO user;
         ALTER TABLE role_grant RENAME COLUMN account TO user;
         ALTER TABLE token RENAME COLUMN account TO user;
         ALTER TABLE access_key RENAME COLUMN account TO user;
         ALTER TABLE audit_event RENAME COLUMN account TO user",
    );
    execute(folder.path(), "DROP TABLE import_key; DROP TABLE moving; DROP TABLE master_key");
    execute(
        folder.path(),
        "DROP INDEX certificate_by_expiry;
         CREATE INDEX certificate_by_expiry ON certificate (scope, not_after);
         CREATE INDEX certificate_by_leaf ON certificate (scope, not_after, sha256)",
    );
    execute(folder.path(), "PRAGMA user_version = 1");
    let store = open_in(folder.path()).await.unwrap();
    assert_eq!(store.token(&first.token.hash).await.unwrap().user, first.user.id);
    for number in [2, 3] {
        let new = issued.new_certificate(number).once_by("key");
        assert_eq!(store.insert(&actor(), new).await.unwrap(), id(2));
    }
    assert!(store.certificate(&actor().project, id(1)).await.is_ok());
    let refused = store.insert(&actor(), issued.new_certificate(4).refuse_duplicate()).await;
    assert!(
        matches!(refused, Err(StoreError::Duplicate { existing }) if existing == id(1)),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_newer_schema_is_refused() {
    let (store, folder) = new_store().await;
    store.close().await;
    execute(folder.path(), "PRAGMA user_version = 99");
    let refused = open_in(folder.path()).await.err();
    assert!(
        matches!(refused, Some(StoreError::NewerSchema { found: 99, known: 6 })),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_foreign_keyring_is_refused() {
    let (store, folder) = new_store().await;
    store.close().await;
    let other = "f".repeat(32).parse().unwrap();
    let refused = open_with(folder.path(), other).await.err();
    let Some(StoreError::ForeignKeyring { stored, given }) = refused else { panic!("{refused:?}") };
    assert_eq!((stored, given), (keyring().to_string(), other.to_string()));
    open_in(folder.path()).await.unwrap();
}

#[tokio::test]
async fn what_is_no_file_is_refused_and_not_waited_for() {
    let folder = TempDir::new().unwrap();
    let pipe = std::process::Command::new("mkfifo").arg(folder.path().join("store.db")).status();
    assert!(pipe.unwrap().success());
    let refused = open_in(folder.path()).await.err();
    assert!(matches!(refused, Some(StoreError::NotOurs { .. })), "{refused:?}");
    let snapshot = folder.path().join("snapshot.db");
    let refused = scm_store::snapshot(folder.path().join("store.db"), snapshot, |_, _| {}).await;
    assert!(matches!(refused, Err(StoreError::NotOurs { .. })), "{refused:?}");
}

#[tokio::test]
async fn another_file_is_refused_and_left_alone() {
    let sqlite = TempDir::new().unwrap();
    rusqlite::Connection::open(sqlite.path().join("store.db"))
        .unwrap()
        .execute_batch("CREATE TABLE cats (name TEXT)")
        .unwrap();
    let text = TempDir::new().unwrap();
    fs::write(text.path().join("store.db"), "Dear diary, ".repeat(100)).unwrap();
    for folder in [sqlite, text] {
        let file = folder.path().join("store.db");
        let before = fs::read(&file).unwrap();
        let refused = open_in(folder.path()).await.err();
        assert!(matches!(refused, Some(StoreError::NotOurs { .. })), "{refused:?}");
        assert_eq!(fs::read(&file).unwrap(), before);
    }
}

#[tokio::test]
async fn a_missing_folder_is_unavailable() {
    let folder = TempDir::new().unwrap();
    let refused = open_in(&folder.path().join("none")).await.err();
    assert!(matches!(refused, Some(StoreError::Unavailable { .. })), "{refused:?}");
}

#[tokio::test]
async fn a_restored_backup_gives_no_id_again() {
    let (store, folder) = new_store().await;
    let before = take(&store, 10).await;
    store.close().await;
    let file = folder.path().join("store.db");
    let backup = fs::read(&file).unwrap();

    let store = open_in(folder.path()).await.unwrap();
    let lost = take(&store, 2 * IdBlock::LEN as usize + 10).await;
    store.close().await;
    fs::write(&file, backup).unwrap();

    let store = open_in(folder.path()).await.unwrap();
    let after = take(&store, 2 * IdBlock::LEN as usize + 10).await;
    assert!(before.is_disjoint(&lost) && before.is_disjoint(&after) && lost.is_disjoint(&after));
}

#[tokio::test]
async fn two_servers_on_one_file_lease_different_blocks() {
    let (store, folder) = new_store().await;
    let other = open_in(folder.path()).await.unwrap();
    let (ours, theirs) = tokio::join!(take(&store, 5000), take(&other, 5000));
    assert!(ours.is_disjoint(&theirs));
    assert_eq!(ours.len() + theirs.len(), 10_000);
}

/// As when the administrator's command line works beside a server under load.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_handles_write_at_once() {
    let (server, folder) = new_store().await;
    server.set_up(first_start()).await.unwrap();
    let mut imports = tokio::task::JoinSet::new();
    for worker in 0..16 {
        let server = server.clone();
        imports.spawn(async move {
            for number in (worker..800).step_by(16) {
                server.insert(&actor(), MadeUp::new(number).to_new()).await.unwrap();
            }
        });
    }
    let domain = first_start().domain.id;
    for number in 0..20 {
        // Opened anew for each command.
        let command_line = open_in(folder.path()).await.unwrap();
        let name = format!("user-{number}");
        let user = NewUser { id: UserId::new(&name), name, ..first_start().user };
        command_line.add_user(None, domain.clone(), user, vec![], NOW).await.unwrap();
        command_line.close().await;
    }
    imports.join_all().await;
    assert_eq!(server.users(&domain).await.unwrap().len(), 21);
    let all = CertificateQuery::new(NOW, 1);
    assert_eq!(server.list(&actor().project, &all).await.unwrap().total, 800);
}

#[tokio::test]
async fn what_another_handle_changes_counts_at_once() {
    let (server, folder) = new_store().await;
    let first = first_start();
    server.set_up(first.clone()).await.unwrap();
    assert!(server.token(&first.token.hash).await.is_ok());
    let command_line = open_in(folder.path()).await.unwrap();
    command_line.set_enabled(None, &first.user.id, false, NOW).await.unwrap();
    assert!(matches!(server.token(&first.token.hash).await, Err(StoreError::Missing { .. })));
}

#[tokio::test]
async fn the_index_that_is_left_over_is_built_after_a_restart() {
    let (store, folder) = new_store().await;
    for number in 0..300 {
        store.insert(&actor(), MadeUp::new(number).to_new()).await.unwrap();
    }
    store.close().await;
    execute(
        folder.path(),
        "INSERT INTO search (search) VALUES ('delete-all');
         INSERT OR IGNORE INTO search_pending SELECT scope << 44 | id FROM certificate",
    );
    let store = open_in(folder.path()).await.unwrap();
    let patience = std::time::Instant::now() + std::time::Duration::from_secs(120);
    while number(folder.path(), "SELECT count(*) FROM search_pending") > 0 {
        assert!(std::time::Instant::now() < patience);
        tokio::task::yield_now().await;
    }
    let content = Some("www299".to_owned());
    let query = CertificateQuery { content, ..CertificateQuery::new(NOW, 10) };
    assert_eq!(store.list(&actor().project, &query).await.unwrap().total, 1);
}

#[tokio::test]
async fn a_chain_goes_with_the_last_that_has_it() {
    let (store, folder) = new_store().await;
    let issued = Workshop::new().issue("www.example.com");
    for number in 1..=2 {
        store.insert(&actor(), issued.new_certificate(number)).await.unwrap();
    }
    let chains = || number(folder.path(), "SELECT count(*) FROM chain");
    assert_eq!(chains(), 1);
    store.delete(&actor(), id(1), NOW).await.unwrap();
    assert_eq!(chains(), 1);
    store.replace(&actor(), id(2), MadeUp::new(2).to_replacement(), NOW).await.unwrap();
    assert_eq!(chains(), 1, "another one, in place of the unused one");
    store.delete(&actor(), id(2), NOW).await.unwrap();
    assert_eq!(chains(), 0);
    assert_eq!(number(folder.path(), "SELECT count(*) FROM certificate_bytes"), 0);
}

#[tokio::test]
async fn an_operation_is_done_though_its_caller_is_gone() {
    let (store, _folder) = new_store().await;
    let issued = Workshop::new().issue("www.example.com");
    {
        let actor = actor();
        let mut insert = pin!(store.insert(&actor, issued.new_certificate(1)));
        // Polled once, the operation is queued; then its future is dropped.
        let _ = insert.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    }
    // The queue is in order, so when this is done, so is the other.
    store.insert(&actor(), issued.new_certificate(2)).await.unwrap();
    assert!(store.certificate(&actor().project, id(1)).await.is_ok());
}

#[tokio::test]
async fn closing_finishes_what_was_handed_over() {
    let (store, folder) = new_store().await;
    let issued = Workshop::new().issue("www.example.com");
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..50 {
        let (store, new) = (store.clone(), issued.new_certificate(number));
        tasks.spawn(async move { (number, store.insert(&actor(), new).await) });
    }
    tokio::task::yield_now().await;
    store.close().await;
    let outcomes = tasks.join_all().await;
    let store = open_in(folder.path()).await.unwrap();
    for (number, outcome) in outcomes {
        let found = store.certificate(&actor().project, id(number)).await.is_ok();
        assert_eq!(outcome.is_ok(), found, "{number}: {outcome:?}");
    }
}

async fn take(store: &Store, count: usize) -> HashSet<CertificateId> {
    let ids = Ids::new(store.clone());
    let mut taken = HashSet::new();
    for _ in 0..count {
        assert!(taken.insert(ids.next().await.unwrap()));
    }
    taken
}

fn id(number: u64) -> CertificateId {
    CertificateId::from_number(number).unwrap()
}

fn number(folder: &Path, sql: &str) -> i64 {
    let connection = rusqlite::Connection::open(folder.join("store.db")).unwrap();
    connection.query_row(sql, [], |row| row.get(0)).unwrap()
}

fn execute(folder: &Path, sql: &str) {
    let connection = rusqlite::Connection::open(folder.join("store.db")).unwrap();
    connection.execute_batch(sql).unwrap();
}
