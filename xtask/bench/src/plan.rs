//! What is measured, in which order: in each repeat everything by turns, so that a machine that is
//! slower for a while is so for all.

use std::{path::PathBuf, sync::Arc, time::Duration};

use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::{
    Failed, bare,
    book::Book,
    bundles::{Kind, Payload},
    connection::Protocol,
    growth,
    home::{Kept, Place, Spot},
    limit,
    load::Requests,
    machine,
    measure::{Measured, measure},
    overload,
    peers::Peer,
    scenario::{Read, imports, reads},
    server::Server,
    tell, tls,
};

/// The tables.
pub const LIMIT: &str = "limit";
/// Imports by the server.
pub const IMPORTS: &str = "imports";
/// The row of bare rows in a database, and what follows the kind of those of the checks alone.
pub const BARE_ROWS: &str = "bare rows of 4,750 bytes, 64 by one statement";
/// See [`BARE_ROWS`].
pub const CHECKS: &str = ", the checks alone";
/// Everything else that the server is asked.
pub const READS: &str = "reads";
/// Peers.
pub const PEERS: &str = "peers";

/// What to measure, and how thoroughly.
#[derive(Debug)]
pub struct Plan {
    /// The server's binary.
    pub server: PathBuf,
    /// Where stores are made, each in a folder of its own.
    pub folder: PathBuf,
    /// Where the peers' programs are, if they are to be measured.
    pub peers: Option<PathBuf>,
    /// How often everything is measured.
    pub repeats: usize,
    /// How long each of them.
    pub time: Duration,
    /// How many certificates are kept while growth is measured.
    pub sizes: Vec<u64>,
    /// Where stores are.
    pub place: Place,
    /// The parts.
    pub parts: Vec<Part>,
}

/// A part of the bench.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Part {
    /// The same work in this process, and the disk
    Limit,
    /// Imports by the server
    Imports,
    /// Show, lists, export, log-in
    Reads,
    /// moto and OpenBao
    Peers,
    /// Few and many certificates kept
    Growth,
    /// Ten times the usual load
    Overload,
}

/// All of them; peers are measured beside the embedded store only.
pub fn all(kept: Kept) -> Vec<Part> {
    let mut all = vec![Part::Limit, Part::Imports, Part::Reads, Part::Overload, Part::Growth];
    if kept == Kept::Embedded {
        all.insert(3, Part::Peers);
    }
    all
}

/// How a row of imports is called.
pub fn imports_row(kind: &str, connections: usize) -> String {
    match connections {
        1 => format!("{kind}, 1 connection"),
        _ => format!("{kind}, {connections} connections"),
    }
}

/// Measures.
pub struct Bench {
    plan: Plan,
    /// Many threads: for what the server would do.
    many: Runtime,
    /// One: for whoever asks.
    one: Runtime,
    payloads: Vec<(Kind, Arc<Payload>)>,
    book: Book,
}

impl Bench {
    /// Makes the certificates.
    pub fn new(plan: Plan) -> Result<Self, Failed> {
        tell("making certificates");
        let kinds = [Kind::RSA, Kind::P256, Kind::P384, Kind::ED25519];
        let payloads = kinds.map(|kind| (kind, Arc::new(Payload::make(kind)))).into();
        let many = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let one = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        Ok(Self { plan, many, one, payloads, book: Book::default() })
    }

    /// Measures everything.
    pub fn run(mut self) -> Result<(Book, Place), Failed> {
        let repeats = self.plan.repeats;
        for repeat in 1..=repeats {
            tell(&format!("repeat {repeat} of {repeats}"));
            for part in self.plan.parts.clone() {
                match part {
                    Part::Limit => self.limit()?,
                    Part::Imports => self.imports()?,
                    Part::Reads => self.reads()?,
                    Part::Peers => self.peers()?,
                    Part::Overload => self.overload()?,
                    Part::Growth => self.growth()?,
                }
            }
        }
        growth::compare(&self.plan.sizes, &mut self.book);
        Ok((self.book, self.plan.place))
    }

    fn limit(&mut self) -> Result<(), Failed> {
        let folder = self.folder()?;
        self.book.note("machine", "fsync of 16 KiB", "ms", machine::fsync(folder.path())?);
        for (kind, payload) in self.payloads.clone() {
            for (forget, row) in
                [(false, kind.name.to_owned()), (true, format!("{}, chain cold", kind.name))]
            {
                self.limit_of(&row, &payload, forget)?;
            }
        }
        self.bare()?;
        let issuers = Kind::P256.issued_by(1000);
        let payload = Arc::new(Payload::make(issuers));
        self.limit_of("P-256, 1,000 issuers", &payload, false)
    }

    fn limit_of(&mut self, row: &str, payload: &Arc<Payload>, forget: bool) -> Result<(), Failed> {
        let (folder, spot) = self.spot()?;
        let run = limit::run(folder.path(), &spot, payload, forget, self.plan.time);
        let limit = self.many.block_on(run)?;
        self.book.note(LIMIT, row, "imports/s", limit.rate);
        self.book.note(LIMIT, row, "CPU µs", limit.cpu);
        self.told(LIMIT, row);
        Ok(())
    }

    /// The least that an import can cost in a database.
    fn bare(&mut self) -> Result<(), Failed> {
        let rows = self.one.block_on(bare::rows(&self.plan.place, self.plan.time))?;
        let Some((rate, cpu)) = rows else { return Ok(()) };
        self.book.note(LIMIT, BARE_ROWS, "imports/s", rate);
        self.book.note(LIMIT, BARE_ROWS, "CPU µs", cpu);
        self.told(LIMIT, BARE_ROWS);
        for (kind, payload) in &self.payloads[..2] {
            let row = format!("{}{CHECKS}", kind.name);
            self.book.note(LIMIT, &row, "CPU µs", bare::checks(payload, self.plan.time)?);
        }
        Ok(())
    }

    fn imports(&mut self) -> Result<(), Failed> {
        for (kind, payload) in self.payloads.clone() {
            let (_folder, server) = self.server(Vec::new())?;
            let requests = imports(&server, &payload);
            let usual = [Kind::RSA, Kind::P256].contains(&kind);
            for lines in if usual { &[1, 16, 64, 256][..] } else { &[64] } {
                let row = imports_row(kind.name, *lines);
                self.load(IMPORTS, &row, &server, (&Protocol::Http1, *lines), &requests)?;
            }
            if kind == Kind::P256 {
                let row = "P-256, 64 streams on 4 connections, HTTP/2";
                self.load(IMPORTS, row, &server, (&Protocol::Http2, 64), &requests)?;
            }
            server.stop()?;
        }
        let certificates = self.folder()?;
        let (flags, client) = tls::prepare(certificates.path())?;
        let (_folder, server) = self.server(flags)?;
        let requests = imports(&server, &self.payloads[1].1);
        let line = (&Protocol::Tls(client), 64);
        self.load(IMPORTS, "P-256, 64 connections, TLS", &server, line, &requests)?;
        server.stop()
    }

    fn reads(&mut self) -> Result<(), Failed> {
        let (_folder, server) = self.server(Vec::new())?;
        let reads = self.one.block_on(reads(&server, &self.payloads[1].1))?;
        for Read { row, lines, requests } in reads {
            self.load(READS, row, &server, (&Protocol::Http1, lines), &requests)?;
        }
        server.stop()
    }

    fn load(
        &mut self,
        table: &'static str,
        row: &str,
        server: &Server,
        (protocol, lines): (&Protocol, usize),
        requests: &Requests,
    ) -> Result<(), Failed> {
        let before = self.plan.place.cpu()?;
        let run = measure(server.asked(), protocol, lines, self.plan.time, requests);
        let Measured { outcome, cpu } = self.one.block_on(run)?;
        let database = (self.plan.place.cpu()? - before) / outcome.latencies.len() as f64;
        let rate = if table == IMPORTS { "imports/s" } else { "requests/s" };
        self.book.note(table, row, rate, outcome.rate());
        for (column, share) in [("p50 ms", 0.5), ("p99 ms", 0.99), ("p99.9 ms", 0.999)] {
            self.book.note(table, row, column, outcome.quantile(share));
        }
        self.book.note(table, row, "CPU µs", cpu);
        if matches!(self.plan.place, Place::Databases(_)) {
            self.book.note(table, row, "the database's CPU µs", database);
        }
        self.book.note(table, row, "memory MiB", server.memory()?);
        self.told(table, row);
        Ok(())
    }

    fn peers(&mut self) -> Result<(), Failed> {
        let Some(bin) = self.plan.peers.clone() else { return Ok(()) };
        let usual = self.payloads[..2].to_vec();
        for (kind, payload) in usual {
            let folder = self.folder()?;
            let moto = self.one.block_on(Peer::moto(&bin, folder.path()))?;
            let requests = moto.acm_imports(&payload)?;
            self.peer(&format!("moto, {}", kind.name), &moto, &requests)?;
            drop(moto);
            let openbao = self.one.block_on(Peer::openbao(&bin, folder.path()))?;
            let requests = openbao.kv_writes(&payload)?;
            self.peer(&format!("OpenBao, {}", kind.name), &openbao, &requests)?;
        }
        Ok(())
    }

    fn peer(&mut self, row: &str, peer: &Peer, requests: &Requests) -> Result<(), Failed> {
        let run = measure(peer.asked(), &Protocol::Http1, 16, self.plan.time, requests);
        let Measured { outcome, cpu } = self.one.block_on(run)?;
        self.book.note(PEERS, row, "imports/s", outcome.rate());
        self.book.note(PEERS, row, "p50 ms", outcome.quantile(0.5));
        self.book.note(PEERS, row, "CPU µs", cpu);
        self.told(PEERS, row);
        Ok(())
    }

    fn growth(&mut self) -> Result<(), Failed> {
        for size in self.plan.sizes.clone() {
            let (folder, spot) = self.spot()?;
            let Plan { server, time, .. } = &self.plan;
            let payload = &self.payloads[1].1;
            let run =
                growth::run(server, folder.path(), &spot, (size, *time), payload, &mut self.book);
            self.many.block_on(run)?;
        }
        Ok(())
    }

    fn overload(&mut self) -> Result<(), Failed> {
        let (_folder, server) = self.server(Vec::new())?;
        let requests = imports(&server, &self.payloads[0].1);
        let run = overload::run(&server, self.plan.time, &requests, &mut self.book);
        self.one.block_on(run)?;
        for lines in overload::LINES {
            self.told(overload::TABLE, &overload::row(lines));
        }
        server.stop()
    }

    /// A server with a new store, and the folder that it needs.
    fn server(&self, mut flags: Vec<String>) -> Result<(TempDir, Server), Failed> {
        let (folder, spot) = self.spot()?;
        flags.extend(spot.flags());
        let server = Server::start(&self.plan.server, folder.path(), &flags)?;
        Ok((folder, server))
    }

    fn spot(&self) -> Result<(TempDir, Spot), Failed> {
        Ok((self.folder()?, self.many.block_on(self.plan.place.spot())))
    }

    fn folder(&self) -> Result<TempDir, Failed> {
        Ok(TempDir::with_prefix_in("bench-", &self.plan.folder)?)
    }

    /// Shows what was measured last.
    fn told(&self, table: &str, row: &str) {
        let figures = self.book.table(table).filter(|figure| figure.row == row);
        let shown = figures.filter_map(|figure| {
            let last = figure.values.last()?;
            Some(format!("{} {}", crate::report::number(*last), figure.column))
        });
        tell(&format!("  {table}: {row:<44} {}", shown.collect::<Vec<_>>().join(", ")));
    }
}
