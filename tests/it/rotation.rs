//! `scm-server rotate-key`: the master key changes under running servers, and no client notices.

pub(crate) mod load;
mod refusals;

use std::{
    fs::{self, File},
    path::Path,
    time::{Duration, SystemTime},
};

use scm_client::Client;
use scm_model::certificates::CertificateFilter;
use scm_seal::Keyring;
use scm_tests::{Binary, Folder, Ran, import_body};

use crate::{admin::administer, contract::now};
use load::{Load, killed_again_and_again};

/// Runs it to its end on the embedded store of a folder.
fn rotate_key(folder: &Folder, flags: &[&str]) -> Ran {
    Ran::of(administer(folder, &[&["rotate-key"], flags].concat()).output().unwrap())
}

/// Makes a ring's file as old as if it had been turned some time ago.
pub(crate) fn age(ring: &Path) {
    let past = SystemTime::now() - Duration::from_secs(120);
    File::open(ring).unwrap().set_modified(past).unwrap();
}

fn ring(folder: &Folder) -> Keyring {
    Keyring::open(&folder.file("keyring.json")).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_again_and_again_under_load_it_comes_to_its_end_and_loses_nothing() {
    let folder = Folder::new();
    let server = Binary::start(&folder, &[]).unwrap();
    let load = Load::start(vec![server.administrator(&folder)]).await;
    let old = ring(&folder).active_id();

    let kills = killed_again_and_again(|| administer(&folder, &["rotate-key"]), &load).await;
    let done = rotate_key(&folder, &["--json"]).json();
    assert_eq!(done["old_keys"], serde_json::json!([old.to_string()]), "{done}");
    load.some_export().await;
    age(&folder.file("keyring.json"));
    // The servers are at it all the time: what they seal is sealed under the new key.
    rotate_key(&folder, &["--forget-old"]).done();
    assert_eq!(ring(&folder).old_ids(), []);
    load.some_export().await;
    let kept = load.end().await;
    let last = &done["resealed"];
    println!("kills {kills}, left to the last run {last}, kept {}, unreadable 0", kept.ids.len());

    server.stop();
    let server = Binary::start(&folder, &[]).unwrap();
    kept.export_at(&server.administrator(&folder)).await;
    let left = rotate_key(&folder, &["--forget-old"]).done();
    assert!(left.said.contains("no old master key"), "{left:?}");
}

#[tokio::test]
async fn access_keys_sign_before_during_and_after() {
    let folder = Folder::new();
    let server = Binary::start(&folder, &[]).unwrap();
    let credentials = folder.credentials();
    let client = Client::builder(format!("http://{}", server.address()))
        .access_key(credentials.access_key.unwrap(), credentials.secret_key.unwrap())
        .build()
        .unwrap();
    let signs = async || client.list_certificates(CertificateFilter::default()).await.unwrap();
    signs().await;
    let said = rotate_key(&folder, &[]).done();
    assert!(said.said.ends_with("seals from now on; 1 sealed anew\n"), "{said:?}");
    assert!(said.noted.contains("--forget-old"), "{said:?}");
    signs().await;
    age(&folder.file("keyring.json"));
    rotate_key(&folder, &["--forget-old"]).done();
    signs().await;
    let events = rusqlite::Connection::open(folder.file("scm.db")).unwrap();
    let sql = "SELECT group_concat(action) FROM audit_event
               WHERE action LIKE 'keyring.%' AND length(subject) = 32";
    let actions: String = events.query_row(sql, [], |row| row.get(0)).unwrap();
    assert_eq!(actions, "keyring.rotate,keyring.reseal,keyring.forget");
}

#[tokio::test]
async fn a_rotation_is_taken_up_where_it_was_and_none_is_begun_before_it_is_finished() {
    let folder = Folder::new();
    let server = Binary::start(&folder, &[]).unwrap();
    let session = server.administrator(&folder);
    let body = import_body(&now::sound("www.example.com"));
    let id = session.import(&body).await.text("certificate_id");
    let path = folder.file("keyring.json");
    // As if it had been killed before it sealed anything anew.
    let turned = ring(&folder).prepare(&path).unwrap().activate(&path).unwrap();
    age(&path);
    let refused = rotate_key(&folder, &["--forget-old"]);
    assert_eq!(refused.code, Some(1), "{refused:?}");
    let why = "2 are still sealed under an old key, among them access key ";
    assert!(refused.noted.contains(why) && refused.noted.contains(&id), "{refused:?}");
    assert_eq!(ring(&folder).old_ids(), turned.old_ids());

    let on = rotate_key(&folder, &[]).done().said;
    assert!(
        on.ends_with("seals since the rotation that this went on with; 2 sealed anew\n"),
        "{on}"
    );
    let again = rotate_key(&folder, &["--json"]).json();
    assert_eq!(
        (&again["resealed"], &again["active_key"]),
        (&serde_json::json!(0), &serde_json::json!(turned.active_id().to_string()))
    );
    let exported = crate::certificates::export(&session, &id, "").await;
    assert_eq!(exported.text("private_key"), body["private_key"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_import_that_was_under_way_while_its_key_went_is_sealed_anew_before_it_is_acknowledged()
{
    let folder = Folder::new();
    let server = Binary::start(&folder, &[]).unwrap();
    let session = server.administrator(&folder);
    let body = import_body(&now::sound("www.example.com"));
    session.import(&body).await.text("certificate_id");
    let other = rusqlite::Connection::open(folder.file("scm.db")).unwrap();
    let path = folder.file("keyring.json");
    let id = loop {
        // No import can be stored while another connection writes.
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        let import = tokio::spawn({
            let (session, body) = (session.clone(), body.clone());
            async move { session.import(&body).await }
        });
        // A head start, so that the key is sealed before its master key is removed. On a machine that
        // needs longer, the test proves less, but still passes.
        tokio::time::sleep(Duration::from_millis(700)).await;
        let turned = ring(&folder).prepare(&path).unwrap().activate(&path).unwrap();
        turned.forget_old(&path).unwrap();
        other.execute_batch("COMMIT").unwrap();
        let answer = import.await.unwrap();
        // 503: the lock was held for longer than the server waits for it.
        if answer.status != 503 {
            break answer.text("certificate_id");
        }
    };
    let exported = crate::certificates::export(&session, &id, "").await;
    assert_eq!(exported.status, 200, "{exported:?}");
    assert_eq!(exported.text("private_key"), body["private_key"]);
}

#[tokio::test]
async fn a_server_takes_its_ring_from_a_variable_and_shows_nothing_of_it() {
    let folder = Folder::new();
    let server = Binary::start(&folder, &[]).unwrap();
    let body = import_body(&now::sound("www.example.com"));
    let session = server.administrator(&folder);
    let id = session.import(&body).await.text("certificate_id");
    server.stop();
    let path = folder.file("keyring.json");
    let (text, elsewhere) = (fs::read_to_string(&path).unwrap(), folder.file("elsewhere"));
    fs::rename(&path, &elsewhere).unwrap();

    let server =
        Binary::bare(&folder, &[("SCM_KEYRING", &text), ("SCM_LOG", "trace,h2=off")]).unwrap();
    let exported = crate::certificates::export(&server.administrator(&folder), &id, "").await;
    assert_eq!(exported.text("private_key"), body["private_key"]);
    let with = |text: &str, flags: &[&str]| {
        let mut command = administer(&folder, &[&["rotate-key"], flags].concat());
        Ran::of(command.env("SCM_KEYRING", text).output().unwrap())
    };
    let mut report = String::new();
    for flags in [&[][..], &["--prepare"]] {
        let refused = with(&text, flags);
        assert_eq!(refused.code, Some(1), "{refused:?}");
        assert!(refused.noted.contains("cannot change"), "{refused:?}");
        report += &refused.noted;
    }
    // As the message advises: rotated in a file, and passed to the servers again.
    let file = format!("--keyring={}", elsewhere.display());
    rotate_key(&folder, &["--prepare", &file]).done();
    rotate_key(&folder, &[&*file]).done();
    let turned = fs::read_to_string(&elsewhere).unwrap();
    report += &server.stop().log;
    let server = Binary::bare(&folder, &[("SCM_KEYRING", &turned)]).unwrap();
    let exported = crate::certificates::export(&server.administrator(&folder), &id, "").await;
    assert_eq!(exported.text("private_key"), body["private_key"]);
    let forgettable = with(&turned, &["--forget-old"]).done();
    assert!(forgettable.said.contains("take it out of SCM_KEYRING"), "{forgettable:?}");
    report += &(forgettable.said + &forgettable.noted + &server.stop().log);
    for line in text.lines().chain(turned.lines()).filter(|line| line.contains("secret")) {
        let secret = line.split('"').nth(3).unwrap();
        assert!(secret.len() == 44 && !report.contains(secret));
    }
    assert!(!path.exists(), "none is made beside the variable");
}
