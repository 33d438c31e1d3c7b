//! What the server's answers cost with few and with many certificates kept.
//!
//! The store is filled from within, by many times faster than through the server; what the certificates
//! say is made up, their sizes and names are as usual. Then the server is started on it and asked.

use std::{path::Path, sync::Arc, time::Duration};

use bytes::Bytes;
use http::Method;
use scm_seal::Keyring;
use scm_store::{Actor, ProjectId, Store, UserId, conformance::MadeUp};
use time::OffsetDateTime;
use tokio::task::JoinSet;

use crate::{
    Failed,
    book::Book,
    bundles::{Kind, Payload},
    connection::Protocol,
    home::Spot,
    measure::measure,
    scenario::{again, imports, with_token},
    server::Server,
    tell,
};

/// The table of these figures.
pub const TABLE: &str = "growth";

/// How many are kept together while filling.
const TOGETHER: u64 = 256;
/// How often the server is started: the start in the middle counts.
const STARTS: usize = 5;
/// One line: what is measured is the cost of a request, not of a crowd.
const LINES: usize = 1;
const DAY: time::Duration = time::Duration::DAY;

/// Fills a store in the folder up to a size, starts a server on it, and asks.
pub async fn run(
    binary: &Path,
    folder: &Path,
    spot: &Spot,
    size: u64,
    time: Duration,
    book: &mut Book,
) -> Result<(), Failed> {
    let first = Server::start(binary, folder, &spot.flags())?;
    let project = first.credentials.project_id.clone();
    first.stop()?;
    tell(&format!("  filling a store with {size} certificates"));
    fill(&folder.join("data"), spot, project, size).await?;
    let bytes = spot.bytes(&folder.join("data")).await?;
    let mut note = |row: &str, value| book.note(TABLE, row, column(size), value);
    let mut ready = Vec::new();
    // The first start comes while the disk is still busy with what was written.
    for _ in 1..STARTS {
        let server = Server::start(binary, folder, &spot.flags())?;
        ready.push(server.ready_after);
        server.stop()?;
    }
    let server = Server::start(binary, folder, &spot.flags())?;
    ready.push(server.ready_after);
    ready.sort_unstable();
    note("ready after start, ms", ready[STARTS / 2].as_secs_f64() * 1e3);
    let expired = "/v3/scm/certificates?limit=10&status=EXPIRED".to_owned();
    let expiring = ("page of 10 that expired, while 1 in 100 does within 2 min, µs", expired);
    for (row, path) in [expiring].into_iter().chain(pages(size)) {
        let requests = again(with_token(&server, Method::GET, &path, Bytes::new()));
        let measured = measure(server.asked(), &Protocol::Http1, LINES, time, &requests).await?;
        note(row, measured.outcome.quantile(0.5) * 1e3);
    }
    let payload = Payload::make(Kind::P256);
    let imports = imports(&server, &payload);
    let alone = measure(server.asked(), &Protocol::Http1, LINES, time, &imports).await?;
    note("import, µs", alone.outcome.quantile(0.5) * 1e3);
    while_importing(&server, size, time, &imports, &mut note).await?;
    note("memory, MiB", server.memory()?);
    note("on the disk, MiB", bytes as f64 / f64::from(1 << 20));
    server.stop()
}

/// The first page, asked for while 16 lines import.
async fn while_importing(
    server: &Server,
    size: u64,
    time: Duration,
    imports: &crate::load::Requests,
    note: &mut impl FnMut(&str, f64),
) -> Result<(), Failed> {
    let (_, path) = &pages(size)[0];
    let page = again(with_token(server, Method::GET, path, Bytes::new()));
    let (busy, pages) = tokio::join!(
        measure(server.asked(), &Protocol::Http1, 16, time, imports),
        measure(server.asked(), &Protocol::Http1, LINES, time, &page),
    );
    note("page of 10 while 16 lines import, µs", pages?.outcome.quantile(0.5) * 1e3);
    note("imports/s beside it", busy?.outcome.rate());
    Ok(())
}

/// How the column of a size is called.
pub fn column(size: u64) -> &'static str {
    match size {
        1_000 => "1,000 kept",
        1_000_000 => "1,000,000 kept",
        _ => Box::leak(format!("{size} kept").into_boxed_str()),
    }
}

fn pages(size: u64) -> Vec<(&'static str, String)> {
    let list = "/v3/scm/certificates?limit=10";
    let id = MadeUp::new(number(size / 2)).id();
    let one_name = made_up(size / 2, size).domain;
    vec![
        ("page of 10, µs", list.to_owned()),
        ("page of 10, by end, µs", format!("{list}&sort_key=certExpiredTime")),
        ("page of 10 of a status, µs", format!("{list}&status=EXPIRED")),
        (
            "page of 10 of an enterprise project, µs",
            format!("{list}&enterprise_project_id={}", group(7)),
        ),
        ("search for one name, µs", format!("{list}&content={one_name}")),
        ("search that all fit, µs", format!("{list}&content=customers")),
        ("show, µs", format!("/v3/scm/certificates/{id}")),
    ]
}

async fn fill(data: &Path, spot: &Spot, project: String, size: u64) -> Result<(), Failed> {
    let keyring = Keyring::open(&data.join("keyring.json"))?;
    let store = scm_store::open(spot.home(data)?, keyring.ring_id()).await?;
    let actor = Arc::new(Actor {
        user: UserId::new("bench"),
        project: ProjectId::new(project),
        address: [127, 0, 0, 1].into(),
        request_id: "0123456789abcdef0123456789abcdef".into(),
    });
    let mut tasks = JoinSet::new();
    for first in 0..size.min(TOGETHER) {
        tasks.spawn(keep(Arc::clone(&store), Arc::clone(&actor), first, size));
    }
    for done in tasks.join_all().await {
        done?;
    }
    store.index_pending().await?;
    store.sweep_expired(OffsetDateTime::now_utc()).await?;
    store.close().await;
    Ok(())
}

/// The last ones expire one after the other, from now on.
async fn keep(
    store: Arc<dyn Store>,
    actor: Arc<Actor>,
    first: u64,
    size: u64,
) -> Result<(), scm_store::StoreError> {
    let expire = size / 100;
    for number in (first..size).step_by(TOGETHER as usize) {
        let mut certificate = made_up(number, size);
        if let Some(nth) = (number + expire).checked_sub(size) {
            let end = Duration::from_secs(120).mul_f64(nth as f64 / expire as f64);
            certificate.not_after = OffsetDateTime::now_utc() + end;
        }
        store.keep(&actor, certificate.to_new()).await?;
    }
    Ok(())
}

/// Ids far from those that the server gives.
fn number(n: u64) -> u64 {
    1_000_000_000_000 + n
}

/// The enterprise projects, of which each has its share.
fn group(n: u64) -> String {
    format!("00000000-0000-0000-0000-0000000000{n:02}")
}

/// Certificates of 90 days that came in over the last 100, so that one in ten has expired, and about
/// one in 90 does so on any day.
fn made_up(nth: u64, size: u64) -> MadeUp {
    let random = nth.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
    let age = DAY * 100 * (1.0 - nth as f64 / size as f64);
    let created = OffsetDateTime::now_utc().replace_nanosecond(0).expect("0 is a nanosecond") - age;
    MadeUp {
        name: format!("shop-{random}"),
        domain: format!("shop{random}.customers.example.com"),
        sans: vec![format!("www.shop{random}.customers.example.com")],
        enterprise_project: group(nth % 20),
        not_after: created + DAY * 90,
        created,
        ..MadeUp::new(number(nth))
    }
}
