//! `scm` against the real server: what a person types, and what comes of it.

mod stored;

use std::{fs, process::Command};

use scm_pki::testing::{Flaw, TestBundle};
use scm_tests::{Binary, Folder, Ran, built};
use serde_json::Value;

use crate::contract::now;

/// A server, the folder of its credentials, and a folder with the files of a person.
struct Workspace {
    server: Binary,
    folder: Folder,
    files: Folder,
}

impl Workspace {
    fn new() -> Self {
        Self::with(&[])
    }

    fn with(flags: &[&str]) -> Self {
        let folder = Folder::new();
        let server = Binary::start(&folder, flags).unwrap();
        Self { server, folder, files: Folder::new() }
    }

    fn put(&self, bundle: &TestBundle) {
        for (name, text) in [
            ("leaf.pem", &bundle.certificate),
            ("chain.pem", &bundle.certificate_chain),
            ("key.pem", &bundle.private_key),
        ] {
            fs::write(self.files.file(name), text).unwrap();
        }
    }

    /// Runs `scm` among the files, with the credentials of the server.
    fn scm(&self, arguments: &[&str]) -> Ran {
        let mut command = self.command(arguments);
        command.env("SCM_CREDENTIALS", self.folder.file("credentials.json"));
        Ran::of(command.output().unwrap())
    }

    /// The same without any credentials.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(built("scm"));
        command.args(arguments).current_dir(self.files.path());
        for variable in ["CREDENTIALS", "ENDPOINT", "TOKEN", "ACCESS_KEY", "SECRET_KEY", "CA"] {
            command.env_remove(format!("SCM_{variable}"));
        }
        command
    }

    /// Changes a text in the credentials file.
    fn spoil(&self, field: &str) {
        let file = self.folder.file("credentials.json");
        let mut json: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
        let spoilt: String = json[field].as_str().unwrap().chars().rev().collect();
        json[field] = spoilt.into();
        fs::write(&file, json.to_string()).unwrap();
    }
}

#[test]
fn files_in_any_order_are_imported_and_shown() {
    let workspace = Workspace::new();
    workspace.put(&now::sound("www.example.com"));
    for order in [
        ["leaf.pem", "chain.pem", "key.pem"],
        ["key.pem", "chain.pem", "leaf.pem"],
        ["chain.pem", "key.pem", "leaf.pem"],
    ] {
        let imported = workspace.scm(&[&["import"], &order[..]].concat());
        let shown = workspace.scm(&["show", imported.id()]);
        assert_eq!(shown.code, Some(0), "{shown:?}");
        assert!(shown.said.contains("www.example.com"), "{shown:?}");
        let json = workspace.scm(&["show", "--json", imported.id()]);
        let json: Value = serde_json::from_str(&json.said).unwrap();
        assert_eq!((&json["id"], &json["status"]), (&imported.id().into(), &"UPLOAD".into()));
        assert_eq!(json["name"], "www.example.com", "the domain is the name");
    }
}

#[test]
fn an_old_token_is_renewed_without_a_word() {
    let workspace = Workspace::new();
    workspace.put(&now::sound("www.example.com"));
    workspace.spoil("token");
    workspace.scm(&["import", "leaf.pem", "chain.pem", "key.pem"]).id();
    workspace.spoil("password");
    let refused = workspace.scm(&["import", "leaf.pem", "chain.pem", "key.pem"]);
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.noted.contains("The username or password is wrong."), "{refused:?}");
    assert_eq!(refused.said, "");
}

#[test]
fn what_is_not_sound_is_not_even_sent() {
    let workspace = Workspace::new();
    workspace.put(&now::authority().leaf("www.example.com").flaw(Flaw::Expired).issue());
    let refused = workspace.scm(&["import", "leaf.pem", "chain.pem", "key.pem"]);
    assert_eq!((refused.code, &*refused.said), (Some(1), ""), "{refused:?}");
    assert!(refused.noted.contains("expired"), "{refused:?}");
    let log = workspace.server.stop().log;
    assert!(!log.contains("/v3/scm/certificates/import"), "{log}");
}

/// Offline and server give one verdict, whatever is wrong. What `scm` mends by sorting the files is
/// sound for both.
#[test]
fn check_says_what_the_server_would_say() {
    let workspace = Workspace::new();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let session = workspace.server.administrator(&workspace.folder);
    let mut mended = Vec::new();
    for flaw in Flaw::ALL {
        let bundle = now::authority().leaf("www.example.com").flaw(flaw).issue();
        workspace.put(&bundle);
        let files = [
            ("leaf.pem", &bundle.certificate),
            ("chain.pem", &bundle.certificate_chain),
            ("key.pem", &bundle.private_key),
        ];
        let files = files.into_iter().filter(|(_, text)| !text.is_empty());
        let files: Vec<_> = files.map(|(name, _)| name).collect();
        let checked = workspace.scm(&[&["check"], &files[..]].concat());
        let answer = runtime.block_on(session.import(&scm_tests::import_body(&bundle)));
        match checked.code {
            Some(0) => {
                assert_eq!(workspace.scm(&[&["import"], &files[..]].concat()).id().len(), 16)
            }
            _ => assert_eq!((checked.code, answer.status.as_u16()), (Some(1), 400), "{flaw:?}"),
        }
        if checked.code == Some(0) && answer.status != 200 {
            mended.push(flaw);
        }
    }
    assert_eq!(mended, [Flaw::WrongOrder, Flaw::Repeated, Flaw::AfterRoot]);
}

#[test]
fn a_duplicate_is_reported_with_the_stored_id() {
    let workspace = Workspace::new();
    workspace.put(&now::sound("www.example.com"));
    let import = ["import", "--duplicate-check", "leaf.pem", "chain.pem", "key.pem"];
    let first = workspace.scm(&import);
    let second = workspace.scm(&import);
    assert_eq!((second.code, &*second.said), (Some(1), ""), "{second:?}");
    assert!(second.noted.contains(first.id()) && second.noted.contains("SCM.9001"), "{second:?}");
}

#[test]
fn an_address_and_a_token_are_enough() {
    let workspace = Workspace::new();
    workspace.put(&now::sound("www.example.com"));
    let token = workspace.folder.credentials().token.secret_str().to_owned();
    let mut command = workspace.command(&["import", "leaf.pem", "chain.pem", "key.pem"]);
    command.env("SCM_TOKEN", &token);
    command.env("SCM_ENDPOINT", format!("http://{}", workspace.server.address()));
    let imported = Ran::of(command.output().unwrap());
    imported.id();
    assert!(!imported.noted.contains(&token), "{imported:?}");
}

#[test]
fn no_server_and_no_credentials_are_reported_with_advice() {
    let workspace = Workspace::new();
    workspace.put(&now::sound("www.example.com"));
    let import = ["import", "leaf.pem", "chain.pem", "key.pem"];
    let lost = Ran::of(workspace.command(&import).output().unwrap());
    assert_eq!(lost.code, Some(3), "{lost:?}");
    assert!(lost.noted.contains("scm-data/credentials.json"), "{lost:?}");
    let Workspace { server, folder, files } = workspace;
    let address = server.address();
    server.stop();
    let workspace =
        Workspace { server: Binary::start(&Folder::new(), &[]).unwrap(), folder, files };
    let lost = workspace.scm(&import);
    assert_eq!((lost.code, &*lost.said), (Some(3), ""), "{lost:?}");
    assert!(lost.noted.contains(&address.to_string()), "{lost:?}");
    assert!(lost.noted.contains("cannot reach"), "{lost:?}");
}

#[test]
fn an_unknown_id_is_reported() {
    let workspace = Workspace::new();
    let shown = workspace.scm(&["show", "scs0000000000001"]);
    assert_eq!((shown.code, &*shown.said), (Some(1), ""), "{shown:?}");
    assert!(shown.noted.contains("Incorrect certificate ID."), "{shown:?}");
}

#[test]
fn names_of_the_later_revision_are_made_for_every_domain() {
    let workspace = Workspace::with(&["--api-revision=2025"]);
    for domain in ["*.example.com", "192.0.2.7", "2001:db8::1"] {
        workspace.put(&now::sound(domain));
        workspace.scm(&["import", "leaf.pem", "chain.pem", "key.pem"]).id();
    }
}
