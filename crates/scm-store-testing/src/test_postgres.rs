//! A PostgreSQL of a test's own: the real one, as Debian has it, in a folder that is gone with it.
//!
//! It answers on a socket in its folder, so that no port is taken, and on loopback with TLS where
//! that is asked for. It does not wait for the disk (`fsync`), which only a machine that fails would
//! show.

#![expect(
    clippy::unwrap_used,
    reason = "this is for tests: what is not there is to be told loudly"
)]

mod bare;
mod pair;

use std::{
    fs,
    io::Write as _,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Mutex, OnceLock, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use tempfile::TempDir;
use tokio_postgres::{NoTls, Row};

pub use self::{bare::BareTable, pair::TestPostgresPair};

/// Starts what is behind its folder, and ends it at once as soon as it is told to or nobody is there
/// any more to tell it. Then the folder goes too. In a crash it ends with all its processes, none of
/// which gets to do anything any more.
const KEEPER: &str = r#"
trap '' INT
folder=$1
shift
"$@" >>"$folder/log" 2>&1 &
server=$!
if read -r told; then forget=; else forget=1; fi
if [ "$told" = crash ]; then
    exec 2>/dev/null
    kill -STOP $server
    memory=$(sed -n '7s/.* //p' "$folder/data/postmaster.pid")
    kill -KILL $(cat /proc/$server/task/$server/children) $server
    ipcrm --shmem-id "$memory"
else
    kill -QUIT $server 2>/dev/null
fi
wait $server
if [ "$forget" ]; then rm -rf "$folder"; fi
"#;

/// How long a start may take.
const START: Duration = Duration::from_secs(60);

/// A PostgreSQL that runs, with a superuser `postgres` who needs no password on the socket.
#[derive(Debug)]
pub struct TestPostgres {
    folder: PathBuf,
    port: u16,
    flags: Vec<String>,
    keeper: Mutex<Option<Child>>,
    databases: AtomicUsize,
}

/// The certificate and the key of a server that speaks TLS, PEM.
#[derive(Debug)]
pub struct TestPostgresTls<'a> {
    /// The certificate, for `localhost`.
    pub certificate: &'a str,
    /// Its key.
    pub key: &'a str,
}

impl TestPostgres {
    /// The one that all tests of a program share, each with a database of its own.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<TestPostgres> = OnceLock::new();
        SHARED.get_or_init(Self::start)
    }

    /// One of its own, for a test that ends it.
    pub fn start() -> Self {
        Self::start_with(None)
    }

    /// One for measuring: it waits for the disk, and has the memory of one that is in earnest.
    pub fn start_durable() -> Self {
        let folder = new_folder();
        init(&folder);
        let flags = ["fsync=on", "shared_buffers=512MB", "max_wal_size=4GB"];
        Self::start_on(folder, flags.map(str::to_owned).to_vec())
    }

    /// One that also answers on loopback, with TLS only.
    pub fn start_tls(tls: &TestPostgresTls<'_>) -> Self {
        Self::start_with(Some(tls))
    }

    fn start_with(tls: Option<&TestPostgresTls<'_>>) -> Self {
        let folder = new_folder();
        let data = init(&folder);
        let more = match tls {
            None => Vec::new(),
            Some(tls) => flags_for_tls(&data, tls),
        };
        Self::start_on(folder, more)
    }

    /// Starts what lies in a folder already; of a flag that stands twice the last counts.
    fn start_on(folder: PathBuf, more: Vec<String>) -> Self {
        let mut flags: Vec<_> =
            ["fsync=off", "shared_buffers=32MB", "max_connections=200", "listen_addresses="]
                .map(str::to_owned)
                .to_vec();
        flags.push(format!("unix_socket_directories={}", folder.display()));
        flags.extend(more);
        let (port, keeper) = (free_port(), Mutex::new(None));
        let own = Self { folder, port, flags, keeper, databases: AtomicUsize::new(0) };
        own.restart();
        own
    }

    /// Where a database is, on the socket.
    pub fn url(&self, database: &str) -> String {
        let socket = self.folder.display().to_string().replace('/', "%2F");
        format!("postgres://postgres@{socket}:{}/{database}", self.port)
    }

    /// All that it keeps.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The port on loopback, where it answers there.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The process from which all its others come.
    pub fn pid(&self) -> u32 {
        let status = fs::read_to_string(self.folder.join("data/postmaster.pid")).unwrap();
        status.lines().next().unwrap().parse().unwrap()
    }

    /// Makes an empty database; says where it is.
    pub async fn new_database(&self) -> String {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        query(&self.url("postgres"), &format!("CREATE DATABASE {name}")).await;
        self.url(&name)
    }

    /// Ends it at once: nothing is finished, but those who are connected are told.
    pub fn kill(&self) {
        self.end(b"end\n");
    }

    /// Kills all its processes with SIGKILL, as if the machine had failed.
    pub fn crash(&self) {
        self.end(b"crash\n");
    }

    fn end(&self, how: &[u8]) {
        if let Some(mut keeper) = self.keeper().take() {
            keeper.stdin.take().unwrap().write_all(how).unwrap();
            keeper.wait().unwrap();
        }
    }

    /// Starts it again, as it was.
    pub fn restart(&self) {
        self.kill();
        let mut server = program("postgres");
        server.arg("-D").arg(self.folder.join("data")).arg(format!("--port={}", self.port));
        for flag in &self.flags {
            server.arg("-c").arg(flag);
        }
        let mut keeper = Command::new("sh");
        keeper.args(["-c", KEEPER, "sh"]).arg(&self.folder).arg(server.get_program());
        keeper.args(server.get_args()).stdin(Stdio::piped());
        *self.keeper() = Some(keeper.spawn().unwrap());
        self.wait_until_ready();
    }

    fn wait_until_ready(&self) {
        let started = Instant::now();
        let status = self.folder.join("data/postmaster.pid");
        let is_up = |text: String| matches!(text.lines().nth(7), Some("ready   " | "standby "));
        while !fs::read_to_string(&status).is_ok_and(is_up) {
            let log = || fs::read_to_string(self.folder.join("log")).unwrap_or_default();
            assert!(started.elapsed() < START, "PostgreSQL does not start:\n{}", log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn keeper(&self) -> std::sync::MutexGuard<'_, Option<Child>> {
        self.keeper.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for TestPostgres {
    fn drop(&mut self) {
        if let Some(mut keeper) = self.keeper().take() {
            drop(keeper.stdin.take());
            let _how_it_ended = keeper.wait();
        }
        // One that was ended is nobody's any more.
        let _gone_already = fs::remove_dir_all(&self.folder);
    }
}

/// What a database answers to a statement, whoever else works on it.
pub async fn query(url: &str, sql: &str) -> Vec<Row> {
    let (client, driver) = tokio_postgres::connect(url, NoTls).await.unwrap();
    let driver = tokio::spawn(driver);
    let rows = client.query(sql, &[]).await.unwrap();
    drop(client);
    driver.await.unwrap().unwrap();
    rows
}

/// Makes what it needs in the folder; says where.
fn init(folder: &Path) -> PathBuf {
    let data = folder.join("data");
    let initdb = ["--auth=trust", "--encoding=UTF8", "--no-sync", "--username=postgres"];
    // An order of letters that is not that of bytes, as most databases have.
    let order = ["--locale-provider=icu", "--icu-locale=en-US"];
    run(program("initdb").args(initdb).args(order).arg("-D").arg(&data));
    data
}

fn flags_for_tls(data: &Path, tls: &TestPostgresTls<'_>) -> Vec<String> {
    for (name, pem) in [("server.crt", tls.certificate), ("server.key", tls.key)] {
        let file = data.join(name);
        fs::write(&file, pem).unwrap();
        run(Command::new("chmod").arg("600").arg(&file));
        if is_root() {
            run(Command::new("chown").arg("postgres:postgres").arg(&file));
        }
    }
    let access = "local all all trust\nhostssl all all 127.0.0.1/32 trust\n";
    fs::write(data.join("pg_hba.conf"), access).unwrap();
    ["ssl=on", "listen_addresses=127.0.0.1"].map(str::to_owned).to_vec()
}

/// From here on it is the keeper's, who removes it.
fn new_folder() -> PathBuf {
    let folder = TempDir::with_prefix("scm-postgres-").unwrap().keep();
    if is_root() {
        run(Command::new("chown").arg("postgres:postgres").arg(&folder));
    }
    folder
}

/// A program of PostgreSQL's, to be run by whom it lets run it: not by root.
fn program(name: &str) -> Command {
    let path = newest(name);
    if !is_root() {
        return Command::new(path);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(path);
    command
}

/// Where Debian has it, the newest first; else where it is found.
fn newest(name: &str) -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<_> = versions.map(|version| version.path().join("bin").join(name)).collect();
    found.retain(|path| path.exists());
    found.sort();
    found.pop().unwrap_or_else(|| name.into())
}

fn run(command: &mut Command) {
    let output = command.stdin(Stdio::null()).output();
    let output = output.unwrap_or_else(|error| {
        panic!(
            "{command:?}: {error}; `cargo xtask test` installs what it needs, or install the \
             Debian package postgresql"
        )
    });
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {told}");
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout.starts_with(b"0\n"))
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
