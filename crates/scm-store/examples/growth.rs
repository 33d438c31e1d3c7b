//! What lists, searches, details and imports cost, with few and with many certificates kept.
//!
//! `cargo run --release -p scm-store --example growth -- 1000 1000000`

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a program that measures")]

use std::{
    fs,
    sync::Arc,
    time::{Duration, Instant},
};

use scm_store::{
    CertificateQuery, EnterpriseProject, Home, Sort, Start, State, Store,
    conformance::{MadeUp, NOW, actor},
    open,
};
use tempfile::TempDir;

const GROUPS: u64 = 20;
const DAY: time::Duration = time::Duration::DAY;

#[tokio::main]
async fn main() {
    for size in std::env::args().skip(1).map(|size| size.parse().unwrap()) {
        measure(size).await;
    }
}

async fn measure(size: u64) {
    let folder = TempDir::new_in(".").unwrap();
    let home = || Home::Sqlite(folder.path().join("store.db"));
    let ring = "0123456789abcdef0123456789abcdef".parse().unwrap();
    let store = open(home(), ring).await.unwrap();
    println!("{size} certificates");
    let started = Instant::now();
    fill(&store, 0..size, size).await;
    per("keep, 256 at once", started.elapsed(), size);
    let started = Instant::now();
    let indexed = store.index_pending().await.unwrap();
    per(&format!("index, {indexed} left"), started.elapsed(), indexed.max(1));
    let started = Instant::now();
    let swept = store.sweep_expired(NOW).await.unwrap();
    per(&format!("sweep, {swept}"), started.elapsed(), swept.max(1));
    store.close().await;
    let bytes: u64 =
        fs::read_dir(folder.path()).unwrap().map(|f| f.unwrap().metadata().unwrap().len()).sum();
    println!("  {:<34}{:>10} MiB", "file", bytes >> 20);
    let started = Instant::now();
    let store = open(home(), ring).await.unwrap();
    store.ready().await.unwrap();
    per("open", started.elapsed(), 1);
    read(&*store, size).await;
    let started = Instant::now();
    fill(&store, size..size + 5000, size).await;
    per("keep 5000 more, 256 at once", started.elapsed(), 5000);
    let started = Instant::now();
    for number in size + 5000..size + 5200 {
        store.keep(&actor(), made_up(number, size).to_new()).await.unwrap();
    }
    per("keep 200 more, one by one", started.elapsed(), 200);
    println!("  {:<34}{:>10} MiB", "memory", memory() >> 10);
}

async fn fill(store: &Arc<dyn Store>, numbers: std::ops::Range<u64>, size: u64) {
    let mut tasks = tokio::task::JoinSet::new();
    for first in numbers.start..numbers.end.min(numbers.start + 256) {
        let (store, end) = (Arc::clone(store), numbers.end);
        tasks.spawn(async move {
            for number in (first..end).step_by(256) {
                store.keep(&actor(), made_up(number, size).to_new()).await.unwrap();
            }
        });
    }
    tasks.join_all().await;
}

/// Certificates of 90 days that came in over the last 100, so that one in ten has expired. Each
/// enterprise project has its share.
fn made_up(number: u64, size: u64) -> MadeUp {
    let random = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
    let share = number as f64 / size as f64;
    let created: time::OffsetDateTime = NOW - DAY * 100 * (1.0 - share);
    MadeUp {
        name: format!("shop-{random}"),
        domain: format!("shop{random}.customers.example.com"),
        sans: vec![format!("www.shop{random}.customers.example.com")],
        enterprise_project: format!("00000000-0000-0000-0000-0000000000{:02}", number % GROUPS),
        not_after: created.replace_nanosecond(0).unwrap() + DAY * 90,
        created,
        ..MadeUp::new(1_000_000_000_000 + number)
    }
}

async fn read(store: &dyn Store, size: u64) {
    let all = CertificateQuery::new(NOW, 10);
    let group = Some(EnterpriseProject::new("00000000-0000-0000-0000-000000000007"));
    let rare = made_up(size / 2, size).domain[..10].to_owned();
    let text = |text: &str| CertificateQuery { content: Some(text.into()), ..all.clone() };
    let since = Some(NOW - DAY);
    let queries = [
        ("page, newest", all.clone()),
        ("page, offset 100", CertificateQuery { start: Start::Offset(100), ..all.clone() }),
        ("page, by end", CertificateQuery { sort: Sort::Expiry, descending: false, ..all.clone() }),
        ("page, by status", CertificateQuery { sort: Sort::Status, ..all.clone() }),
        ("page, valid", CertificateQuery { state: State::Valid, ..all.clone() }),
        ("page, expired", CertificateQuery { state: State::Expired, ..all.clone() }),
        (
            "page, enterprise project",
            CertificateQuery { enterprise_project: group.clone(), ..all.clone() },
        ),
        (
            "page, enterprise project, expired",
            CertificateQuery { enterprise_project: group, state: State::Expired, ..all.clone() },
        ),
        ("page, ended since", CertificateQuery { ended_since: since, ..all.clone() }),
        ("search, few", text(&rare)),
        ("search, none", text("no such shop")),
        ("search, all", text("customers")),
        ("search, 2 characters, some", text("99")),
        ("search, 2 characters, none", text("qq")),
    ];
    for (name, query) in queries {
        let total = store.list(&actor().project, &query).await.unwrap().total;
        let time = median(async || drop(store.list(&actor().project, &query).await.unwrap())).await;
        per(&format!("{name} ({total})"), time, 1);
    }
    let middle = CertificateQuery { start: Start::Offset(size / 2), ..all.clone() };
    let started = Instant::now();
    let marker = store.list(&actor().project, &middle).await.unwrap().next.unwrap();
    per("page in the middle, by offset", started.elapsed(), 1);
    let middle = CertificateQuery { start: Start::After(marker), ..all };
    let time = median(async || drop(store.list(&actor().project, &middle).await.unwrap())).await;
    per("page in the middle, by marker", time, 1);
    let id = made_up(size / 2, size).id();
    let time = median(async || drop(store.certificate(&actor().project, id).await.unwrap())).await;
    per("show", time, 1);
    let time = median(async || drop(store.export(&actor(), id, NOW).await.unwrap())).await;
    per("export", time, 1);
}

async fn median(act: impl AsyncFn()) -> Duration {
    let mut times = Vec::new();
    for _ in 0..51 {
        let started = Instant::now();
        act().await;
        times.push(started.elapsed());
    }
    times.sort_unstable();
    times[25]
}

fn per(what: &str, time: Duration, count: u64) {
    println!("  {what:<34}{:>10.1} µs", time.as_secs_f64() * 1e6 / count as f64);
}

/// KiB.
fn memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
