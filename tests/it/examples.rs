//! The examples of `scm-client`, run as its readers would run them: each does what its header says.

use std::{fs, os::unix::fs::PermissionsExt, process::Command};

use scm_pki::testing::TestBundle;
use scm_tests::{Binary, Folder, Ran, built};
use time::Duration;

use crate::contract::now;

const FILES: [&str; 3] = ["leaf.pem", "chain.pem", "key.pem"];

/// A server, the folder of its credentials, and the folder in which the examples run.
struct Reader {
    _server: Binary,
    folder: Folder,
    files: Folder,
}

impl Reader {
    fn new() -> Self {
        let folder = Folder::new();
        let server = Binary::start(&folder, &[]).unwrap();
        Self { _server: server, folder, files: Folder::new() }
    }

    fn put(&self, bundle: &TestBundle) {
        let texts = [&bundle.certificate, &bundle.certificate_chain, &bundle.private_key];
        for (name, text) in FILES.into_iter().zip(texts) {
            fs::write(self.files.file(name), text).unwrap();
        }
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.files.file(name)).unwrap()
    }

    /// Runs an example, with the server's credentials before its other arguments.
    fn run(&self, example: &str, arguments: &[&str]) -> Ran {
        let mut command = Command::new(built("examples").join(example));
        command.arg(self.folder.file("credentials.json")).args(arguments);
        Ran::of(command.current_dir(self.files.path()).output().unwrap())
    }

    /// Imports a bundle by the example, and gives its id.
    fn import(&self, bundle: &TestBundle) -> String {
        self.put(bundle);
        let said = self.run("import", &FILES).done().said;
        let (id, rest) = said.split_once(' ').unwrap_or_else(|| panic!("no id in {said}"));
        assert!(id.len() == 16 && id.starts_with("scs"), "{said}");
        assert_eq!(rest, "is stored for www.example.com\n");
        id.to_owned()
    }
}

#[test]
fn a_certificate_is_imported_exported_and_replaced() {
    let reader = Reader::new();
    let old = now::sound("www.example.com");
    let id = reader.import(&old);

    let exported = reader.run("export", &[&id]).done();
    assert_eq!((&*exported.said, &*exported.noted), ("", ""));
    let whole = old.certificate.clone() + &old.certificate_chain;
    assert_eq!(
        (reader.read("fullchain.pem"), reader.read("privkey.pem")),
        (whole, old.private_key)
    );
    let mode = reader.files.file("privkey.pem").metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    let new = now::authority().leaf("www.example.com").valid_for(Duration::days(10)).issue();
    reader.put(&new);
    let said = reader.run("replace", &[&[&*id], &FILES[..]].concat()).done().said;
    let end = said.strip_prefix(&format!("{id} is valid until ")).unwrap().trim_end();
    let days = Duration::days(9)..=Duration::days(10);
    assert!(days.contains(&(moment(end) - time::OffsetDateTime::now_utc())), "{said}");
}

/// A moment as the API writes it.
fn moment(text: &str) -> time::OffsetDateTime {
    let form = time::macros::format_description!(
        "[year]-[month]-[day] [hour]:[minute]:[second].[subsecond]"
    );
    time::PrimitiveDateTime::parse(text, form).unwrap().assume_utc()
}

#[test]
fn what_expires_within_30_days_is_listed_the_soonest_first() {
    let reader = Reader::new();
    let kept = [20, 40, 10].map(|days| {
        let leaf = now::authority().leaf("www.example.com").valid_for(Duration::days(days));
        reader.import(&leaf.issue())
    });
    let said = reader.run("expiring", &[]).done().said;
    let rows = said.lines().map(|row| row.split("  ").collect::<Vec<_>>());
    let rows: Vec<[&str; 3]> = rows.map(|row| row.try_into().unwrap()).collect();
    let [[first, sooner, domain], [second, later, _]] = &rows[..] else { panic!("{said}") };
    assert_eq!([*first, *second], [&*kept[2], &*kept[0]]);
    assert_eq!(moment(later) - moment(sooner), Duration::days(10));
    assert_eq!(*domain, "www.example.com");
}

#[test]
fn missing_arguments_are_named() {
    for (example, usage) in [
        ("import", "usage: import CREDENTIALS LEAF CHAIN KEY"),
        ("expiring", "usage: expiring CREDENTIALS"),
        ("export", "usage: export CREDENTIALS ID"),
        ("replace", "usage: replace CREDENTIALS ID LEAF CHAIN KEY"),
    ] {
        let lost = Ran::of(Command::new(built("examples").join(example)).output().unwrap());
        assert_eq!((lost.code, &*lost.said), (Some(1), ""), "{lost:?}");
        assert!(lost.noted.contains(usage), "{lost:?}");
    }
}
