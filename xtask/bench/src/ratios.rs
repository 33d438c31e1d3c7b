//! What the figures come to: ratios, which say more than figures of one machine on one day.

use serde::Serialize;

use crate::{
    book::Book,
    growth, overload,
    tables::{BARE_ROWS, IMPORTS, LIMIT, PEERS, checks_row, imports_row, with_http_row},
};

/// A ratio, or a figure that people compare with an aim.
#[derive(Debug, Serialize)]
pub struct Ratio {
    /// What it is.
    pub what: &'static str,
    /// The aim, if there is one: at least that if `more` is better, at most that if not.
    pub aim: Option<f64>,
    /// Whether more is better.
    pub more: bool,
    /// What was reached.
    pub reached: f64,
}

impl Ratio {
    /// Whether there is an aim that is reached.
    pub fn is_reached(&self) -> bool {
        self.aim
            .is_some_and(|aim| if self.more { self.reached >= aim } else { self.reached <= aim })
    }
}

/// What is aimed at where the store is a PostgreSQL: most of what its bare rows and the checks leave.
pub fn on_postgres(book: &Book, cores: usize) -> Vec<Ratio> {
    let row = book.median(LIMIT, BARE_ROWS, "CPU µs");
    let aim = |what, kind: &str| {
        let checks = book.median(LIMIT, &checks_row(kind), "CPU µs");
        let left = cores as f64 * 1e6 / (row? + checks?);
        let reached = book.median(IMPORTS, &imports_row(kind, 64), "imports/s")? / left;
        Some(Ratio { what, aim: Some(0.7), more: true, reached })
    };
    let rsa = aim("imports/s ÷ what bare rows and checks leave, RSA-2048", "RSA-2048");
    let p256 = aim("imports/s ÷ what bare rows and checks leave, P-256", "P-256");
    rsa.into_iter().chain(p256).collect()
}

/// All that the figures of an embedded store allow to say.
pub fn all(book: &Book) -> Vec<Ratio> {
    let ratio =
        |what, aim, more, reached: Option<f64>| Some(Ratio { what, aim, more, reached: reached? });
    let at_most = |what, aim, reached| ratio(what, Some(aim), false, reached);
    let at_least = |what, aim, reached| ratio(what, Some(aim), true, reached);
    let of = |kind: &str, column| book.median(IMPORTS, &imports_row(kind, 64), column);
    let with_http = |what, kind: &str| {
        let possible = book.median(LIMIT, &with_http_row(kind), "CPU µs");
        ratio(what, None, false, over(of(kind, "CPU µs"), possible))
    };
    let limit = |kind: &str| book.median(LIMIT, kind, "CPU µs");
    let peer = |row: &str, column| book.median(PEERS, row, column);
    let grown = |row: &str| {
        let [few, many] =
            [1_000, 1_000_000].map(|size| book.median(growth::TABLE, row, growth::column(size)));
        over(many, few)
    };
    let many = |row: &str| book.median(growth::TABLE, row, growth::column(1_000_000));
    let overloaded = |column| {
        let [usual, ten] = overload::LINES
            .map(|lines| book.median(overload::TABLE, &overload::row(lines), column));
        over(ten, usual)
    };
    let fsync = book.median("machine", "fsync of 16 KiB", "ms");
    let all = [
        at_least(
            "durable imports/s, RSA-2048, 64 connections",
            14_000.0,
            of("RSA-2048", "imports/s"),
        ),
        at_least("durable imports/s, P-256, 64 connections", 11_000.0, of("P-256", "imports/s")),
        at_most("server CPU µs per import, RSA-2048", 95.0, of("RSA-2048", "CPU µs")),
        at_most("server CPU µs per import, P-256", 120.0, of("P-256", "CPU µs")),
        at_most(
            "server ÷ in-process, CPU, RSA-2048",
            1.2,
            over(of("RSA-2048", "CPU µs"), limit("RSA-2048")),
        ),
        at_most(
            "server ÷ in-process, CPU, P-256",
            1.2,
            over(of("P-256", "CPU µs"), limit("P-256")),
        ),
        with_http("server ÷ in-process and bare HTTP, CPU, RSA-2048", "RSA-2048"),
        with_http("server ÷ in-process and bare HTTP, CPU, P-256", "P-256"),
        at_most("p99 ms, RSA-2048, 64 connections", 12.0, of("RSA-2048", "p99 ms")),
        at_most(
            "p50 at one connection ÷ fsync",
            2.0,
            over(book.median(IMPORTS, &imports_row("RSA-2048", 1), "p50 ms"), fsync),
        ),
        at_least(
            "moto ÷ server, CPU, RSA-2048",
            400.0,
            over(peer("moto, RSA-2048", "CPU µs"), of("RSA-2048", "CPU µs")),
        ),
        at_least(
            "moto ÷ server, CPU, P-256",
            27.0,
            over(peer("moto, P-256", "CPU µs"), of("P-256", "CPU µs")),
        ),
        at_least(
            "server ÷ OpenBao, imports/s, RSA-2048",
            8.0,
            over(of("RSA-2048", "imports/s"), peer("OpenBao, RSA-2048", "imports/s")),
        ),
        at_most("page of 10, 1,000,000 ÷ 1,000 stored", 1.5, grown("page of 10, µs")),
        at_most("show, 1,000,000 ÷ 1,000 stored", 2.0, grown("show, µs")),
        at_most("memory with 1,000,000 stored, MiB", 100.0, many("memory, MiB")),
        at_most("ready after start with 1,000,000 stored, ms", 20.0, many("ready after start, ms")),
        at_most("p99 at 10 times the load ÷ p99 at the usual load", 2.0, overloaded("p99 ms")),
    ];
    all.into_iter().flatten().collect()
}

fn over(above: Option<f64>, below: Option<f64>) -> Option<f64> {
    Some(above? / below?)
}
