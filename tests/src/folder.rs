//! A data folder: what lies in it, by the names that users know.

use std::{
    fs,
    path::{Path, PathBuf},
};

use scm_model::Credentials;
use tempfile::TempDir;

/// A data folder that is removed when it is dropped.
#[derive(Debug)]
pub struct Folder(TempDir);

impl Folder {
    /// A new, empty folder.
    pub fn new() -> Self {
        Self(tempfile::tempdir().expect("the machine has room for a folder"))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// A file in it.
    pub fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    /// The credentials of the first user.
    pub fn credentials(&self) -> Credentials {
        let text = fs::read(self.file("credentials.json")).expect("a first start writes the file");
        serde_json::from_slice(&text).expect("the file holds credentials")
    }
}

impl Default for Folder {
    fn default() -> Self {
        Self::new()
    }
}
