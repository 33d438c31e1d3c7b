//! Ten times the usual number of requests at once, on HTTP/2, from clients that do not wait after a
//! refusal: how many are answered and refused, and how long either takes.

use std::time::Duration;

use crate::{
    Failed,
    book::Book,
    connection::{Connection, Protocol},
    load::{self, Outcome, Requests, nothing},
    server::Server,
};

/// The table of these figures.
pub const TABLE: &str = "overload";

/// The usual load, and ten times that.
pub const LINES: [usize; 2] = [64, 640];

/// Imports under both loads.
pub async fn run(
    server: &Server,
    time: Duration,
    requests: &Requests,
    book: &mut Book,
) -> Result<(), Failed> {
    for lines in LINES {
        let row = row(lines);
        let lines = Connection::open(&server.address, &Protocol::Http2, lines).await?;
        let outcome = load::run(lines, time, requests, &nothing()).await;
        let refused = refusals(&outcome)?;
        book.note(TABLE, &row, "imports/s", outcome.rate());
        book.note(TABLE, &row, "p50 ms", outcome.quantile(0.5));
        book.note(TABLE, &row, "p99 ms", outcome.quantile(0.99));
        book.note(TABLE, &row, "refused/s", refused.len() as f64 / outcome.took.as_secs_f64());
        if !refused.is_empty() {
            let last = refused[refused.len() * 99 / 100].as_secs_f64() * 1e3;
            book.note(TABLE, &row, "p99 of refusals, ms", last);
        }
    }
    Ok(())
}

/// How the row of a load is called.
pub fn row(lines: usize) -> String {
    format!("{lines} requests at once")
}

/// How long refusals took, if all of them are of the kind that says when to come again.
fn refusals(outcome: &Outcome) -> Result<Vec<Duration>, Failed> {
    if outcome.broken > 0 {
        return Err(format!("{} connections broke", outcome.broken).into());
    }
    match outcome.refused.iter().find(|refusal| !refusal.has_retry_after) {
        Some(refusal) => Err(format!("refused with {}", refusal.status).into()),
        None => Ok(outcome.refused.iter().map(|refusal| refusal.after).collect()),
    }
}
