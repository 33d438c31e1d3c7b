//! What an administrator cannot do, and the messages about it.

use std::{fs, process::Command};

use scm_tests::{Binary, Folder, Ran, TestServer, built};

use super::{Machine, administer};

/// What a command says that is not done.
fn refused(ran: Ran) -> String {
    assert_eq!((ran.code, &*ran.said), (Some(1), ""), "{ran:?}");
    ran.noted.strip_prefix("scm-server: ").unwrap().trim_end().to_owned()
}

#[test]
fn unknown_names_are_reported_with_similar_ones() {
    let machine = Machine::start();
    machine.run(&["user", "add", "alice"]).done();
    for arguments in [
        &["user", "disable", "alcie"][..],
        &["user", "enable", "alcie"],
        &["user", "password", "alcie"],
        &["user", "remove", "alcie"],
        &["token", "revoke", "alcie"],
        &["access-key", "add", "alcie"],
        &["access-key", "list", "alcie"],
        &["role", "grant", "alcie", "default", "read_only"],
    ] {
        let words = "there is no user \"alcie\"; did you mean \"alice\"?";
        assert_eq!(refused(machine.run(arguments)), words, "{arguments:?}");
    }
    let shop = machine.run(&["user", "add", "bob", "--project=shop", "--role=read_only"]);
    assert_eq!(refused(shop), "there is no project \"shop\"; known so far: \"default\"");
    assert!(!machine.run(&["user", "list"]).done().said.contains("bob"), "nothing is half done");
    let key = refused(machine.run(&["access-key", "remove", "AK\u{1b}[2J"]));
    assert!(key.starts_with("there is no access key \"AK\\u{1b}[2J\"; "), "{key}");
}

#[test]
fn a_store_is_not_copied_onto_itself() {
    let folder = Folder::new();
    Binary::start(&folder, &[]).unwrap().stop();
    let path = folder.path().to_str().unwrap();
    let mut command = Command::new(built("scm-server"));
    command.args(["copy", "--from", path, "--to", path]);
    let words = refused(Ran::of(command.output().unwrap()));
    assert!(words.starts_with("source and destination are both "), "{words}");
}

#[test]
fn what_exists_already_or_not_yet_is_reported() {
    let machine = Machine::start();
    let admin = refused(machine.run(&["user", "add", "admin"]));
    assert_eq!(admin, "there is a user \"admin\" already");
    let project = refused(machine.run(&["project", "add", "default"]));
    assert_eq!(project, "there is a project \"default\" already");
    let alice = machine.run(&["user", "add", "alice"]).done();
    assert!(alice.noted.contains("`scm-server role grant`"), "{alice:?}");
    let words = "\"alice\" has no role in any project; give one with `scm-server role grant`";
    assert_eq!(refused(machine.run(&["access-key", "add", "alice"])), words);
    let words = "\"alice\" has no role in project \"default\"";
    assert_eq!(refused(machine.run(&["role", "revoke", "alice", "default"])), words);
    let key = ["access-key", "add", "alice", "--project=default"];
    assert_eq!(refused(machine.run(&key)), words);
    machine.run(&["project", "add", "shop"]).done();
    for project in ["default", "shop"] {
        machine.run(&["role", "grant", "alice", project, "read_only"]).done();
    }
    let words = "\"alice\" has a role in default, shop; name one with --project";
    assert_eq!(refused(machine.run(&["access-key", "add", "alice"])), words);
    machine.run(&["user", "disable", "alice"]).done();
    let words = "\"alice\" is disabled; enable the user first with `scm-server user enable`";
    assert_eq!(refused(machine.run(&key)), words);
}

#[test]
fn a_wrong_command_line_has_its_own_exit_code() {
    let machine = Machine::start();
    for (arguments, words) in [
        (&["user", "add", ""][..], "a name has at least one character"),
        (&["user", "add", "a\nb"], "nothing that cannot be seen"),
        (&["user", "add", "bob", "--project=default"], "--role"),
        (&["role", "grant", "admin", "default", "root"], "full_access"),
        (&["user"], "Usage"),
    ] {
        let ran = machine.run(arguments);
        assert_eq!((ran.code, &*ran.said), (Some(2), ""), "{arguments:?}: {ran:?}");
        assert!(ran.noted.contains(words), "{ran:?}");
    }
    let short = machine.with_password(&["user", "add", "bob"], "hunter2");
    assert_eq!(refused(short), "a password has 8 to 1024 characters; the given one has 7");
}

#[test]
fn a_folder_without_a_store_stays_as_it_is() {
    let folder = Folder::new();
    let words = format!("there is no store in {}; ", folder.path().display());
    let ran = Ran::of(administer(&folder, &["user", "list"]).output().unwrap());
    assert!(refused(ran).starts_with(&words));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn with_identity_keystone_a_note_is_shown() {
    let builder = TestServer::builder().flag("--identity", "keystone");
    let server = builder.flag("--keystone-url", "http://127.0.0.1:9").start_alone().await;
    let ran = Ran::of(administer(server.folder(), &["user", "list"]).output().unwrap());
    assert!(refused(ran).contains("has no users yet; start a server with identity = local"));
    let folder = Folder::new();
    Binary::start(&folder, &[]).unwrap().stop();
    let mut command = administer(&folder, &["user", "list"]);
    let ran = Ran::of(command.env("SCM_IDENTITY", "keystone").output().unwrap()).done();
    assert!(
        ran.noted
            .starts_with("identity is keystone: the server takes users and projects from Keystone"),
        "{ran:?}"
    );
}

#[test]
fn the_servers_file_names_the_folder() {
    let (folder, elsewhere) = (Folder::new(), Folder::new());
    Binary::start(&folder, &[]).unwrap().stop();
    let file = elsewhere.file("scm.toml");
    fs::write(&file, format!("data_dir = {:?}\nmax_requests = 7\n", folder.path())).unwrap();
    let mut command = Command::new(built("scm-server"));
    command.args(["user", "list", "--config"]).arg(&file).env_remove("SCM_DATA_DIR");
    let ran = Ran::of(command.output().unwrap()).done();
    assert!(ran.said.contains("administrator in default"), "without a server too: {ran:?}");
}
