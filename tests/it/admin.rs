//! `scm-server user`, `project`, `role`, `access-key`, `token`: what an administrator types beside a
//! running server, and what comes of it at the very next request.

mod refusals;

use std::{
    fs,
    io::Write,
    process::{Command, Stdio},
};

use http::Method;
use scm_client::{Client, Error};
use scm_model::certificates::{CertificateFilter, CertificateImport};
use scm_pki::testing::{Algorithm, TestAuthority};
use scm_tests::{Answer, Binary, Folder, Ran, Session, built};
use serde_json::{Value, json};
use time::OffsetDateTime;

/// A server, and an administrator who has the machine.
struct Machine {
    server: Binary,
    folder: Folder,
}

impl Machine {
    fn start() -> Self {
        let folder = Folder::new();
        let server = Binary::start(&folder, &[]).unwrap();
        Self { server, folder }
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(administer(&self.folder, arguments).output().unwrap())
    }

    /// Runs what must succeed, and gives what it says to programs.
    fn json(&self, arguments: &[&str]) -> Value {
        self.run(&[arguments, &["--json"]].concat()).json()
    }

    /// Runs what takes a password, and gives it one.
    fn with_password(&self, arguments: &[&str], password: &str) -> Ran {
        let mut command = administer(&self.folder, arguments);
        command.arg("--password-stdin").stdin(Stdio::piped());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        writeln!(child.stdin.take().unwrap(), "{password}").unwrap();
        Ran::of(child.wait_with_output().unwrap())
    }

    /// A new user, with a role in the first project and an access key for it.
    fn new_user(&self, name: &str, role: &str) -> Client {
        self.run(&["user", "add", name, "--project=default", "--role", role]).done();
        self.signs_with(&self.json(&["access-key", "add", name]))
    }

    fn signs_with(&self, key: &Value) -> Client {
        let text = |field: &str| key[field].as_str().unwrap().to_owned();
        Client::builder(format!("http://{}", self.server.address()))
            .access_key(text("access_key"), text("secret_key").into())
            .build()
            .unwrap()
    }

    async fn log_in(&self, name: &str, password: &str) -> Answer {
        let user = json!({ "name": name, "password": password, "domain": { "name": "default" } });
        let identity = json!({ "methods": ["password"], "password": { "user": user } });
        let body = json!({ "auth": { "identity": identity } }).to_string();
        Session::new(self.server.address(), None).send(Method::POST, "/v3/auth/tokens", body).await
    }

    /// A user with a token for their name and password.
    async fn logged_in(&self, name: &str, password: &str) -> Session {
        let answer = self.log_in(name, password).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        Session::new(self.server.address(), answer.header("x-subject-token"))
    }
}

/// The program with a folder and arguments, and no settings of the user who runs the tests.
pub(crate) fn administer(folder: &Folder, arguments: &[&str]) -> Command {
    let mut command = Command::new(built("scm-server"));
    command.args(arguments).arg("--data-dir").arg(folder.path());
    for variable in ["CONFIG", "DATA_DIR", "IDENTITY", "KEYRING", "STORE"] {
        command.env_remove(format!("SCM_{variable}"));
    }
    command
}

/// The status and code with which a list is answered.
async fn listed(client: &Client) -> (u16, String) {
    match client.list_certificates(CertificateFilter::default()).await {
        Ok(_) => (200, String::new()),
        Err(Error::Refused { status, code, .. }) => (status, code),
        Err(error) => panic!("{error}"),
    }
}

async fn token_status(session: &Session) -> u16 {
    session.send(Method::GET, "/v3/scm/certificates", "").await.status.as_u16()
}

#[tokio::test]
async fn a_disabled_user_is_refused_at_the_next_request() {
    let machine = Machine::start();
    let deployer = machine.new_user("deployer", "full_access");
    let signed = (200, String::new());
    let refused = (401, "APIGW.0301".to_owned());
    assert_eq!(listed(&deployer).await, signed);
    for (away, back) in [
        (vec!["user", "disable", "deployer"], vec!["user", "enable", "deployer"]),
        (
            vec!["role", "revoke", "deployer", "default"],
            vec!["role", "grant", "deployer", "default", "read_only"],
        ),
    ] {
        machine.run(&away).done();
        assert_eq!(listed(&deployer).await, refused, "{away:?}");
        machine.run(&back).done();
        assert_eq!(listed(&deployer).await, signed, "{back:?}");
    }
    let export = deployer.export_certificate("scs0000000000001").await.unwrap_err();
    assert!(matches!(export, Error::Refused { status: 403, .. }), "read only: {export}");
    machine.run(&["user", "remove", "deployer"]).done();
    assert_eq!(listed(&deployer).await, refused);
}

#[test]
fn the_removal_of_the_last_administrator_is_reported() {
    let machine = Machine::start();
    let report = |arguments: &[&str]| machine.run(arguments).done().noted;
    let note = "no enabled user is an administrator any more";
    report(&["user", "add", "second", "--project=default", "--role=administrator"]);
    assert!(!report(&["user", "disable", "admin"]).contains(note));
    assert!(report(&["role", "revoke", "second", "default"]).contains(note));
    assert!(!report(&["user", "enable", "admin"]).contains(note));
    assert!(report(&["user", "remove", "admin"]).contains(note));
}

#[tokio::test]
async fn an_access_key_counts_as_long_as_it_is_enabled_and_no_other_with_it() {
    let machine = Machine::start();
    let robot = machine.new_user("robot", "read_only");
    let key = machine.json(&["access-key", "add", "robot"]);
    let second = machine.signs_with(&key);
    let id = key["access_key"].as_str().unwrap();
    assert_eq!((id.len(), key["secret_key"].as_str().unwrap().len()), (20, 40), "as the cloud's");
    for (act, status) in [("disable", 401), ("enable", 200), ("remove", 401)] {
        machine.run(&["access-key", act, id]).done();
        assert_eq!(listed(&second).await.0, status, "{act}");
        assert_eq!(listed(&robot).await.0, 200, "{act}");
    }
}

#[tokio::test]
async fn tokens_that_are_revoked_and_passwords_that_are_changed_end_at_once() {
    let machine = Machine::start();
    let user = machine.json(&["user", "add", "alice", "--project=default", "--role=full_access"]);
    let password = user["password"].as_str().unwrap();
    let session = machine.logged_in("alice", password).await;
    assert_eq!(token_status(&session).await, 200);
    assert_eq!(machine.json(&["token", "revoke", "alice"])["revoked"], 1);
    assert_eq!(token_status(&session).await, 401);
    assert_eq!(token_status(&machine.server.administrator(&machine.folder)).await, 200);
    let session = machine.logged_in("alice", password).await;
    let changed = machine.with_password(&["user", "password", "alice"], "correct horse").done();
    assert!(!changed.said.contains("password"), "{changed:?}");
    assert_eq!(machine.log_in("alice", password).await.status, 401);
    assert_eq!(token_status(&session).await, 200, "as it says");
    assert!(changed.noted.contains("tokens given before stay good"), "{changed:?}");
    machine.logged_in("alice", "correct horse").await;
    machine.run(&["user", "disable", "alice"]).done();
    assert_eq!(token_status(&session).await, 401);
    assert_eq!(machine.log_in("alice", "correct horse").await.status, 401);
}

#[tokio::test]
async fn who_works_in_one_project_sees_nothing_of_another() {
    let machine = Machine::start();
    let bundle = crate::contract::now::sound("www.example.com");
    let ours = machine.server.administrator(&machine.folder);
    ours.import(&scm_tests::import_body(&bundle)).await.text("certificate_id");
    let project = machine.json(&["project", "add", "shop"]);
    machine.run(&["user", "add", "clerk", "--project=shop", "--role=full_access"]).done();
    let key = machine.json(&["access-key", "add", "clerk"]);
    assert_eq!(key["project_id"], project["id"]);
    let clerk = machine.signs_with(&key);
    let page = clerk.list_certificates(CertificateFilter::default()).await.unwrap();
    assert_eq!(page.total_count, 0);
}

#[test]
fn lists_are_tables_for_people_and_json_for_programs() {
    let machine = Machine::start();
    machine.run(&["project", "add", "shop"]).done();
    let id = machine.json(&["user", "add", "Zoë", "--project=shop", "--role=read_only"]);
    let id = id["id"].as_str().unwrap();
    machine.run(&["role", "grant", id, "default", "full_access"]).done();
    let roles = "USER   PROJECT  ROLE\n\
                 Zoë    default  full_access\n\
                 Zoë    shop     read_only\n\
                 admin  default  administrator\n";
    assert_eq!(sorted(&machine.run(&["role", "list"]).done().said), sorted(roles));
    let users = machine.run(&["user", "list"]).done().said;
    assert!(users.starts_with("NAME   ID    "), "{users}");
    let zoe = format!("Zoë    {id}  yes      full_access in default, read_only in shop\n");
    assert!(users.contains(&zoe), "{users}");
    let projects = machine.json(&["project", "list"]);
    let names: Vec<_> =
        projects["projects"].as_array().unwrap().iter().map(|entry| &entry["name"]).collect();
    assert_eq!(names, ["default", "shop"]);
    machine.run(&["user", "disable", "admin"]).done();
    let keys = machine.json(&["access-key", "list", "admin"]);
    let [key] = &keys["access_keys"].as_array().unwrap()[..] else { panic!("{keys}") };
    assert_eq!(key["access_key"], machine.folder.credentials().access_key.unwrap());
    assert_eq!((&key["enabled"], &key["usable"]), (&json!(true), &json!(false)));
    let table = machine.run(&["access-key", "list"]).done().said;
    assert!(table.contains("  no: user disabled  20"), "{table}");
}

fn sorted(text: &str) -> Vec<&str> {
    let mut lines: Vec<_> = text.lines().collect();
    lines.sort_unstable();
    lines
}

#[test]
fn secrets_are_shown_once_and_never_stored() {
    let machine = Machine::start();
    let made = machine.json(&["user", "add", "alice", "--project=default", "--role=full_access"]);
    let key = machine.run(&["access-key", "add", "alice"]).done();
    let secret = key.said.lines().find_map(|line| line.strip_prefix("secret key  ")).unwrap();
    assert!(key.noted.contains("not shown again"), "{key:?}");
    let mut later = String::new();
    for list in [["user", "list"], ["access-key", "list"]] {
        later += &machine.run(&list).done().said;
        later += &machine.json(&list).to_string();
    }
    let Machine { server, folder } = machine;
    later += &server.stop().log;
    let files = fs::read_dir(folder.path()).unwrap().map(|file| fs::read(file.unwrap().path()));
    let files: Vec<_> = files.map(Result::unwrap).collect();
    for secret in [secret, made["password"].as_str().unwrap()] {
        assert!(!later.contains(secret));
        let is_in =
            |file: &Vec<u8>| file.windows(16).any(|bytes| bytes == &secret.as_bytes()[..16]);
        assert!(!files.iter().any(is_in));
    }
}

#[test]
fn every_act_leaves_its_event() {
    let machine = Machine::start();
    machine.run(&["project", "add", "shop"]).done();
    machine.run(&["user", "add", "alice"]).done();
    machine.run(&["role", "grant", "alice", "shop", "read_only"]).done();
    let key = machine.json(&["access-key", "add", "alice"]);
    let id = key["access_key"].as_str().unwrap();
    for act in ["disable", "enable", "remove"] {
        machine.run(&["access-key", act, id]).done();
    }
    machine.run(&["token", "revoke", "alice"]).done();
    machine.with_password(&["user", "password", "alice"], "correct horse").done();
    machine.run(&["role", "revoke", "alice", "shop"]).done();
    for act in ["disable", "enable", "remove"] {
        machine.run(&["user", act, "alice"]).done();
    }
    let store = rusqlite::Connection::open(machine.folder.file("scm.db")).unwrap();
    let sql = "SELECT action FROM audit_event
               WHERE account IS NULL AND subject IS NOT NULL AND address IS NULL ORDER BY id";
    let mut events = store.prepare(sql).unwrap();
    let actions = events.query_map([], |row| row.get::<_, String>(0)).unwrap();
    let expected = "project.create user.create role.grant access_key.create access_key.disable \
                    access_key.enable access_key.remove token.revoke user.password role.revoke \
                    user.disable user.enable user.remove";
    let actions: Vec<_> = actions.map(Result::unwrap).collect();
    assert_eq!(actions, expected.split(' ').collect::<Vec<_>>());
}

#[tokio::test]
async fn the_audit_trail_shows_who_did_what_to_which_certificate() {
    let machine = Machine::start();
    let deployer = machine.new_user("deployer", "full_access");
    let reader = machine.new_user("reader", "read_only");
    let authority = TestAuthority::new(Algorithm::P256, OffsetDateTime::now_utc());
    let bundle = authority.leaf("www.example.com").issue();
    let import = CertificateImport::new("www", bundle.certificate, bundle.private_key)
        .with_chain(bundle.certificate_chain);
    let id = deployer.import_certificate(import).await.unwrap().reply.certificate_id;
    assert!(reader.export_certificate(&*id).await.is_err());

    let about = machine.json(&["audit", "--certificate", &id]);
    let report = about["events"].as_array().unwrap();
    let report = report.iter().map(|event| {
        let text = |member: &str| event[member].as_str().unwrap_or_default().to_owned();
        [text("user_name"), text("action"), text("refused"), text("address")]
    });
    assert_eq!(
        report.collect::<Vec<_>>(),
        [
            ["reader", "certificate.export", "SCM.4002", "127.0.0.1"],
            ["deployer", "certificate.import", "", "127.0.0.1"],
        ]
    );

    let table = machine.run(&["audit", "--user=deployer", "--limit=1", "--project=default"]).done();
    let (line, note) = (table.said.lines().nth(1).unwrap(), &table.noted);
    for part in ["deployer", "default", "certificate.import", &id, "127.0.0.1", "done"] {
        assert!(line.contains(part), "{line}");
    }
    assert!(note.contains("--limit"), "{note}");
    let made = machine.run(&["audit"]).done().said;
    assert!(made.contains("this machine") && made.contains("user.create"), "{made}");
    assert_eq!(machine.json(&["audit", "--since=2999-01-01"])["events"], json!([]));
    let anonymous = machine.run(&["audit", "--user=deploier"]).done();
    assert!(anonymous.noted.contains("\"deploier\""), "{}", anonymous.noted);
}

#[tokio::test]
async fn a_lock_out_is_attributed_to_an_unauthenticated_client() {
    let machine = Machine::start();
    for _ in 0..5 {
        assert_eq!(machine.log_in("admin", "wrong").await.status, 401);
    }
    let table = machine.run(&["audit", "--limit=1"]).done().said;
    let line = table.lines().nth(1).unwrap();
    for part in ["unauthenticated client", "password.lock", "admin", "127.0.0.1"] {
        assert!(line.contains(part), "{line}");
    }
    assert!(!line.contains("administrator"), "{line}");
    let event = &machine.json(&["audit", "--limit=1"])["events"][0];
    assert_eq!(event["user_id"], Value::Null);
    assert_eq!(event["address"], "127.0.0.1");
}
