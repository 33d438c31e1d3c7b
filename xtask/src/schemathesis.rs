//! Schemathesis against the real server: whether it does what the document says, for each kind of client.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use scm_pki::testing::{Algorithm, TestAuthority, TestBundle};
use serde_json::{Value, json};
use tempfile::TempDir;
use time::OffsetDateTime;

use crate::{
    root::{binary, root},
    run::{Done, cargo, command, output, run, tell},
    server::Server,
    tools,
};

/// The default seed, so that a run can be repeated.
pub const SEED: u32 = 20_261_124;

/// How many examples of each operation are enough for every change.
pub const EXAMPLES: u32 = 30;

/// A client: with a role or without, its kind of proof, and the revision of the server.
#[derive(Clone, Copy)]
struct Client {
    role: Option<&'static str>,
    proof: &'static str,
    revision: &'static str,
}

const CLIENTS: [Client; 5] = [
    Client { role: Some("administrator"), proof: "token", revision: "2021" },
    Client { role: Some("administrator"), proof: "token", revision: "2025" },
    Client { role: Some("administrator"), proof: "signature", revision: "2021" },
    Client { role: Some("read_only"), proof: "token", revision: "2021" },
    Client { role: None, proof: "none", revision: "2021" },
];

/// Asks servers all that schemathesis makes of their documents, as each kind of person.
pub fn schemathesis(seed: u32, examples: u32) -> Done {
    let tool = tools::python("schemathesis")?.join("schemathesis");
    run(&mut cargo(&["build", "--package", "scm-server"]))?;
    let ask = |client| ask_as(client, &tool, seed, examples).err();
    let failed: Vec<_> = CLIENTS.into_iter().filter_map(ask).collect();
    if failed.is_empty() { Ok(()) } else { Err(failed.join("\n")) }
}

fn ask_as(client: Client, tool: &Path, seed: u32, examples: u32) -> Done {
    let Client { role, proof, revision } = client;
    tell(&format!("\n  {revision}, role {}, proof: {proof}", role.unwrap_or("none")));
    let scene = Scene::set(client)?;
    let (seed, examples) = (format!("--seed={seed}"), format!("--max-examples={examples}"));
    run(scene.ask(tool).args([seed, examples]))?;
    let heard = scene.heard()?;
    if role == Some("administrator") { everything_succeeded(&heard) } else { Ok(()) }
}

/// How often each operation answered with each status.
type Heard = BTreeMap<String, BTreeMap<String, u32>>;

/// A server, and the credentials of a client. It ends when dropped.
struct Scene {
    folder: TempDir,
    server: Server,
    proof: &'static str,
}

impl Scene {
    fn set(Client { role, proof, revision }: Client) -> Result<Self, String> {
        let folder = TempDir::new().map_err(|error| error.to_string())?;
        let data = folder.path().join("data");
        let server = Server::start_with(&data, &["--api-revision", revision])?;
        let scene = Self { folder, server, proof };
        scene.write("bundles.json", &bundles())?;
        scene.write("user.json", &user(&data, role.unwrap_or("read_only"))?)?;
        Ok(scene)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, content: &Value) -> Done {
        let file = self.file(name);
        fs::write(&file, content.to_string())
            .map_err(|error| format!("{}: {error}", file.display()))
    }

    /// Schemathesis, with the settings and hooks of `tests/schemathesis`.
    fn ask(&self, tool: &Path) -> Command {
        let home = root().join("tests/schemathesis");
        let url = format!("http://{}", self.server.address);
        let mut ask = command(&tool.to_string_lossy(), [Path::new("--config-file")]);
        ask.arg(home.join("schemathesis.toml"))
            .args(["run", &format!("{url}/openapi.json"), "--url", &url])
            .args(["--no-color", "--warnings=off"])
            .env("SCHEMATHESIS_HOOKS", "hooks")
            .env("PYTHONPATH", home)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("SCM_SERVER", url)
            .env("SCM_BUNDLES", self.file("bundles.json"))
            .env("SCM_USER", self.file("user.json"))
            .env("SCM_HEARD", self.file("heard.json"))
            .env("SCM_PROOF", self.proof);
        ask
    }

    fn heard(&self) -> Result<Heard, String> {
        let text = fs::read(self.file("heard.json")).map_err(|error| error.to_string())?;
        serde_json::from_slice(&text).map_err(|error| error.to_string())
    }
}

/// A user of the server's first project. The administrator's name is in the document, to be guessed at.
fn user(data: &Path, role: &str) -> Result<Value, String> {
    let parsed = |text: &str| serde_json::from_str(text).map_err(|error| error.to_string());
    let known =
        fs::read_to_string(data.join("credentials.json")).map_err(|error| error.to_string());
    let known: Value = parsed(&known?)?;
    let add = |what: &[&str]| {
        let mut add = Command::new(binary("scm-server"));
        let add = add.args(what).args(["--project=default", "--json", "--data-dir"]).arg(data);
        parsed(&output(add)?)
    };
    let added: Value = add(&["user", "add", "schemathesis", "--role", role])?;
    let key: Value = add(&["access-key", "add", "schemathesis"])?;
    Ok(json!({
        "user": "schemathesis",
        "password": added["password"],
        "access_key": key["access_key"],
        "secret_key": key["secret_key"],
        "domain_id": known["domain_id"],
        "domain_name": known["domain_name"],
        "project_id": known["project_id"],
        "project_name": known["project_name"],
    }))
}

/// Sound bundles of every kind of key, each with its chain, with its root too, and joined.
fn bundles() -> Value {
    let fields = |bundle: TestBundle| {
        json!({
            "certificate": bundle.certificate,
            "certificate_chain": bundle.certificate_chain,
            "private_key": bundle.private_key,
        })
    };
    let of_kind = |algorithm| {
        let authority = TestAuthority::new(algorithm, OffsetDateTime::now_utc());
        let leaf = |name| authority.leaf(name).also("*.example.com").also("192.0.2.7");
        [
            leaf("www.example.com").issue(),
            leaf("mail.example.com").with_root().issue().with_crlf(),
            leaf("shop.example.com").issue().joined(),
        ]
        .map(fields)
    };
    Algorithm::ALL.into_iter().flat_map(of_kind).collect()
}

/// Fails if there is an operation that never came to its end: nothing is known of such a one.
fn everything_succeeded(heard: &Heard) -> Done {
    let mut failed = Vec::new();
    for (operation, statuses) in heard {
        let counts: Vec<_> = statuses.iter().map(|(status, n)| format!("{n}×{status}")).collect();
        tell(&format!("    {operation:20} {}", counts.join(" ")));
        if !statuses.keys().any(|status| status.starts_with('2')) {
            failed.push(format!("{operation} never succeeded, so its success is not tested"));
        }
    }
    if failed.is_empty() { Ok(()) } else { Err(failed.join("\n")) }
}
