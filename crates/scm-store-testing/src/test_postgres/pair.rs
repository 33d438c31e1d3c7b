//! Two PostgreSQLs, one of which stands by: for what happens when the other one dies.

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
        copy.arg(folder.join("data")).arg(format!("--dbname={}", way_to(&primary)));
        run(&mut copy);
        let standby = TestPostgres::start_on(folder, Vec::new());
        // Only now: without a standby it would acknowledge nothing.
        primary.waits_for(NAME);
        Self { primary, standby }
    }

    /// The primary, as long as it lives.
    pub fn primary(&self) -> &TestPostgres {
        &self.primary
    }

    /// The standby, which is the primary once it is promoted.
    pub fn standby(&self) -> &TestPostgres {
        &self.standby
    }

    /// Where a database is, whichever of the two takes writing.
    pub fn url(&self, database: &str) -> String {
        let [one, other] = [&self.primary, &self.standby].map(|own| {
            let socket = own.folder.display().to_string().replace('/', "%2F");
            format!("{socket}:{}", own.port)
        });
        format!("postgres://postgres@{one},{other}/{database}?target_session_attrs=read-write")
    }

    /// Makes the standby the primary, for whom nobody stands by.
    pub fn promote(&self) {
        let data = self.standby.folder.join("data");
        run(program("pg_ctl").args(["promote", "--silent", "-D"]).arg(data));
    }
}

/// How the standby finds the primary.
fn way_to(primary: &TestPostgres) -> String {
    let (folder, port) = (primary.folder.display(), primary.port);
    format!("host={folder} port={port} user=postgres application_name={NAME}")
}

impl TestPostgres {
    /// From now on no commit is acknowledged that a standby does not have.
    fn waits_for(&self, standby: &str) {
        self.tell(&format!("ALTER SYSTEM SET synchronous_standby_names = '{standby}'"));
        self.tell("SELECT pg_reload_conf()");
        let is_there = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'";
        while self.tell(is_there) != "1" {
            sleep(Duration::from_millis(20));
        }
    }

    /// Asks by `psql`, since this is no place to wait for anything else.
    fn tell(&self, sql: &str) -> String {
        let mut psql: Command = program("psql");
        psql.args(["--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "--command", sql]);
        let output = psql.arg(self.url("postgres")).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }
}
