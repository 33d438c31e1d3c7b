//! Starting and stopping the program: what it makes, what it refuses, and in which words.

use std::{
    fs::{self, Permissions},
    os::unix::{fs::PermissionsExt, process::ExitStatusExt},
    path::Path,
    process::Command,
};

use http::Method;
use rustix::process::Signal;
use scm_tests::{Binary, Folder, Session, built, import_body};

use crate::{certificates::export, contract::now};

/// All that a program says which does not start.
fn refused(folder: &Folder, flags: &[&str]) -> String {
    let ended = Binary::start(folder, flags).map(Binary::stop).expect_err("it must not start");
    assert_eq!(ended.status.code(), Some(1), "{}", ended.log);
    ended.log
}

/// A folder on which a server ran and kept a certificate; gives its id.
async fn used() -> (Folder, String) {
    let folder = Folder::new();
    let server = Binary::start(&folder, &[]).unwrap();
    let session = server.administrator(&folder);
    let answer = session.import(&import_body(&now::sound("www.example.com"))).await;
    let id = answer.text("certificate_id");
    assert!(server.stop().status.success());
    (folder, id)
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn a_first_start_makes_everything_for_its_owner_only() {
    let (folder, _) = used().await;
    assert_eq!(mode(folder.path()), 0o700);
    let files: Vec<_> =
        fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().path()).collect();
    assert!(files.len() >= 4, "{files:?}");
    for file in &files {
        assert_eq!(mode(file), 0o600, "{}", file.display());
    }
    let credentials = folder.credentials();
    for id in [&credentials.domain_id, &credentials.project_id] {
        assert!(id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit()), "{id}");
    }
    assert!(credentials.base_url.starts_with("http://127.0.0.1:"), "{}", credentials.base_url);
}

#[tokio::test]
async fn a_later_start_keeps_the_credentials_and_says_where_it_listens_now() {
    let (folder, id) = used().await;
    let before = folder.credentials();
    let server = Binary::start(&folder, &[]).unwrap();
    let after = folder.credentials();
    assert_eq!(before.token.secret_str(), after.token.secret_str());
    assert_eq!(after.base_url, format!("http://{}", server.address()));
    assert_eq!(server.administrator(&folder).show(&id).await.text("id"), id);
}

#[tokio::test]
async fn a_second_server_on_the_folder_is_refused() {
    let folder = Folder::new();
    let first = Binary::start(&folder, &[]).unwrap();
    let path = folder.path().display();
    let words = format!("scm-server: another server is running on {path}; stop it first\n");
    assert_eq!(refused(&folder, &[]), words);
    let probe = Session::new(first.address(), None).send(Method::GET, "/readyz", "").await;
    assert_eq!(probe.status, 200, "the first one goes on");
}

#[tokio::test]
async fn a_store_without_its_keyring_is_refused_and_no_new_ring_is_made() {
    let (folder, id) = used().await;
    let (ring, away) = (folder.file("keyring.json"), folder.file("away"));
    fs::rename(&ring, &away).unwrap();
    let path = folder.path().display();
    let words = format!(
        "scm-server: {path}/scm.db is there, but its keyring {path}/keyring.json is not, and no \
         key of the store could be opened without it; restore the keyring that was backed \
         up with the store\n"
    );
    assert_eq!(refused(&folder, &[]), words);
    assert!(!ring.exists());
    fs::rename(&away, &ring).unwrap();
    let server = Binary::start(&folder, &[]).unwrap();
    assert_eq!(server.administrator(&folder).show(&id).await.status, 200);
}

#[tokio::test]
async fn a_store_that_was_lost_is_not_begun_anew() {
    let (folder, _) = used().await;
    for gone in [false, true] {
        let store = folder.file("scm.db");
        let gone = if gone { fs::remove_file(store) } else { fs::write(store, "") };
        gone.unwrap();
        let log = refused(&folder, &[]);
        assert!(log.contains("scm.db is missing or empty"), "{log}");
        assert!(log.contains("restore it from your backup"), "{log}");
    }
    // Without them, it may as well be a first start that was cut short.
    fs::remove_file(folder.file("credentials.json")).unwrap();
    let server = Binary::start(&folder, &[]).unwrap();
    let log = server.stop().log;
    assert!(log.contains("there is a keyring, but nothing that is sealed under it"), "{log}");
    folder.credentials();
    let log = Binary::start(&folder, &[]).unwrap().stop().log;
    assert!(!log.contains("there is a keyring, but"), "{log}");
}

#[tokio::test]
async fn a_young_store_without_its_log_is_not_begun_anew() {
    let folder = Folder::new();
    let server = Binary::start(&folder, &[]).unwrap();
    server.kill();
    let credentials = fs::read(folder.file("credentials.json")).unwrap();
    fs::remove_file(folder.file("scm.db-wal")).unwrap();
    fs::remove_file(folder.file("scm.db-shm")).unwrap();
    // The first start is in the file itself, so the credentials are good.
    let server = Binary::start(&folder, &[]).unwrap();
    let session = server.administrator(&folder);
    let answer = session.import(&import_body(&now::sound("www.example.com"))).await;
    assert_eq!(answer.status, 200);
    server.stop();
    // What a release that did not see to that left of a store without its log.
    fs::remove_file(folder.file("scm.db")).unwrap();
    let store = rusqlite::Connection::open(folder.file("scm.db")).unwrap();
    store.execute_batch("PRAGMA page_size = 8192; PRAGMA journal_mode = wal").unwrap();
    drop(store);
    let before = fs::read(folder.file("scm.db")).unwrap();
    assert!(!before.is_empty());
    let log = refused(&folder, &[]);
    assert!(log.contains("scm.db is missing or empty"), "{log}");
    assert!(log.contains("credentials.json shows that there was a store"), "{log}");
    assert_eq!(fs::read(folder.file("scm.db")).unwrap(), before);
    let now: serde_json::Value =
        serde_json::from_slice(&fs::read(folder.file("credentials.json")).unwrap()).unwrap();
    let then: serde_json::Value = serde_json::from_slice(&credentials).unwrap();
    assert_eq!((&now["password"], &now["token"]), (&then["password"], &then["token"]));
}

#[tokio::test]
async fn a_server_that_crashes_leaves_no_core_dump() {
    let folder = Folder::new();
    let server = Binary::start(&folder, &[]).unwrap();
    let limits = fs::read_to_string(format!("/proc/{}/limits", server.process_id())).unwrap();
    let line = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(line.split_whitespace().skip(4).take(2).collect::<Vec<_>>(), ["0", "0"], "{line}");
    server.signal(Signal::ABORT);
    let ended = server.wait();
    assert_eq!(ended.status.signal(), Some(Signal::ABORT.as_raw()));
    assert!(!ended.status.core_dumped());
}

#[tokio::test]
async fn the_keyring_of_another_store_is_refused() {
    let ((ours, _), (theirs, _)) = (used().await, used().await);
    fs::copy(theirs.file("keyring.json"), ours.file("keyring.json")).unwrap();
    let log = refused(&ours, &[]);
    assert!(log.contains("the store cannot be used"), "{log}");
    assert!(log.contains("the store belongs to keyring"), "{log}");
    assert!(log.contains("restore the keyring that was backed up with the store"), "{log}");
}

#[tokio::test]
async fn a_damaged_keyring_is_refused_and_left_alone() {
    let (folder, _) = used().await;
    let ring = folder.file("keyring.json");
    let text = fs::read_to_string(&ring).unwrap();
    let cut = &text[..text.len() / 2];
    fs::write(&ring, cut).unwrap();
    let log = refused(&folder, &[]);
    assert!(log.contains("malformed") && log.contains("restore it from your backup"), "{log}");
    assert_eq!(fs::read_to_string(&ring).unwrap(), cut);
}

/// Exchanges a character of the master key; gives the text from before.
fn damage_master_key(folder: &Folder) -> String {
    let path = folder.file("keyring.json");
    let whole = fs::read_to_string(&path).unwrap();
    let (head, secret) = whole.split_once("\"secret\": \"").unwrap();
    let other = if secret.starts_with('A') { 'B' } else { 'A' };
    fs::write(&path, format!("{head}\"secret\": \"{other}{}", &secret[1..])).unwrap();
    whole
}

#[tokio::test]
async fn a_damaged_master_key_is_refused() {
    let (folder, id) = used().await;
    let whole = damage_master_key(&folder);
    let log = refused(&folder, &[]);
    assert!(log.contains("does not match its check value"), "{log}");
    assert!(log.contains("restore the keyring from your backup"), "{log}");
    // Neither does a keyring without check values get past the store.
    let old = fs::read_to_string(folder.file("keyring.json")).unwrap();
    let mut old: serde_json::Value = serde_json::from_str(&old).unwrap();
    old["version"] = 1.into();
    old["keys"][0].as_object_mut().unwrap().remove("check");
    fs::write(folder.file("keyring.json"), old.to_string()).unwrap();
    let log = refused(&folder, &[]);
    assert!(log.contains("its check value differs"), "{log}");
    assert!(log.contains("restore the keyring that was backed up with the store"), "{log}");
    fs::write(folder.file("keyring.json"), whole).unwrap();
    let server = Binary::start(&folder, &[]).unwrap();
    assert_eq!(export(&server.administrator(&folder), &id, "").await.status, 200);
}

#[tokio::test]
async fn a_master_key_that_is_damaged_under_a_running_server_is_not_used() {
    let folder = Folder::new();
    let server = Binary::start(&folder, &[]).unwrap();
    let session = server.administrator(&folder);
    let ready = async || session.send(Method::GET, "/readyz", "").await;
    assert_eq!(ready().await.status, 200);
    let whole = damage_master_key(&folder);
    let probe = ready().await;
    assert_eq!(probe.status, 503);
    let mut ids = Vec::new();
    for _ in 0..10 {
        let answer = session.import(&import_body(&now::sound("www.example.com"))).await;
        ids.push(answer.text("certificate_id"));
    }
    fs::write(folder.file("keyring.json"), whole).unwrap();
    assert_eq!(ready().await.status, 200);
    for id in &ids {
        assert_eq!(export(&session, id, "").await.status, 200);
    }
    let log = server.stop().log;
    assert_eq!(log.matches("does not match its check value").count(), 1, "{log}");
    let server = Binary::start(&folder, &[]).unwrap();
    for id in &ids {
        assert_eq!(export(&server.administrator(&folder), id, "").await.status, 200);
    }
}

#[tokio::test]
async fn a_store_of_a_later_release_is_refused() {
    let (folder, _) = used().await;
    let store = rusqlite::Connection::open(folder.file("scm.db")).unwrap();
    store.pragma_update(None, "user_version", 999).unwrap();
    drop(store);
    let log = refused(&folder, &[]);
    assert!(log.contains("the store has schema 999, but this release knows only up to"), "{log}");
}

#[tokio::test]
async fn a_file_that_is_no_store_is_refused_and_left_alone() {
    let (folder, _) = used().await;
    fs::write(folder.file("scm.db"), "not a database, though long enough to look like one")
        .unwrap();
    let log = refused(&folder, &[]);
    assert!(log.contains("is not a store of this program"), "{log}");
    assert!(fs::read(folder.file("scm.db")).unwrap().starts_with(b"not a database"));
}

#[tokio::test]
async fn wide_permissions_are_refused_with_the_command_that_mends_them() {
    let (folder, _) = used().await;
    for (path, wide, narrow) in
        [(folder.path().to_owned(), 0o750, 0o700), (folder.file("keyring.json"), 0o640, 0o600)]
    {
        fs::set_permissions(&path, Permissions::from_mode(wide)).unwrap();
        let log = refused(&folder, &[]);
        assert!(log.contains(&format!("chmod {narrow:o} {}", path.display())), "{log}");
        fs::set_permissions(&path, Permissions::from_mode(narrow)).unwrap();
    }
    assert!(Binary::start(&folder, &[]).is_ok());
}

#[tokio::test]
async fn damaged_credentials_are_reported_and_missing_ones_are_not() {
    let (folder, _) = used().await;
    let file = folder.file("credentials.json");
    let text = fs::read(&file).unwrap();
    fs::write(&file, "{").unwrap();
    let words = format!(
        "scm-server: {} is damaged; remove it, and the server starts without it\n",
        file.display()
    );
    assert_eq!(refused(&folder, &[]), words);
    fs::write(&file, text).unwrap();
    assert!(Binary::start(&folder, &[]).is_ok());
}

#[tokio::test]
async fn settings_that_cannot_be_used_are_reported_by_name() {
    let folder = Folder::new();
    let wide = [("SCM_LISTEN", "0.0.0.0:0")];
    let log = Binary::bare(&folder, &wide).map(Binary::stop).unwrap_err().log;
    assert!(log.contains("0.0.0.0:0 is not a loopback address"), "{log}");
    assert!(log.contains("--insecure-http"), "{log}");
    let ended = Binary::start(&folder, &["--api-revision=2024"]).map(Binary::stop).unwrap_err();
    assert_eq!(ended.status.code(), Some(2), "{}", ended.log);
    assert!(ended.log.contains("use 2021 or 2025"), "{}", ended.log);
    let log = refused(&folder, &["--log=scm=loudly"]);
    assert_eq!(log.matches("error parsing level filter").count(), 1, "{log}");
    let missing = folder.file("none.toml");
    let log = refused(&folder, &[&format!("--config={}", missing.display())]);
    assert!(log.contains("none.toml") && log.contains("No such file"), "{log}");
}

#[tokio::test]
async fn an_address_that_is_in_use_is_reported() {
    let (folder, taken) = (Folder::new(), Folder::new());
    let first = Binary::start(&taken, &[]).unwrap();
    let address = first.address().to_string();
    let ended = Binary::bare(&folder, &[("SCM_LISTEN", &address)]).map(Binary::stop).unwrap_err();
    assert!(ended.log.contains(&format!("cannot listen on {address}")), "{}", ended.log);
    assert!(ended.log.contains("Address already in use"), "{}", ended.log);
}

#[tokio::test]
async fn without_a_word_it_serves_by_its_variables() {
    let folder = Folder::new();
    let server = Binary::bare(&folder, &[("SCM_API_REVISION", "2025")]).unwrap();
    let mut body = import_body(&now::sound("www.example.com"));
    body["name"] = "no".into();
    let answer = server.administrator(&folder).import(&body).await;
    assert_eq!(answer.text("error_code"), "SCM.0032", "the variable counts");
    let ended = server.stop();
    assert!(ended.status.success(), "{}", ended.log);
    for words in ["listening", "stopping", "stopped"] {
        assert!(ended.log.contains(words), "{}", ended.log);
    }
}

#[test]
fn help_shows_every_setting_with_its_unit_and_default() {
    let output = Command::new(built("scm-server")).args(["serve", "--help"]).output().unwrap();
    let help = String::from_utf8(output.stdout).unwrap();
    let settings = help.split("\n      --").skip(1);
    let mut count = 0;
    for setting in settings.filter(|setting| setting.contains("SCM_")) {
        count += 1;
        let setting = setting.split_whitespace().collect::<Vec<_>>().join(" ");
        let has_default = setting.contains("[default: ") || setting.starts_with("config");
        assert!(has_default && setting.contains("[env: SCM_"), "{setting}");
        let is_time = setting.contains("<SECONDS>");
        assert!(!is_time || setting.contains("in seconds"), "{setting}");
    }
    assert!(count >= 14, "{help}");
}
