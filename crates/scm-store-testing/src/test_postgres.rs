//! PostgreSQL servers for tests: the one that Debian packages, in a temporary folder.
//!
//! A server listens on a socket in its folder, so that it takes no port, and optionally on loopback with
//! TLS. It does not wait for the disk (`fsync`): only a power failure would show the difference.

#![expect(
    clippy::unwrap_used,
    reason = "test support: a missing program fails the test with a panic"
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

/// Starts the server given after its folder. Stops it immediately on a line on its input, or at the end of
/// the input, when the test process is gone; then it also removes the folder. On the line `crash` it kills
/// all processes of the server, so that none can clean up.
const SUPERVISOR: &str = r#"
trap '' INT
folder=$1
shift
"$@" >>"$folder/log" 2>&1 &
server=$!
if read -r command; then remove=; else remove=1; fi
if [ "$command" = crash ]; then
    exec 2>/dev/null
    kill -STOP $server
    memory=$(sed -n '7s/.* //p' "$folder/data/postmaster.pid")
    kill -KILL $(cat /proc/$server/task/$server/children) $server
    ipcrm --shmem-id "$memory"
else
    kill -QUIT $server 2>/dev/null
fi
wait $server
if [ "$remove" ]; then rm -rf "$folder"; fi
"#;

/// The longest time that a start may take.
const START: Duration = Duration::from_secs(60);

/// A running PostgreSQL, with a superuser `postgres` who needs no password on the socket.
#[derive(Debug)]
pub struct TestPostgres {
    folder: PathBuf,
    port: u16,
    flags: Vec<String>,
    supervisor: Mutex<Option<Child>>,
    databases: AtomicUsize,
}

/// The certificate and the key of a server with TLS, PEM.
#[derive(Debug)]
pub struct TestPostgresTls<'a> {
    /// The certificate, for `localhost`.
    pub certificate: &'a str,
    /// Its key.
    pub key: &'a str,
}

impl TestPostgres {
    /// The server that all tests of a program share, each with its own database.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<TestPostgres> = OnceLock::new();
        SHARED.get_or_init(Self::start)
    }

    /// A server for a test that stops it.
    pub fn start() -> Self {
        Self::start_with(None)
    }

    /// A server for measurements: it waits for the disk, and has as much memory as in production.
    pub fn start_durable() -> Self {
        let folder = new_folder();
        init(&folder);
        let flags = ["fsync=on", "shared_buffers=512MB", "max_wal_size=4GB"];
        Self::start_on(folder, flags.map(str::to_owned).to_vec())
    }

    /// A server that also listens on loopback, with TLS only.
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

    /// Starts a server on an existing folder. The last of repeated flags applies.
    fn start_on(folder: PathBuf, more: Vec<String>) -> Self {
        let mut flags: Vec<_> =
            ["fsync=off", "shared_buffers=32MB", "max_connections=200", "listen_addresses="]
                .map(str::to_owned)
                .to_vec();
        flags.push(format!("unix_socket_directories={}", folder.display()));
        flags.extend(more);
        let (port, supervisor) = (free_port(), Mutex::new(None));
        let server = Self { folder, port, flags, supervisor, databases: AtomicUsize::new(0) };
        server.restart();
        server
    }

    /// The URL of a database, over the socket.
    pub fn url(&self, database: &str) -> String {
        let socket = self.folder.display().to_string().replace('/', "%2F");
        format!("postgres://postgres@{socket}:{}/{database}", self.port)
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Its port on loopback, if it has TLS.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its main process.
    pub fn pid(&self) -> u32 {
        let status = fs::read_to_string(self.folder.join("data/postmaster.pid")).unwrap();
        status.lines().next().unwrap().parse().unwrap()
    }

    /// Creates an empty database; returns its URL.
    pub async fn new_database(&self) -> String {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        query(&self.url("postgres"), &format!("CREATE DATABASE {name}")).await;
        self.url(&name)
    }

    /// Stops it immediately: transactions are aborted, and clients are notified.
    pub fn kill(&self) {
        self.end(b"end\n");
    }

    /// Kills all its processes with SIGKILL, as if the machine had failed.
    pub fn crash(&self) {
        self.end(b"crash\n");
    }

    fn end(&self, how: &[u8]) {
        if let Some(mut supervisor) = self.supervisor().take() {
            supervisor.stdin.take().unwrap().write_all(how).unwrap();
            supervisor.wait().unwrap();
        }
    }

    /// Starts it again, with the same flags.
    pub fn restart(&self) {
        self.kill();
        let mut server = program("postgres");
        server.arg("-D").arg(self.folder.join("data")).arg(format!("--port={}", self.port));
        for flag in &self.flags {
            server.arg("-c").arg(flag);
        }
        let mut supervisor = Command::new("sh");
        supervisor.args(["-c", SUPERVISOR, "sh"]).arg(&self.folder).arg(server.get_program());
        supervisor.args(server.get_args()).stdin(Stdio::piped());
        *self.supervisor() = Some(supervisor.spawn().unwrap());
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

    fn supervisor(&self) -> std::sync::MutexGuard<'_, Option<Child>> {
        self.supervisor.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for TestPostgres {
    fn drop(&mut self) {
        if let Some(mut supervisor) = self.supervisor().take() {
            drop(supervisor.stdin.take());
            let _ = supervisor.wait();
        }
        // The supervisor removed it, unless the server was stopped before.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// The rows that a statement returns, over a new connection.
pub async fn query(url: &str, sql: &str) -> Vec<Row> {
    let (client, driver) = tokio_postgres::connect(url, NoTls).await.unwrap();
    let driver = tokio::spawn(driver);
    let rows = client.query(sql, &[]).await.unwrap();
    drop(client);
    driver.await.unwrap().unwrap();
    rows
}

/// Creates the data of a server in the folder; returns their path.
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
    let access = "local all all trust\nhostssl all secured 127.0.0.1/32 scram-sha-256\n\
                  hostssl all all 127.0.0.1/32 trust\n";
    fs::write(data.join("pg_hba.conf"), access).unwrap();
    ["ssl=on", "listen_addresses=127.0.0.1"].map(str::to_owned).to_vec()
}

/// The supervisor removes the folder.
fn new_folder() -> PathBuf {
    let folder = TempDir::with_prefix("scm-postgres-").unwrap().keep();
    if is_root() {
        run(Command::new("chown").arg("postgres:postgres").arg(&folder));
    }
    folder
}

/// A program of PostgreSQL, as user `postgres` if this user is root, which PostgreSQL refuses.
fn program(name: &str) -> Command {
    let path = newest(name);
    if !is_root() {
        return Command::new(path);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(path);
    command
}

/// The path in the newest version that Debian has installed; else just the name.
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
    let reported = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {reported}");
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout.starts_with(b"0\n"))
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
