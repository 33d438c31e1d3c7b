//! The cost of requests with few and with many certificates stored: alone, beside imports, and while
//! certificates expire.

mod filling;
mod questions;

use std::{path::Path, sync::Arc, time::Duration};

use self::{
    filling::{Filler, Filling},
    questions::{Question, questions},
};
use crate::{
    Failed, backend::Site, book::Book, bundles::Payload, connection::Protocol, load::Requests,
    measure::measure, scenario::imports, server::Server, tell,
};

/// The table of requests alone.
pub const TABLE: &str = "growth";
/// The table of requests beside imports.
pub const BESIDE_IMPORTS: &str = "growth, beside imports";
/// The table of requests while certificates expire.
pub const WHILE_EXPIRING: &str = "growth, while expiring";
/// The column with the figure of the largest store divided by that of the smallest.
pub const RATIO: &str = "ratio";

/// How often the server is started; the median is noted.
const STARTS: usize = 5;
/// One connection: what is measured is the cost of a request, not of many at once.
const LINES: usize = 1;
/// The number of connections that import beside it,
const IMPORTING: usize = 16;
/// and the part of the usual time that they do, as each import makes the store larger.
const SHARE: u32 = 4;
/// The row with the number of certificates in the end.
const STORED: &str = "stored in the end";

/// Fills a store in the folder up to a size, starts a server on it, and measures its answers.
pub async fn run(
    binary: &Path,
    folder: &Path,
    site: &Site,
    (size, time): (u64, Duration),
    payload: &Arc<Payload>,
    book: &mut Book,
) -> Result<(), Failed> {
    let start = || Server::start(binary, folder, &site.flags());
    let first = start()?;
    let project = first.credentials.project_id.clone();
    first.stop()?;
    let filler = Filler { data: folder.join("data"), site, project, size, payload };
    tell(&format!("  growth: filling a store with {size} certificates"));
    filler.fill(Filling::AtFirst).await?;
    let bytes = site.bytes(&filler.data).await?;
    let mut note = |table, row: &str, value| book.note(table, row, column(size), value);
    note(TABLE, "on the disk, MiB", bytes as f64 / f64::from(1 << 20));

    let mut starts = Vec::new();
    for _ in 0..STARTS {
        let server = start()?;
        starts.push(server.ready_after);
        server.stop()?;
    }
    starts.sort_unstable();
    note(TABLE, "ready after start, ms", starts[STARTS / 2].as_secs_f64() * 1e3);

    let server = start()?;
    let all = questions(&server, size).await?;
    for Question { row, requests } in &all {
        note(TABLE, row, median(&server, time, requests).await?);
    }
    let imports = imports(&server, payload);
    note(TABLE, "import, µs", median(&server, time, &imports).await?);
    note(TABLE, "memory, MiB", server.memory()?);
    server.stop()?;

    tell("  growth: while some expire");
    filler.fill(Filling::Expiring).await?;
    let server = start()?;
    for Question { row, requests } in &all {
        note(WHILE_EXPIRING, row, median(&server, time, requests).await?);
    }

    tell("  growth: beside imports");
    let mut stored = size;
    for Question { row, requests } in &all {
        let time = time / SHARE;
        let (beside, latency) = tokio::join!(
            measure(server.target(), &Protocol::Http1, IMPORTING, time, &imports),
            median(&server, time, requests),
        );
        note(BESIDE_IMPORTS, row, latency?);
        let beside = beside?.outcome;
        note(BESIDE_IMPORTS, "imports/s meanwhile", beside.rate());
        stored += beside.latencies.len() as u64;
    }
    note(BESIDE_IMPORTS, STORED, stored as f64);
    server.stop()
}

/// The latency that half of the answers do not exceed, µs.
async fn median(server: &Server, time: Duration, requests: &Requests) -> Result<f64, Failed> {
    let measured = measure(server.target(), &Protocol::Http1, LINES, time, requests).await?;
    Ok(measured.outcome.quantile(0.5) * 1e3)
}

/// The column of a size.
pub fn column(size: u64) -> &'static str {
    match size {
        1_000 => "1,000 stored",
        1_000_000 => "1,000,000 stored",
        _ => Box::leak(format!("{size} stored").into_boxed_str()),
    }
}

/// Notes for each row how many times as much it is with the last size as with the first.
pub fn compare(sizes: &[u64], book: &mut Book) {
    let (Some(first), Some(last)) = (sizes.first(), sizes.last()) else { return };
    for table in [TABLE, WHILE_EXPIRING, BESIDE_IMPORTS] {
        let few: Vec<_> = book.table(table).filter(|few| few.column == column(*first)).collect();
        let grown = few.iter().filter(|few| few.row != STORED).filter_map(|few| {
            let many = book.median(table, &few.row, column(*last))?;
            Some((few.row.clone(), many / few.median()))
        });
        for (row, ratio) in grown.collect::<Vec<_>>() {
            book.note(table, &row, RATIO, ratio);
        }
    }
}
