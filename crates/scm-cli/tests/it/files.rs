//! A folder with the files of a bundle.

use std::{fs, path::PathBuf, process::Output};

use assert_cmd::Command;
use scm_pki::testing::{Algorithm, TestAuthority, TestBundle};
use tempfile::TempDir;
use time::OffsetDateTime;

use crate::{scm, text};

/// A folder with the files of a bundle.
pub(crate) struct Files(TempDir);

impl Files {
    pub(crate) fn of(bundle: &TestBundle) -> Self {
        let files = Self(tempfile::tempdir().unwrap());
        files.write("leaf.pem", &bundle.certificate);
        files.write("chain.pem", &bundle.certificate_chain);
        files.write("key.pem", &bundle.private_key);
        files
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut scm = scm();
        scm.current_dir(&self.0).args(args);
        scm
    }

    /// Runs `scm`, and checks that it does not show a line of the key.
    pub(crate) fn scm(&self, args: &[&str]) -> Output {
        self.run(self.command(args))
    }

    /// Runs a command, and checks that it does not show a line of the key.
    pub(crate) fn run(&self, mut command: Command) -> Output {
        let output = command.output().unwrap();
        let shown = text(&output.stdout) + &text(&output.stderr);
        let key = self.read("key.pem");
        let secret = key.lines().filter(|line| line.len() > 20 && !line.starts_with('-'));
        for line in secret {
            assert!(!shown.contains(line), "{command:?} shows the key");
        }
        output
    }
}

pub(crate) fn authority() -> TestAuthority {
    TestAuthority::new(Algorithm::P256, OffsetDateTime::now_utc())
}
