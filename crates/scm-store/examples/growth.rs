//! What lists, searches, details, exports and imports cost, with few and with many certificates
//! kept, side by side.
//!
//! `cargo run --release -p scm-store --example growth -- 1000 1000000`
//!
//! With `postgres` before the sizes, in a PostgreSQL that is started for this and does not wait for the
//! disk.
//!
//! Prints a table in Markdown: a column for each size, and how many times the first the last is. A
//! time is the median of 501, or the mean where many are done in a row. The store is made in a folder
//! of its own in the current one, takes about 3 GiB for a million certificates, and is removed again.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a program that measures")]

use std::{
    fs,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use scm_store::{
    CertificateQuery, EnterpriseProject, Home, Sort, Start, State, Store,
    conformance::{MadeUp, NOW, actor},
    open,
    own_postgres::OwnPostgres,
};
use tempfile::TempDir;

const REPEATS: usize = 501;
const GROUPS: u64 = 20;
const DAY: time::Duration = time::Duration::DAY;

/// A column of the table: what was measured, and how much it was.
type Column = Vec<(&'static str, f64)>;

#[tokio::main]
async fn main() {
    let words: Vec<_> = std::env::args().skip(1).collect();
    let is_postgres = words.first().is_some_and(|word| word == "postgres");
    let sizes: Vec<u64> =
        words.iter().skip(usize::from(is_postgres)).map(|size| size.parse().unwrap()).collect();
    let postgres = is_postgres.then(OwnPostgres::start);
    let mut columns = Vec::new();
    for size in &sizes {
        columns.push(measure(*size, postgres.as_ref()).await);
    }
    print(&sizes, &columns);
}

fn print(sizes: &[u64], columns: &[Column]) {
    let headings: String = sizes.iter().map(|size| format!(" {size:>10} |")).collect();
    println!("| {:<36} |{headings}  ratio |", "µs, unless said");
    println!("|{:-<38}|{}-------:|", "", "-----------:|".repeat(sizes.len()));
    let (Some(first), Some(last)) = (columns.first(), columns.last()) else { return };
    for (row, (what, few)) in first.iter().enumerate() {
        let cells: String =
            columns.iter().map(|column| format!(" {:>10.1} |", column[row].1)).collect();
        println!("| {what:<36} |{cells} {:>6.2} |", last[row].1 / few);
    }
}

async fn measure(size: u64, postgres: Option<&OwnPostgres>) -> Column {
    let folder = TempDir::new_in(".").unwrap();
    let home = match postgres {
        Some(postgres) => Home::Postgres(postgres.new_database().await.parse().unwrap()),
        None => Home::Sqlite(folder.path().join("store.db")),
    };
    let home = || home.clone();
    let ring = "0123456789abcdef0123456789abcdef".parse().unwrap();
    let store = open(home(), ring).await.unwrap();
    let mut column = Column::new();
    let started = Instant::now();
    fill(&store, 0..size, size).await;
    column.push(("keep, 256 at once, from empty", micros(started) / size as f64));
    store.index_pending().await.unwrap();
    let started = Instant::now();
    let swept = store.sweep_expired(NOW).await.unwrap();
    column.push(("sweep, each that expired", micros(started) / swept as f64));
    store.close().await;
    let folder = postgres.map_or(folder.path(), OwnPostgres::folder);
    column.push(("files, MiB", bytes(folder) / f64::from(1 << 20)));
    let started = Instant::now();
    let store = open(home(), ring).await.unwrap();
    store.ready().await.unwrap();
    column.push(("open", micros(started)));
    pages(&*store, size, &mut column).await;
    one(&*store, size, &mut column).await;
    more(&store, size, &mut column).await;
    column.push(("memory, MiB", memory() / 1024.0));
    store.close().await;
    column
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

async fn pages(store: &dyn Store, size: u64, column: &mut Column) {
    for (name, query) in queries(size) {
        column.push((name, page(store, &query).await));
    }
    let all = CertificateQuery::new(NOW, 10);
    let middle = CertificateQuery { start: Start::Offset(size / 2), ..all.clone() };
    let marker = store.list(&actor().project, &middle).await.unwrap().next.unwrap();
    let after = CertificateQuery { start: Start::After(marker), ..all };
    column.push(("page in the middle, by marker", page(store, &after).await));
    column.push(("page in the middle, by offset", page(store, &middle).await));
}

fn queries(size: u64) -> Vec<(&'static str, CertificateQuery)> {
    let all = CertificateQuery::new(NOW, 10);
    let state = |state| CertificateQuery { state, ..all.clone() };
    let sort = |sort| CertificateQuery { sort, ..all.clone() };
    let text = |text: &str| CertificateQuery { content: Some(text.into()), ..all.clone() };
    let group = Some(EnterpriseProject::new("00000000-0000-0000-0000-000000000007"));
    let of_group = |query| CertificateQuery { enterprise_project: group.clone(), ..query };
    let one_name = made_up(size / 2, size).domain;
    vec![
        ("page, newest first", all.clone()),
        ("page, offset 100", CertificateQuery { start: Start::Offset(100), ..all.clone() }),
        ("page, by end", sort(Sort::Expiry)),
        ("page, by status", sort(Sort::Status)),
        ("page, valid", state(State::Valid)),
        ("page, expired", state(State::Expired)),
        ("page, enterprise project", of_group(all.clone())),
        ("page, enterprise project, expired", of_group(state(State::Expired))),
        (
            "page, ended since a day",
            CertificateQuery { ended_since: Some(NOW - DAY), ..all.clone() },
        ),
        ("search, one fits", text(&one_name)),
        ("search, none fits", text("no such shop")),
        ("search, all fit", text("customers")),
        ("search, 2 characters, many fit", text("99")),
        ("search, 2 characters, none fits", text("qq")),
    ]
}

async fn page(store: &dyn Store, query: &CertificateQuery) -> f64 {
    median(async || drop(store.list(&actor().project, query).await.unwrap())).await
}

async fn one(store: &dyn Store, size: u64, column: &mut Column) {
    let id = made_up(size / 2, size).id();
    let show = median(async || drop(store.certificate(&actor().project, id).await.unwrap())).await;
    column.push(("show", show));
    let export = median(async || drop(store.export(&actor(), id, NOW).await.unwrap())).await;
    column.push(("export, with its event on disk", export));
}

async fn more(store: &Arc<dyn Store>, size: u64, column: &mut Column) {
    let started = Instant::now();
    fill(store, size..size + 5000, size).await;
    column.push(("keep 5000 more, 256 at once", micros(started) / 5000.0));
    let started = Instant::now();
    for number in size + 5000..size + 5200 {
        store.keep(&actor(), made_up(number, size).to_new()).await.unwrap();
    }
    column.push(("keep 200 more, one by one", micros(started) / 200.0));
}

/// Microseconds.
async fn median(act: impl AsyncFn()) -> f64 {
    let mut times = Vec::new();
    for _ in 0..REPEATS {
        let started = Instant::now();
        act().await;
        times.push(started.elapsed());
    }
    times.sort_unstable();
    in_micros(times[REPEATS / 2])
}

fn micros(since: Instant) -> f64 {
    in_micros(since.elapsed())
}

fn in_micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

fn bytes(folder: &Path) -> f64 {
    let all = fs::read_dir(folder).unwrap().flatten();
    all.map(|one| if one.path().is_dir() { bytes(&one.path()) } else { length(&one.path()) }).sum()
}

/// Of a file that is still there.
fn length(file: &Path) -> f64 {
    file.metadata().map_or(0.0, |metadata| metadata.len() as f64)
}

/// KiB that this process has in memory.
fn memory() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
