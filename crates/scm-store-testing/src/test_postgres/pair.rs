//! A PostgreSQL with a standby, for tests of failover.

use std::{process::Command, thread::sleep, time::Duration};

use super::{TestPostgres, new_folder, program, run};

/// The name under which the primary waits for the standby.
const NAME: &str = "standby";

/// A primary that acknowledges no commit before its standby has it too, and that standby.
#[derive(Debug)]
pub struct TestPostgresPair {
    primary: TestPostgres,
    standby: TestPostgres,
}

impl TestPostgresPair {
    /// Starts both.
    pub fn start() -> Self {
        let primary = TestPostgres::start();
        let folder = new_folder();
        let mut copy = program("pg_basebackup");
        copy.args(["--checkpoint=fast", "--no-sync", "--write-recovery-conf", "-D"]);
        copy.arg(folder.join("data")).arg(format!("--dbname={}", connection_string(&primary)));
        run(&mut copy);
        let standby = TestPostgres::start_on(folder, Vec::new());
        // Only now: without a standby it would acknowledge nothing.
        primary.wait_for_standby(NAME);
        Self { primary, standby }
    }

    /// The primary, until it is stopped.
    pub fn primary(&self) -> &TestPostgres {
        &self.primary
    }

    /// The standby, or the primary once it is promoted.
    pub fn standby(&self) -> &TestPostgres {
        &self.standby
    }

    /// The URL of a database, on the one of the two that accepts writes.
    pub fn url(&self, database: &str) -> String {
        let [one, other] = [&self.primary, &self.standby].map(|server| {
            let socket = server.folder.display().to_string().replace('/', "%2F");
            format!("{socket}:{}", server.port)
        });
        format!("postgres://postgres@{one},{other}/{database}?target_session_attrs=read-write")
    }

    /// Makes the standby a primary without a standby.
    pub fn promote(&self) {
        let data = self.standby.folder.join("data");
        run(program("pg_ctl").args(["promote", "--silent", "-D"]).arg(data));
    }
}

/// The connection string of the primary.
fn connection_string(primary: &TestPostgres) -> String {
    let (folder, port) = (primary.folder.display(), primary.port);
    format!("host={folder} port={port} user=postgres application_name={NAME}")
}

impl TestPostgres {
    /// Makes every commit wait for a standby.
    fn wait_for_standby(&self, standby: &str) {
        self.psql(&format!("ALTER SYSTEM SET synchronous_standby_names = '{standby}'"));
        self.psql("SELECT pg_reload_conf()");
        let is_there = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'";
        while self.psql(is_there) != "1" {
            sleep(Duration::from_millis(20));
        }
    }

    /// The output of a statement. Runs `psql`, since the caller is not async.
    fn psql(&self, sql: &str) -> String {
        let mut psql: Command = program("psql");
        psql.args(["--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "--command", sql]);
        let output = psql.arg(self.url("postgres")).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }
}
