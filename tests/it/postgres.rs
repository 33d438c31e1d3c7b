//! Servers on a PostgreSQL, the real one: one and several, on a database that stands and one that
//! falls.

mod copy;
mod failover;
mod faults;
mod haproxy;
mod load;
mod rotation;
mod servers;

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
};

use http::Method;
use scm_store_testing::test_postgres::TestPostgres;
use scm_tests::{Binary, Ended, Folder, Person, Ran, TestServer, authority, import_body, sound};
use serde_json::json;

use crate::admin::administer;

/// The flag for an empty database.
async fn new_store() -> String {
    format!("--store={}", TestPostgres::shared().new_database().await)
}

/// A folder for one more server on the store of another.
fn beside(first: &Folder) -> Folder {
    let folder = Folder::new();
    fs::set_permissions(folder.path(), Permissions::from_mode(0o700)).unwrap();
    for name in ["keyring.json", "credentials.json"] {
        fs::copy(first.file(name), folder.file(name)).unwrap();
    }
    folder
}

fn refused(folder: &Folder, flags: &[&str]) -> String {
    let Ended { status, log } = Binary::start(folder, flags).map(Binary::stop).unwrap_err();
    assert_eq!(status.code(), Some(1), "{log}");
    log
}

const ALL: &str = "/v3/scm/certificates";

#[tokio::test]
async fn a_certificate_lives_there_as_in_a_file() {
    let url = TestPostgres::shared().new_database().await;
    let server = TestServer::builder().flag("--store", &url).start().await;
    let caller = server.by(Person::FullAccess);
    let answer = caller.import(&import_body(&sound("www.example.com"))).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let id = answer.text("certificate_id");
    let mut again = import_body(&sound("www.example.com"));
    again["duplicate_check"] = true.into();
    let other = caller.import(&again).await;
    assert_eq!(other.status, 200, "another leaf of the same name: {other:?}");
    let refused = caller.import(&again).await;
    assert_eq!((refused.status.as_u16(), refused.text("error_code")), (400, "SCM.9001".into()));

    let server = server.restart().await;
    let caller = server.by(Person::FullAccess);
    assert_eq!(caller.show(&id).await.text("domain"), "www.example.com");
    assert_eq!(server.by(Person::Stranger).show(&id).await.status, 404);
    let found = caller.send(Method::GET, &format!("{ALL}?content=EXAMPLE.c"), "").await;
    assert_eq!(found.json()["total_count"], 2, "{found:?}");
    let export = caller.send(Method::POST, &format!("{ALL}/{id}/export"), "").await;
    assert!(export.text("private_key").starts_with("-----BEGIN"), "sealed, kept, opened again");
    let renamed = json!({ "name": "renamed" }).to_string();
    assert!(caller.send(Method::PATCH, &format!("{ALL}/{id}"), renamed).await.status.is_success());
    let renewed = import_body(&authority().leaf("new.example.com").issue());
    let renewed = ["certificate", "certificate_chain", "private_key"]
        .map(|field| (field.to_owned(), renewed[field].clone()));
    let renewed = serde_json::Value::Object(renewed.into_iter().collect()).to_string();
    let replaced = caller.send(Method::PUT, &format!("{ALL}/{id}"), renewed).await;
    assert!(replaced.status.is_success(), "{replaced:?}");
    let shown = caller.show(&id).await;
    assert_eq!(
        (shown.text("name"), shown.text("domain")),
        ("renamed".into(), "new.example.com".into())
    );
    assert_eq!(caller.send(Method::DELETE, &format!("{ALL}/{id}"), "").await.status, 204);
    assert_eq!(caller.show(&id).await.status, 404);
}

#[tokio::test]
async fn a_store_without_its_keyring_is_refused() {
    let store = new_store().await;
    let first = Folder::new();
    Binary::start(&first, &[&store]).unwrap().stop();
    let second = Folder::new();
    let log = refused(&second, &[&store]);
    assert!(log.contains("copy that of another server on the same store"), "{log}");
    assert!(!second.file("keyring.json").exists(), "none is made that would open nothing");
    let third = beside(&first);
    assert!(Binary::start(&third, &[&store]).unwrap().stop().status.success());
}

#[tokio::test]
async fn of_two_first_starts_at_once_one_makes_the_store() {
    let store = new_store().await;
    let folders = [Folder::new(), Folder::new()];
    let starts = folders.each_ref().map(|folder| {
        let (store, path) = (store.clone(), folder.path().to_owned());
        std::thread::spawn(move || {
            let mut command = std::process::Command::new(scm_tests::built("scm-server"));
            command.args(["serve", "--listen=127.0.0.1:0", &store, "--data-dir"]).arg(path);
            // Only one of them can set up the store; the other ends.
            command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::piped());
            command.spawn().unwrap()
        })
    });
    let mut servers = starts.map(|start| start.join().unwrap());
    let keeps = |folder: &Folder| folder.file("credentials.json").exists();
    scm_tests::patiently(async {
        while !folders.iter().any(keeps)
            || servers.iter_mut().all(|s| s.try_wait().unwrap().is_none())
        {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    })
    .await;
    let [made, other] = match keeps(&folders[0]) {
        true => [&folders[0], &folders[1]],
        false => [&folders[1], &folders[0]],
    };
    assert!(!other.file("credentials.json").exists() && !other.file("keyring.json").exists());
    for mut server in servers {
        // One has ended already.
        let _whether_it_ran = server.kill();
        server.wait().unwrap();
    }
    assert!(Binary::start(made, &[&store]).unwrap().stop().status.success());
}

#[tokio::test]
async fn what_cannot_be_used_is_reported_without_a_password() {
    let folder = Folder::new();
    let log = refused(&folder, &["--store=postgres://scm:hunter2@127.0.0.1:1/scm"]);
    assert!(log.contains("the store is not available"), "{log}");
    assert!(log.contains("Connection refused") && !log.contains("hunter2"), "{log}");
    let wrong = "--store=postgres://scm:hunter2@db.example/scm?sslmode=prefer";
    let log = refused(&folder, &[wrong]);
    assert!(log.contains("use verify-full") && !log.contains("hunter2"), "{log}");
    let log = refused(&folder, &["--store=mysql://scm:hunter2@db.example/scm"]);
    assert!(log.contains("neither `embedded` nor the URL"), "{log}");
    assert!(!log.contains("hunter2"), "{log}");
    assert_eq!(
        fs::read_dir(folder.path())
            .unwrap()
            .filter(|f| f.as_ref().unwrap().file_name() != "lock")
            .count(),
        0
    );
}

#[tokio::test]
async fn the_schema_is_brought_up_to_date_before_any_server_starts() {
    let (store, folder) = (new_store().await, Folder::new());
    let run = |arguments: &[&str]| Ran::of(administer(&folder, arguments).output().unwrap());
    let migrated = run(&["migrate", &store, "--json"]).json();
    let schema = migrated["schema"].as_u64().unwrap();
    let ran = run(&["migrate", &store]).done();
    assert_eq!(ran.said, format!("the store has schema {schema}, which is that of this release\n"));
    assert_eq!(run(&["migrate", &store, "--json"]).json(), json!({ "schema": schema }));
    let anonymous = run(&["user", "list", &store]);
    assert!(anonymous.noted.contains("there is no store in postgres:///"), "{anonymous:?}");
    let url = store.trim_start_matches("--store=");
    Binary::start(&folder, &[&store]).unwrap().stop();
    scm_store_testing::test_postgres::query(url, "UPDATE scm_schema SET version = 99").await;
    let words = format!("the store has schema 99, but this release knows only up to {schema}");
    assert!(refused(&folder, &[&store]).contains(&words));
    assert!(run(&["migrate", &store]).noted.contains(&words));
}
