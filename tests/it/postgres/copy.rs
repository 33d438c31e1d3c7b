//! `scm-server copy`: a store moves into a PostgreSQL and back, killed on the way again and again.

use std::{
    fs,
    process::{Command, Stdio},
    time::Duration,
};

use http::Method;
use scm_seal::Keyring;
use scm_store_testing::test_postgres::TestPostgres;
use scm_tests::{Binary, Folder, Ran, Session, built, import_body};
use serde_json::Value;
use tokio::time::sleep;

use super::{beside, refused};
use crate::{admin::administer, certificates::export, contract::now};

/// How often a copy is killed at most.
const KILLS: usize = 16;

fn copy(from: &str, to: &str, more: &[&str]) -> Command {
    let mut command = Command::new(built("scm-server"));
    command.args(["copy", "--from", from, "--to", to]).args(more).stdin(Stdio::null());
    command
}

fn copied(from: &str, to: &str, more: &[&str]) -> Ran {
    Ran::of(copy(from, to, more).output().unwrap())
}

fn text(folder: &Folder) -> &str {
    folder.path().to_str().unwrap()
}

/// The answers to a session: lists, details, exported bytes.
async fn report(session: &Session, ids: &[String]) -> Vec<Value> {
    let mut all = Vec::new();
    for query in ["", "?content=SHOP", "?sort_key=certExpiredTime&limit=3"] {
        let path = format!("/v3/scm/certificates{query}");
        all.push(session.send(Method::GET, &path, "").await.json());
    }
    for id in ids.iter().step_by(17) {
        all.push(session.show(id).await.json());
        all.push(export(session, id, "").await.json());
    }
    all
}

async fn imported(session: &Session, count: usize) -> Vec<String> {
    let bodies = [now::sound("www.example.com"), now::sound("shop.example.com")];
    let bodies = bodies.each_ref().map(import_body);
    let mut ids = Vec::new();
    for number in 0..count {
        let answer = session.import(&bodies[number % 2]).await;
        ids.push(answer.text("certificate_id"));
    }
    ids
}

/// Starts one copy again and again and kills it, a little later each time, and lets the last one end;
/// returns how often it was killed. The first is killed at once, so that no machine is too fast.
async fn killed_again_and_again(from: &str, to: &str, more: &[&str]) -> usize {
    for kills in 0..KILLS {
        let mut command = copy(from, to, more);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        sleep(Duration::from_millis(45 * kills as u64)).await;
        if child.try_wait().unwrap().is_some() {
            let output = child.wait_with_output().unwrap();
            let message = String::from_utf8_lossy(&output.stderr);
            // The kill before this run may have met a copy that was complete, as its process ended.
            let completed = kills > 0 && message.contains("holds a store already");
            assert!(output.status.success() || completed, "{message}");
            return kills;
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
    copied(from, to, more).done();
    KILLS
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_again_and_again_it_moves_there_and_back_with_everything() {
    let first = Folder::new();
    let server = Binary::start(&first, &[]).unwrap();
    let ids = imported(&server.administrator(&first), 1000).await;
    let before = report(&server.administrator(&first), &ids).await;
    let in_use = copied(text(&first), "postgres://127.0.0.1:1/none", &[]);
    assert!(in_use.noted.contains("another server is running"), "{in_use:?}");
    server.stop();

    let database = TestPostgres::shared().new_database().await;
    let there = killed_again_and_again(text(&first), &database, &[]).await;
    let second = beside(&first);
    let store = format!("--store={database}");
    let server = Binary::start(&second, &[&store]).unwrap();
    assert_eq!(report(&server.administrator(&first), &ids).await, before);
    server.stop();

    let back = Folder::new();
    let missing = copied(&database, text(&back), &[]);
    assert!(missing.noted.contains("--keyring") && missing.code == Some(1), "{missing:?}");
    let ring = format!("--keyring={}", first.file("keyring.json").display());
    let and_back = killed_again_and_again(&database, text(&back), &[&ring]).await;
    println!("kills there {there}, back {and_back}; {} certificates, lost 0, doubled 0", ids.len());
    assert!(there > 0 && and_back > 0, "{there} and {and_back}");
    fs::copy(first.file("credentials.json"), back.file("credentials.json")).unwrap();
    let server = Binary::start(&back, &[]).unwrap();
    assert_eq!(report(&server.administrator(&back), &ids).await, before);
    assert!(Keyring::open(&back.file("keyring.json")).is_ok(), "of mode 0600");
    server.stop();

    let again = copied(text(&first), text(&back), &[]);
    assert!(again.noted.contains("holds a store already"), "{again:?}");
}

#[tokio::test]
async fn half_a_copy_is_not_served_nor_copied() {
    let (first, second) = (Folder::new(), Folder::new());
    let server = Binary::start(&first, &[]).unwrap();
    let ids = imported(&server.administrator(&first), 3).await;
    server.stop();
    let done = copied(text(&first), text(&second), &["--json"]).json();
    let count = |of: &str| {
        let rows = done["rows"].as_array().unwrap().iter();
        rows.clone().find(|rows| rows["of"] == of).unwrap()["count"].as_u64().unwrap()
    };
    assert_eq!((count("certificates"), count("users")), (ids.len() as u64, 1), "{done}");
    let whole = rusqlite::Connection::open(second.file("scm.db")).unwrap();
    let begun = "INSERT INTO moving (part, reached) VALUES ('source', ?1)";
    whole.execute(begun, [first.file("scm.db").canonicalize().unwrap().to_str()]).unwrap();
    drop(whole);
    let report = refused(&second, &[]);
    assert!(report.contains("not complete: run `scm-server copy` again"), "{report}");
    let user = Ran::of(administer(&second, &["user", "list"]).output().unwrap());
    assert!(user.code == Some(1) && user.noted.contains("not complete"), "{user:?}");
    let other = copied(text(&second), text(&Folder::new()), &[]);
    assert!(other.noted.contains("itself an incomplete copy"), "{other:?}");
    // As if no progress had been noted: rows that exist are reported, not copied twice.
    let twice = copied(text(&first), text(&second), &[]);
    assert_eq!(twice.code, Some(1), "{twice:?}");

    let other_ring = Folder::new();
    Keyring::create(&other_ring.file("ring")).unwrap();
    let ring = format!("--keyring={}", other_ring.file("ring").display());
    let wrong = copied(text(&first), text(&other_ring), &[&ring]);
    assert!(wrong.noted.contains("does not belong"), "{wrong:?}");
}

#[test]
fn the_password_of_a_url_is_not_shown() {
    let (first, to) = (Folder::new(), Folder::new());
    for url in
        ["postgres://scm:hunter2@127.0.0.1:1/none", "postgres://scm:hunter2@h/n?sslmode=allow"]
    {
        for (from, to) in [(url, text(&to)), (text(&first), url), (url, url)] {
            let refused = copied(from, to, &[]);
            assert_eq!(refused.code, Some(1), "{refused:?}");
            assert!(!format!("{refused:?}").contains("hunter2"), "{refused:?}");
        }
    }
}
