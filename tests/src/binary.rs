//! The real program, as a process: its log, its signals, its exit.

use std::{
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, ChildStderr, Command, ExitStatus, Stdio},
    sync::{OnceLock, mpsc},
    thread::{self, JoinHandle},
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};

use crate::{Folder, Session};

/// How long a start may take, on a busy machine too.
const START: Duration = Duration::from_secs(120);

/// A program of this workspace, or `examples`, the folder of those of `scm-client`; built on first
/// use, where cargo builds everything else.
///
/// # Panics
/// If it does not build.
pub fn built(name: &str) -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(build).join(name)
}

fn build() -> PathBuf {
    let test = std::env::current_exe().expect("a test knows its own path");
    let profile = test.parent().and_then(Path::parent).expect("tests lie in PROFILE/deps");
    let target = profile.parent().expect("profiles lie in the target folder");
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--quiet", "--bins", "-p", "scm-server", "-p", "scm-cli"]);
    cargo.args(["--examples", "-p", "scm-client", "--target-dir"]).arg(target);
    cargo.current_dir(env!("CARGO_MANIFEST_DIR"));
    if profile.ends_with("release") {
        cargo.arg("--release");
    }
    assert!(cargo.status().expect("cargo is there").success(), "the programs do not build");
    profile.to_owned()
}

/// A running `scm-server`. It is killed with the test.
#[derive(Debug)]
pub struct Binary {
    child: Child,
    address: SocketAddr,
    log: Option<JoinHandle<String>>,
}

/// What a program that has ended leaves.
#[derive(Debug)]
pub struct Ended {
    /// How it ended.
    pub status: ExitStatus,
    /// All that it wrote to standard error.
    pub log: String,
}

impl Binary {
    /// Starts it on a folder, port 0, with further flags, and waits until it listens.
    ///
    /// # Errors
    /// If it ends instead: what it left.
    pub fn start(folder: &Folder, flags: &[&str]) -> Result<Self, Ended> {
        Self::start_at(([127, 0, 0, 1], 0).into(), folder, flags)
    }

    /// The same at an address of choice.
    ///
    /// # Errors
    /// If it ends instead: what it left.
    pub fn start_at(at: SocketAddr, folder: &Folder, flags: &[&str]) -> Result<Self, Ended> {
        let mut command = Command::new(built("scm-server"));
        command.args(["serve", &format!("--listen={at}"), "--data-dir"]).arg(folder.path());
        command.args(flags);
        Self::run(command, folder)
    }

    /// Starts it without a single argument: whatever there is to say is said by variables.
    ///
    /// # Errors
    /// If it ends instead: what it left.
    pub fn bare(folder: &Folder, variables: &[(&str, &str)]) -> Result<Self, Ended> {
        let mut command = Command::new(built("scm-server"));
        command.env("SCM_LISTEN", "127.0.0.1:0").env("SCM_DATA_DIR", folder.path());
        command.envs(variables.iter().copied());
        Self::run(command, folder)
    }

    fn run(command: Command, folder: &Folder) -> Result<Self, Ended> {
        let (child, log, listens) = spawn(command);
        let address = ([127, 0, 0, 1], 0).into();
        let mut binary = Self { child, address, log: Some(log) };
        match listens.recv_timeout(START) {
            Ok(()) => {
                let base_url = folder.credentials().base_url;
                let (_, address) = base_url.split_once("://").expect("the file holds a URL");
                binary.address = address.parse().expect("the file says where it listens");
                Ok(binary)
            }
            Err(mpsc::RecvTimeoutError::Disconnected) => Err(binary.wait()),
            Err(mpsc::RecvTimeoutError::Timeout) => panic!("it neither starts nor ends"),
        }
    }

    /// Where it answers.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The id of its process.
    pub fn process_id(&self) -> u32 {
        self.child.id()
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).expect("it runs");
    }

    /// Its administrator.
    pub fn administrator(&self, folder: &Folder) -> Session {
        Session::new(self.address, Some(folder.credentials().token.secret_str()))
    }

    /// Stops it (SIGTERM).
    pub fn terminate(&self) {
        kill_process(Pid::from_child(&self.child), Signal::TERM).expect("it runs");
    }

    /// Asks it to read its TLS certificate again, as `kill -HUP` does.
    pub fn hang_up(&self) {
        kill_process(Pid::from_child(&self.child), Signal::HUP).expect("it runs");
    }

    /// Waits for its end.
    pub fn wait(mut self) -> Ended {
        let status = self.child.wait().expect("it was not waited for before");
        let log = self.log.take().expect("it ends once").join();
        Ended { status, log: log.expect("reading a log does not fail") }
    }

    /// Kills it (SIGKILL), which is for it as a power failure.
    pub fn kill(mut self) -> Ended {
        self.child.kill().expect("it runs");
        self.wait()
    }

    /// Stops it in good order.
    pub fn stop(self) -> Ended {
        self.terminate();
        self.wait()
    }
}

impl Drop for Binary {
    fn drop(&mut self) {
        // Fails only where it has ended already.
        let _whether_it_ran = self.child.kill();
        let _how_it_ended = self.child.wait();
    }
}

type Listens = mpsc::Receiver<()>;

fn spawn(mut command: Command) -> (Child, JoinHandle<String>, Listens) {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program was built");
    let stderr = child.stderr.take().expect("it is piped");
    let (listening, listens) = mpsc::channel();
    (child, thread::spawn(move || follow(stderr, &listening)), listens)
}

/// Reads a log to its end, and sends a message when the server listens.
fn follow(log: ChildStderr, listening: &mpsc::Sender<()>) -> String {
    let mut whole = String::new();
    for line in BufReader::new(log).lines().map_while(Result::ok) {
        if line.contains("listening") {
            // The message is received once.
            let _first_time = listening.send(());
        }
        whole.push_str(&line);
        whole.push('\n');
    }
    whole
}
