//! What is measured, in which order: in each repeat everything by turns, so that a machine that is
//! slower for a while is so for all.

use std::{path::PathBuf, sync::Arc, time::Duration};

use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::{
    Failed,
    backend::{Backend, Site, StoreKind},
    bare,
    bare_http::BareHttp,
    book::Book,
    bundles::{Kind, Payload},
    connection::Protocol,
    growth, limit,
    load::Requests,
    machine,
    measure::{Measured, measure},
    overload,
    peers::Peer,
    scenario::{Read, imports, imports_to_anyone, reads},
    server::Server,
    tables::{
        BARE_ROWS, IMPORTS, LIMIT, PEERS, READS, checks_row, http_row, imports_row, with_http_row,
    },
    tell, tls,
};

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
    /// How many certificates are stored while growth is measured.
    pub sizes: Vec<u64>,
    /// The backend of all stores.
    pub backend: Backend,
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
    /// Few and many certificates stored
    Growth,
    /// Ten times the usual load
    Overload,
}

/// All of them; peers are measured beside the embedded store only.
pub fn all(kind: StoreKind) -> Vec<Part> {
    let mut all = vec![Part::Limit, Part::Imports, Part::Reads, Part::Overload, Part::Growth];
    if kind == StoreKind::Embedded {
        all.insert(3, Part::Peers);
    }
    all
}

/// The connections of the bare HTTP server: as many as imports are in progress without it.
const LINES: usize = 64;

/// Measures.
pub struct Bench {
    plan: Plan,
    /// Many threads: for what the server would do.
    many: Runtime,
    /// One: for the load generator.
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
    pub fn run(mut self) -> Result<(Book, Backend), Failed> {
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
        Ok((self.book, self.plan.backend))
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
            if [Kind::RSA, Kind::P256].contains(&kind) {
                self.limit_with_http(kind.name, &payload)?;
            }
        }
        self.bare()?;
        let issuers = Kind::P256.issued_by(1000);
        let payload = Arc::new(Payload::make(issuers));
        self.limit_of("P-256, 1,000 issuers", &payload, false)
    }

    fn limit_of(&mut self, row: &str, payload: &Arc<Payload>, forget: bool) -> Result<(), Failed> {
        let (folder, site) = self.site()?;
        let run = limit::run(folder.path(), &site, payload, forget, self.plan.time);
        let limit = self.many.block_on(run)?;
        self.book.note(LIMIT, row, "imports/s", limit.rate);
        self.book.note(LIMIT, row, "CPU µs", limit.cpu);
        self.show(LIMIT, row);
        Ok(())
    }

    /// What is possible over HTTP: the work in process, and a bare server that reads the same bytes.
    fn limit_with_http(&mut self, kind: &str, payload: &Payload) -> Result<(), Failed> {
        let http = BareHttp::start()?;
        let requests = imports_to_anyone(payload);
        let run = measure(http.target(), &Protocol::Http1, LINES, self.plan.time, &requests);
        let Measured { outcome, cpu } = self.one.block_on(run)?;
        drop(http);
        let last = |column| self.book.figure(LIMIT, kind, column)?.values.last().copied();
        let (Some(work_rate), Some(work_cpu)) = (last("imports/s"), last("CPU µs")) else {
            return Err(format!("{kind}: the work in process was not measured").into());
        };
        let (alone, both) = (http_row(kind), with_http_row(kind));
        self.book.note(LIMIT, &alone, "imports/s", outcome.rate());
        self.book.note(LIMIT, &alone, "CPU µs", cpu);
        self.book.note(LIMIT, &both, "imports/s", one_after_the_other(work_rate, outcome.rate()));
        self.book.note(LIMIT, &both, "CPU µs", work_cpu + cpu);
        self.show(LIMIT, &alone);
        self.show(LIMIT, &both);
        Ok(())
    }

    /// The least that an import can cost in a database.
    fn bare(&mut self) -> Result<(), Failed> {
        let rows = self.one.block_on(bare::rows(&self.plan.backend, self.plan.time))?;
        let Some((rate, cpu)) = rows else { return Ok(()) };
        self.book.note(LIMIT, BARE_ROWS, "imports/s", rate);
        self.book.note(LIMIT, BARE_ROWS, "CPU µs", cpu);
        self.show(LIMIT, BARE_ROWS);
        for (kind, payload) in &self.payloads[..2] {
            let row = checks_row(kind.name);
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
        let before = self.plan.backend.cpu()?;
        let run = measure(server.target(), protocol, lines, self.plan.time, requests);
        let Measured { outcome, cpu } = self.one.block_on(run)?;
        let database = (self.plan.backend.cpu()? - before) / outcome.latencies.len() as f64;
        let rate = if table == IMPORTS { "imports/s" } else { "requests/s" };
        self.book.note(table, row, rate, outcome.rate());
        for (column, share) in [("p50 ms", 0.5), ("p99 ms", 0.99), ("p99.9 ms", 0.999)] {
            self.book.note(table, row, column, outcome.quantile(share));
        }
        self.book.note(table, row, "CPU µs", cpu);
        if matches!(self.plan.backend, Backend::Databases(_)) {
            self.book.note(table, row, "the database's CPU µs", database);
        }
        self.book.note(table, row, "memory MiB", server.memory()?);
        self.show(table, row);
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
        let run = measure(peer.target(), &Protocol::Http1, 16, self.plan.time, requests);
        let Measured { outcome, cpu } = self.one.block_on(run)?;
        self.book.note(PEERS, row, "imports/s", outcome.rate());
        self.book.note(PEERS, row, "p50 ms", outcome.quantile(0.5));
        self.book.note(PEERS, row, "CPU µs", cpu);
        self.show(PEERS, row);
        Ok(())
    }

    fn growth(&mut self) -> Result<(), Failed> {
        for size in self.plan.sizes.clone() {
            let (folder, site) = self.site()?;
            let Plan { server, time, .. } = &self.plan;
            let payload = &self.payloads[1].1;
            let run =
                growth::run(server, folder.path(), &site, (size, *time), payload, &mut self.book);
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
            self.show(overload::TABLE, &overload::row(lines));
        }
        server.stop()
    }

    /// A server with a new store, and the folder that it needs.
    fn server(&self, mut flags: Vec<String>) -> Result<(TempDir, Server), Failed> {
        let (folder, site) = self.site()?;
        flags.extend(site.flags());
        let server = Server::start(&self.plan.server, folder.path(), &flags)?;
        Ok((folder, server))
    }

    fn site(&self) -> Result<(TempDir, Site), Failed> {
        Ok((self.folder()?, self.many.block_on(self.plan.backend.site())))
    }

    fn folder(&self) -> Result<TempDir, Failed> {
        Ok(TempDir::with_prefix_in("bench-", &self.plan.folder)?)
    }

    /// Shows what was measured last.
    fn show(&self, table: &str, row: &str) {
        let figures = self.book.table(table).filter(|figure| figure.row == row);
        let shown = figures.filter_map(|figure| {
            let last = figure.values.last()?;
            Some(format!("{} {}", crate::report::number(*last), figure.column))
        });
        tell(&format!("  {table}: {row:<44} {}", shown.collect::<Vec<_>>().join(", ")));
    }
}

/// The rate of two steps that share the processors: each takes its part of the time.
fn one_after_the_other(first: f64, second: f64) -> f64 {
    1.0 / (1.0 / first + 1.0 / second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_steps_take_the_time_of_both() {
        assert!((one_after_the_other(100.0, 100.0) - 50.0).abs() < 1e-9);
        assert!((one_after_the_other(10_000.0, 40_000.0) - 8_000.0).abs() < 1e-6);
    }
}
