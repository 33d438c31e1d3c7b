//! The master key changes under two servers on one store, which share a keyring or have copies of it.

use std::{fs, process::Command};

use scm_tests::{Binary, Folder, Ran, import_body};

use super::{beside, new_store};
use crate::{
    admin::administer,
    certificates::export,
    contract::now,
    rotation::{
        age,
        load::{Load, killed_again_and_again},
    },
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_that_share_a_file_notice_nothing_of_a_rotation_that_is_killed_again_and_again()
{
    let store = new_store().await;
    let (first, elsewhere) = (Folder::new(), Folder::new());
    let ring = elsewhere.file("ring");
    let keyring = format!("--keyring={}", ring.display());
    let flags = [&store, &*keyring];
    let one = Binary::start(&first, &flags).unwrap();
    assert!(ring.exists() && !first.file("keyring.json").exists());
    let second = Folder::new();
    fs::copy(first.file("credentials.json"), second.file("credentials.json")).unwrap();
    fs::set_permissions(second.path(), std::os::unix::fs::PermissionsExt::from_mode(0o700))
        .unwrap();
    let two = Binary::start(&second, &flags).unwrap();
    let sessions = || vec![one.administrator(&first), two.administrator(&first)];
    let load = Load::start(sessions()).await;

    let rotate = |flags: &[&str]| -> Command {
        let mut command = administer(&first, &[&["rotate-key"], flags].concat());
        command.args([&store, &keyring]);
        command
    };
    let run = |flags: &[&str]| Ran::of(rotate(flags).output().unwrap());
    let refused = run(&[]);
    assert!(refused.noted.contains("--prepare") && refused.code == Some(1), "{refused:?}");
    let kills = killed_again_and_again(|| rotate(&["--one-file"]), &load).await;
    run(&["--one-file"]).done();
    load.some_export().await;
    age(&ring);
    run(&["--forget-old"]).done();
    load.some_export().await;
    let kept = load.end().await;
    println!("kills {kills}, acknowledged {}, unreadable 0", kept.ids.len());

    drop((one, two));
    let again = Binary::start(&second, &flags).unwrap();
    kept.export_at(&again.administrator(&first)).await;
}

#[tokio::test]
async fn servers_with_copies_open_everything_at_every_step() {
    let store = new_store().await;
    let first = Folder::new();
    let one = Binary::start(&first, &[&store]).unwrap();
    let second = beside(&first);
    let two = Binary::start(&second, &[&store]).unwrap();
    let sessions = [one.administrator(&first), two.administrator(&first)];
    let body = import_body(&now::sound("www.example.com"));
    let mut ids = Vec::new();
    let share = || fs::copy(first.file("keyring.json"), second.file("keyring.json")).unwrap();
    let run = |flags: &[&str]| {
        let mut command = administer(&first, &[&["rotate-key"], flags].concat());
        Ran::of(command.arg(&store).output().unwrap())
    };
    let rotate = |flags: &[&str]| run(flags).done();
    let resealed = |ran: Ran| ran.json()["resealed"].as_u64().unwrap();

    for step in 0..6 {
        match step {
            0 => {}
            1 => drop(rotate(&["--prepare"])),
            2 => drop(share()),
            // Two of each step before, and the administrator's access key.
            3 => assert_eq!(resealed(rotate(&["--json"])), 2 * 3 + 1),
            4 => {
                age(&first.file("keyring.json"));
                let refused = run(&["--forget-old"]);
                let why = "1 servers on this database still seal under an old key";
                assert!(refused.noted.contains(why), "{refused:?}");
                share();
                // What the second one sealed before it had the file.
                assert_eq!(resealed(rotate(&["--json"])), 1);
            }
            _ => {
                age(&first.file("keyring.json"));
                rotate(&["--forget-old"]);
                share();
            }
        }
        for session in &sessions {
            let answer = session.import(&body).await;
            assert_eq!(answer.status, 200, "step {step}: {answer:?}");
            ids.push(answer.text("certificate_id"));
        }
        for (session, id) in sessions.iter().flat_map(|s| ids.iter().map(move |id| (s, id))) {
            let answer = export(session, id, "").await;
            assert_eq!(answer.status, 200, "step {step}: {answer:?}");
            assert_eq!(answer.text("private_key"), body["private_key"]);
        }
    }
}
