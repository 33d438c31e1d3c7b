//! What `rotate-key` does not do, and what it says then.

use std::{
    io::{BufRead, BufReader, Read},
    process::Stdio,
};

use rustix::process::{Pid, Signal, kill_process};
use scm_tests::{Binary, Folder, import_body};

use super::{age, ring, rotate_key};
use crate::{admin::administer, certificates::export, contract::now};

#[test]
fn where_there_is_no_store_there_is_nothing_to_rotate() {
    let refused = rotate_key(&Folder::new(), &[]);
    assert_eq!(refused.code, Some(1));
    assert!(refused.noted.contains("there is no store in "), "{refused:?}");
}

#[tokio::test]
async fn what_cannot_be_opened_is_named_and_keeps_its_key() {
    let folder = Folder::new();
    let server = Binary::start(&folder, &[]).unwrap();
    let session = server.administrator(&folder);
    let body = import_body(&now::sound("www.example.com"));
    let sound = session.import(&body).await.text("certificate_id");
    let broken = session.import(&body).await.text("certificate_id");
    let store = rusqlite::Connection::open(folder.file("scm.db")).unwrap();
    let number: i64 = broken.strip_prefix("scs").unwrap().parse().unwrap();
    let sql = "UPDATE certificate_bytes SET sealed_key = CAST(substr(sealed_key, 1, 60) || zeroblob(90) AS BLOB)
               WHERE id = ?1";
    assert_eq!(store.execute(sql, [number]).unwrap(), 1);

    let refused = rotate_key(&folder, &[]);
    assert_eq!(refused.code, Some(1), "{refused:?}");
    let why = format!(
        "2 sealed anew, but 1 cannot be opened with any key of this keyring, among them {broken};"
    );
    assert!(refused.noted.contains(&why), "{refused:?}");
    assert_eq!(export(&session, &sound, "").await.status, 200);
    age(&folder.file("keyring.json"));
    let refused = rotate_key(&folder, &["--forget-old"]);
    assert!(refused.noted.contains("1 are still sealed under an old key"), "{refused:?}");
    assert_eq!(ring(&folder).old_ids().len(), 1);

    session.send(http::Method::DELETE, &format!("/v3/scm/certificates/{broken}"), "").await;
    rotate_key(&folder, &["--forget-old"]).done();
    assert_eq!(export(&session, &sound, "").await.status, 200);
}

#[test]
fn a_key_is_prepared_once_and_seals_nothing() {
    let folder = Folder::new();
    let _server = Binary::start(&folder, &[]).unwrap();
    let before = ring(&folder).active_id();
    let first = rotate_key(&folder, &["--prepare", "--json"]).json();
    let again = rotate_key(&folder, &["--prepare", "--json"]).json();
    assert_eq!(first, again);
    assert_eq!(first["active_key"], before.to_string());
    assert_eq!(rotate_key(&folder, &["--json"]).json()["active_key"], first["prepared_key"]);
    assert_eq!(rotate_key(&folder, &["--prepare", "--forget-old"]).code, Some(2));
}

#[test]
fn nothing_is_forgotten_while_it_may_be_under_way_and_ctrl_c_ends_the_waiting() {
    let folder = Folder::new();
    let _server = Binary::start(&folder, &[]).unwrap();
    rotate_key(&folder, &[]).done();
    let mut command = administer(&folder, &["rotate-key", "--forget-old"]);
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    let mut noted = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    noted.read_line(&mut line).unwrap();
    assert!(
        line.starts_with("waiting ") && line.contains(" seconds for what was sealed"),
        "{line}"
    );
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    noted.read_to_string(&mut line).unwrap();
    assert!(line.contains("interrupted; nothing is lost"), "{line}");
    assert_eq!(child.wait().unwrap().code(), Some(1));
    assert_eq!(ring(&folder).old_ids().len(), 1);
}
