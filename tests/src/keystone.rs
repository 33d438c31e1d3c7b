//! A real OpenStack Keystone, as a process of its own: SQLite, Fernet tokens, TLS, all in a folder
//! that is gone with it.
//!
//! It comes from PyPI, into `target/tools/keystone`; `cargo xtask test` puts it there.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use http::{Method, StatusCode};
use reqwest::{Certificate, Client};
use scm_pki::testing::{Algorithm, TestAuthority};
use serde_json::{Value, json};
use tempfile::TempDir;
use time::OffsetDateTime;
use tokio::sync::OnceCell;

use crate::tool;

/// Where the programs that serve it are, as the manifest's neighbours.
const SERVE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/keystone/serve.py");

/// Any key does for tests: 32 bytes as base64.
const FERNET_KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

/// The password of everybody in it.
const PASSWORD: &str = "correct horse battery staple";

/// A Keystone with its administrator. It ends with the test.
#[derive(Debug)]
pub struct Keystone {
    folder: TempDir,
    http: Client,
    port: u16,
    process: Child,
    administrator: OnceCell<String>,
}

impl Keystone {
    /// Sets up a new one and starts it: about 12 seconds, most of it Python reading itself.
    ///
    /// # Panics
    /// If it is not installed, or does not start; the message says what to do, or what it said.
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("the machine has room for a folder");
        let http = settle(folder.path());
        let url = "https://127.0.0.1/v3";
        manage(folder.path(), &["db_sync"]);
        let bootstrap = ["bootstrap", "--bootstrap-password", PASSWORD, "--bootstrap-public-url"];
        manage(folder.path(), &[&bootstrap[..], &[url]].concat());
        let (process, port) = serve(folder.path(), 0);
        Self { folder, http, port, process, administrator: OnceCell::new() }
    }

    /// Where it answers.
    pub fn url(&self) -> String {
        format!("https://127.0.0.1:{}", self.port)
    }

    /// The file of the authority that vouches for it.
    pub fn authority(&self) -> PathBuf {
        self.folder.path().join("authority.pem")
    }

    /// Stops it, at once.
    pub fn stop(&mut self) {
        self.process.kill().expect("it runs");
        self.process.wait().expect("it was not waited for before");
    }

    /// Starts it again where it was.
    pub fn resume(&mut self) {
        (self.process, self.port) = serve(self.folder.path(), self.port);
    }

    /// Makes a project; gives its id.
    pub async fn add_project(&self, name: &str) -> String {
        let body = json!({"project": {"name": name, "domain_id": "default"}});
        id(&self.ask(Method::POST, "projects", Some(body)).await["project"])
    }

    /// Makes a user with a role in a project; the role is made if it is none of Keystone's own.
    pub async fn add_user(&self, name: &str, role: &str, project: &str) {
        let body = json!({"user": {"name": name, "domain_id": "default", "password": PASSWORD}});
        let user = id(&self.ask(Method::POST, "users", Some(body)).await["user"]);
        let found = self.ask(Method::GET, &format!("roles?name={role}"), None).await;
        let role = match found["roles"].get(0) {
            Some(role) => id(role),
            None => {
                let body = json!({"role": {"name": role}});
                id(&self.ask(Method::POST, "roles", Some(body)).await["role"])
            }
        };
        let grant = format!("projects/{project}/users/{user}/roles/{role}");
        self.ask(Method::PUT, &grant, None).await;
    }

    /// Logs a user in, for a project by its id or for none; gives the token.
    pub async fn log_in(&self, user: &str, project: Option<&str>) -> String {
        self.log_in_for(
            user,
            match project {
                Some(project) => json!({"project": {"id": project}}),
                None => json!("unscoped"),
            },
        )
        .await
    }

    /// Makes a token invalid.
    pub async fn revoke(&self, token: &str) {
        let request = self.http.delete(self.path("auth/tokens"));
        let request = request.header("X-Auth-Token", token).header("X-Subject-Token", token);
        let status = request.send().await.expect("it runs").status();
        assert_eq!(status, StatusCode::NO_CONTENT);
    }

    async fn log_in_for(&self, user: &str, scope: Value) -> String {
        let user = json!({"name": user, "domain": {"id": "default"}, "password": PASSWORD});
        let identity = json!({"methods": ["password"], "password": {"user": user}});
        let body = json!({"auth": {"identity": identity, "scope": scope}}).to_string();
        let request = self.http.post(self.path("auth/tokens")).body(body);
        let answer = request.header("Content-Type", "application/json").send().await;
        let answer = answer.expect("it runs");
        assert_eq!(answer.status(), StatusCode::CREATED);
        let token = answer.headers()["x-subject-token"].to_str();
        token.expect("Fernet tokens are ASCII").to_owned()
    }

    /// Asks as the administrator.
    async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Value {
        let project = json!({"project": {"name": "admin", "domain": {"id": "default"}}});
        let log_in = || self.log_in_for("admin", project);
        let token = self.administrator.get_or_init(log_in).await;
        let request = self.http.request(method, self.path(path)).header("X-Auth-Token", token);
        let request = match body {
            Some(body) => request.header("Content-Type", "application/json").body(body.to_string()),
            None => request,
        };
        let answer = request.send().await.expect("it runs");
        let (status, text) = (answer.status(), answer.text().await.expect("it is text"));
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or_default()
    }

    fn path(&self, path: &str) -> String {
        format!("{}/v3/{path}", self.url())
    }
}

impl Drop for Keystone {
    fn drop(&mut self) {
        // Fails only where it has ended already.
        let _whether_it_ran = self.process.kill();
        let _how_it_ended = self.process.wait();
    }
}

fn id(thing: &Value) -> String {
    thing["id"].as_str().unwrap_or_else(|| panic!("no id in {thing}")).to_owned()
}

/// Writes settings, keys and certificate; gives a client that trusts the latter.
fn settle(folder: &Path) -> Client {
    let shown = folder.display();
    let write = |name: &str, text: &str| {
        fs::write(folder.join(name), text).expect("the folder is there and ours");
    };
    for keys in ["fernet", "receipts", "credential"] {
        fs::create_dir(folder.join(keys)).expect("the folder is new");
        write(&format!("{keys}/0"), FERNET_KEY);
        write(&format!("{keys}/1"), FERNET_KEY);
    }
    let settings = format!(
        "[database]\nconnection = sqlite:///{shown}/keystone.db\n\
         [fernet_tokens]\nkey_repository = {shown}/fernet\n\
         [fernet_receipts]\nkey_repository = {shown}/receipts\n\
         [credential]\nkey_repository = {shown}/credential\n\
         [cache]\nenabled = true\nbackend = oslo_cache.dict\n\
         [identity]\npassword_hash_rounds = 4\n"
    );
    write("keystone.conf", &settings);
    let authority = TestAuthority::new(Algorithm::P256, OffsetDateTime::now_utc());
    let bundle = authority.leaf("127.0.0.1").issue();
    let own = bundle.certificate + &bundle.certificate_chain + &bundle.private_key;
    write("own.pem", &own);
    write("authority.pem", &authority.root_pem());
    let trusted = Certificate::from_pem(authority.root_pem().as_bytes()).expect("it is PEM");
    Client::builder().no_proxy().tls_certs_only([trusted]).build().expect("the settings are some")
}

fn manage(folder: &Path, arguments: &[&str]) {
    let mut command = program("keystone-manage");
    command.arg("--config-file").arg(folder.join("keystone.conf")).args(arguments);
    let done = command.output().expect("it is installed");
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "keystone-manage {}: {said}", arguments[0]);
}

fn serve(folder: &Path, port: u16) -> (Child, u16) {
    let log = fs::File::create(folder.join("log")).expect("the folder is there and ours");
    let mut command = program("python");
    command.arg(SERVE).arg(port.to_string()).arg(folder.join("own.pem"));
    command.env("OS_KEYSTONE_CONFIG_DIR", folder).stdin(Stdio::null());
    let mut process = command.stdout(Stdio::piped()).stderr(log).spawn().expect("it is installed");
    let stdout = process.stdout.as_mut().expect("it is piped");
    // What Keystone has to say before it knows its settings goes there, too.
    let mut said = BufReader::new(stdout).lines().map_while(Result::ok);
    let Some(port) = said.find_map(|line| line.parse().ok()) else {
        // Its log is complete once it has ended.
        let _how_it_ended = process.wait();
        let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
        panic!("Keystone does not start: {log}")
    };
    (process, port)
}

/// A program of the installed Keystone.
fn program(name: &str) -> Command {
    Command::new(tool("keystone", name))
}
