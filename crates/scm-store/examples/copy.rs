//! Measures a copy from SQLite to PostgreSQL and back.
//!
//! `cargo run --release -p scm-store --example copy -- 1000000`
//!
//! Starts a PostgreSQL that does not wait for the disk. Needs about 10 GiB for a million certificates,
//! in temporary folders.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a program that measures")]

use std::time::Instant;

use scm_store::{Location, Stage, Store, copy, open};
use scm_store_testing::{
    conformance::{MadeUp, actor},
    test_postgres::TestPostgres,
};
use tempfile::TempDir;
use tokio::task::JoinSet;

/// The number of concurrent imports.
const AT_ONCE: u64 = 1000;

#[tokio::main]
async fn main() {
    let size: u64 = std::env::args().nth(1).unwrap().parse().unwrap();
    let folder = TempDir::new_in(".").unwrap();
    let file = |name: &str| Location::Sqlite(folder.path().join(name));
    let postgres = TestPostgres::start();
    let database = Location::Postgres(postgres.new_database().await.parse().unwrap());
    let keyring = "0".repeat(32).parse().unwrap();
    let store = open(file("first.db"), keyring).await.unwrap();
    for first in (0..size).step_by(AT_ONCE as usize) {
        fill(&store, first..(first + AT_ONCE).min(size)).await;
    }
    store.close().await;
    println!("{size} certificates imported");
    measure(&file("first.db"), &database).await;
    measure(&database, &file("back.db")).await;
}

async fn fill(store: &Store, numbers: std::ops::Range<u64>) {
    let mut imports = JoinSet::new();
    for number in numbers {
        let store = store.clone();
        imports.spawn(async move { store.insert(&actor(), MadeUp::new(number).to_new()).await });
    }
    imports.join_all().await.into_iter().for_each(|stored| {
        stored.unwrap();
    });
}

async fn measure(from: &Location, to: &Location) {
    let (started, mut compares) = (Instant::now(), None);
    let mut report = |stage| {
        if let Stage::Comparing { .. } = stage {
            compares = Some(started.elapsed());
        }
    };
    let copied = copy(from, to, &mut report).await.unwrap();
    let rows: u64 = copied.parts.iter().map(|(_, rows)| rows).sum();
    let (whole, copying) = (started.elapsed(), compares.unwrap());
    let rate = rows as f64 / copying.as_secs_f64();
    println!(
        "{from} to {to}: {rows} rows copied in {copying:.1?} ({rate:.0}/s), done after {whole:.1?}"
    );
}
