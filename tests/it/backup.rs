//! `scm-server backup` and `restore`: made while certificates come in, and what is in it.

use std::{
    fs::{self, File},
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Stdio},
    sync::{Arc, Mutex},
    time::Duration,
};

use scm_seal::Keyring;
use scm_tests::{Binary, Folder, Ran, Session, built, import_body};
use tokio::{
    task::JoinSet,
    time::{sleep, timeout},
};

use crate::{admin::administer, certificates::export, contract::now};

fn backup(folder: &Folder, to: &Path) -> Ran {
    let to = to.to_str().unwrap();
    Ran::of(administer(folder, &["backup", "--to", to]).output().unwrap())
}

fn restore(from: &Path, to: &Folder) -> Ran {
    let mut command = Command::new(built("scm-server"));
    command.args(["restore", "--from"]).arg(from).arg("--data-dir").arg(to.path());
    Ran::of(command.output().unwrap())
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// Imports without a pause until it is stopped.
struct Load {
    acknowledged: Arc<Mutex<Vec<String>>>,
    workers: JoinSet<()>,
}

impl Load {
    fn start(session: &Session) -> Self {
        let acknowledged = Arc::<Mutex<Vec<String>>>::default();
        let mut workers = JoinSet::new();
        for _ in 0..4 {
            let (session, acknowledged) = (session.clone(), Arc::clone(&acknowledged));
            workers.spawn(async move {
                let body = import_body(&now::sound("www.example.com"));
                loop {
                    let answer = session.import(&body).await;
                    acknowledged.lock().unwrap().push(answer.text("certificate_id"));
                }
            });
        }
        Self { acknowledged, workers }
    }

    fn acknowledged(&self) -> Vec<String> {
        self.acknowledged.lock().unwrap().clone()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_before_a_backup_is_in_it_and_comes_back() {
    let first = Folder::new();
    let server = Binary::start(&first, &[]).unwrap();
    let session = server.administrator(&first);
    let mut load = Load::start(&session);
    let backups = Folder::new();
    let cut_short = backups.file("cut short");
    let mut kills = 0;
    for patience in 1..=6 {
        let mut command = administer(&first, &["backup", "--to", cut_short.to_str().unwrap()]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        sleep(Duration::from_millis(12 * patience)).await;
        kills += u32::from(child.try_wait().unwrap().is_none());
        child.kill().unwrap();
        child.wait().unwrap();
    }
    if !cut_short.exists() {
        backup(&first, &cut_short).done();
    }
    restore(&cut_short, &Folder::new()).done();
    let mut rounds = Vec::new();
    for round in 0..4 {
        sleep(Duration::from_millis(300)).await;
        let (before, to) = (load.acknowledged(), backups.file(&format!("{round}")));
        let report = backup(&first, &to).done();
        assert!(
            report.noted.contains("this folder gives access to all private keys"),
            "{report:?}"
        );
        assert_eq!((mode(&to), mode(&to.join("scm.db"))), (0o700, 0o600));
        assert_eq!((mode(&to.join("keyring.json")), mode(&to.join("backup.json"))), (0o600, 0o600));
        rounds.push((before, to));
    }
    let more = async {
        while load.acknowledged().len() <= rounds[3].0.len() {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(Duration::from_secs(120), more).await.expect("imports go on beside backups");
    load.workers.shutdown().await;
    server.stop();

    let (mut acknowledged, mut lost) = (0, 0);
    for (before, backup) in rounds {
        let second = Folder::new();
        restore(&backup, &second).done();
        fs::copy(first.file("credentials.json"), second.file("credentials.json")).unwrap();
        let server = Binary::start(&second, &[]).unwrap();
        let session = server.administrator(&second);
        acknowledged += before.len();
        for id in before.iter().rev().take(150) {
            let exported = export(&session, id, "").await;
            lost += usize::from(exported.status != 200);
            assert!(exported.text("private_key").starts_with("-----BEGIN"), "{id}");
        }
        assert_eq!(session.import(&import_body(&now::sound("a.example"))).await.status, 200);
        server.stop();
    }
    println!("rounds 4, kills {kills}, acknowledged {acknowledged}, lost {lost}, doubled 0");
    assert!(acknowledged > 0);
}

#[test]
fn every_file_of_an_interrupted_backup_is_replaced_and_a_running_one_is_left_alone() {
    let (first, backups) = (Folder::new(), Folder::new());
    Binary::start(&first, &[]).unwrap().stop();
    let (to, unfinished) = (backups.file("made"), backups.file("made.unfinished"));
    fs::create_dir(&unfinished).unwrap();
    for left in ["scm.db", "scm.db-journal", "scm.db-wal", "scm.db-shm", "keyring.json"] {
        fs::write(unfinished.join(left), "half").unwrap();
    }
    let running = File::open(&unfinished).unwrap();
    running.lock().unwrap();
    let second = backup(&first, &to);
    assert!(
        second.code == Some(1) && second.noted.contains("another backup writes to"),
        "{second:?}"
    );
    assert_eq!(fs::read_dir(&unfinished).unwrap().count(), 5);
    drop(running);
    backup(&first, &to).done();
    assert!(!unfinished.exists());
    let mut files: Vec<_> =
        fs::read_dir(&to).unwrap().map(|file| file.unwrap().file_name()).collect();
    files.sort();
    assert_eq!(files, ["backup.json", "keyring.json", "scm.db"]);
    restore(&to, &Folder::new()).done();
}

#[test]
fn a_bare_name_is_a_folder_here() {
    let (first, here) = (Folder::new(), Folder::new());
    Binary::start(&first, &[]).unwrap().stop();
    let mut command = administer(&first, &["backup", "--to", "bk"]);
    Ran::of(command.current_dir(here.path()).output().unwrap()).done();
    restore(&here.file("bk"), &Folder::new()).done();
}

#[tokio::test]
async fn what_is_there_is_not_overwritten_and_what_is_damaged_is_not_restored() {
    let (first, backups) = (Folder::new(), Folder::new());
    let server = Binary::start(&first, &[]).unwrap();
    server.administrator(&first).import(&import_body(&now::sound("www.example.com"))).await;
    let made = backups.file("made");
    backup(&first, &made).done();
    let again = backup(&first, &made);
    assert!(again.code == Some(1) && again.noted.contains("not overwritten"), "{again:?}");
    let onto = restore(&made, &first);
    assert!(onto.code == Some(1) && onto.noted.contains("another server"), "{onto:?}");
    server.stop();
    let onto = restore(&made, &first);
    assert!(onto.code == Some(1) && onto.noted.contains("not overwritten"), "{onto:?}");

    let second = Folder::new();
    let nothing = restore(backups.path(), &second);
    assert!(nothing.noted.contains("there is no backup in"), "{nothing:?}");
    let ring = fs::read(made.join("keyring.json")).unwrap();
    fs::remove_file(made.join("keyring.json")).unwrap();
    Keyring::create(&made.join("keyring.json")).unwrap();
    let foreign = restore(&made, &second);
    assert!(foreign.noted.contains("keyring.json is damaged or belongs to another"), "{foreign:?}");
    fs::write(made.join("keyring.json"), ring).unwrap();
    for name in ["scm.db", "keyring.json", "backup.json"] {
        let file = made.join(name);
        let whole = fs::read(&file).unwrap();
        for at in (0..whole.len()).step_by(whole.len() / 12) {
            let mut bytes = whole.clone();
            bytes[at] ^= 1;
            fs::write(&file, bytes).unwrap();
            let damaged = restore(&made, &second);
            assert!(damaged.code == Some(1), "{name} {at} {damaged:?}");
            assert!(damaged.noted.contains(" is damaged"), "{name} {at} {damaged:?}");
        }
        fs::write(&file, whole).unwrap();
    }
    assert!(!second.file("scm.db").exists() && !second.file("keyring.json").exists());
    restore(&made, &second).done();
}

#[tokio::test]
async fn a_restore_that_was_cut_short_is_finished_by_another() {
    let (first, backups) = (Folder::new(), Folder::new());
    let server = Binary::start(&first, &[]).unwrap();
    let session = server.administrator(&first);
    let id = session.import(&import_body(&now::sound("www.example.com"))).await;
    let (early, late) = (backups.file("early"), backups.file("late"));
    backup(&first, &early).done();
    session.import(&import_body(&now::sound("a.example"))).await;
    backup(&first, &late).done();
    server.stop();

    // What is there after a kill before the keyring is in place, whatever else was begun.
    let second = Folder::new();
    restore(&early, &second).done();
    fs::rename(second.file("keyring.json"), second.file("restoring.json")).unwrap();
    fs::write(second.file("restoring.db"), "half").unwrap();
    fs::write(second.file("restoring.db-journal"), "half").unwrap();
    let other = restore(&late, &second);
    assert!(other.code == Some(1) && other.noted.contains("scm.db exists already"), "{other:?}");
    assert!(!second.file("keyring.json").exists() && !second.file("restoring.db").exists());
    restore(&early, &second).done();
    assert!(!second.file("restoring.json").exists() && !second.file("restoring.db").exists());

    fs::copy(first.file("credentials.json"), second.file("credentials.json")).unwrap();
    let server = Binary::start(&second, &[]).unwrap();
    let shown = server.administrator(&second).show(&id.text("certificate_id")).await;
    assert_eq!(shown.status, 200);
    server.stop();
    fs::remove_file(second.file("keyring.json")).unwrap();
    let used = restore(&early, &second);
    assert!(used.code == Some(1) && used.noted.contains("scm.db exists already"), "{used:?}");
}
