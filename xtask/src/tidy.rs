//! The shape of the workspace: which crate may depend on which, no circles between the modules of a
//! crate, what every file has, and words that do not come back.

mod circles;
mod crates;
mod files;
mod source;
mod words;

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{
    root::root,
    run::{Done, command, output},
};

/// Reports everything that breaks a rule.
pub fn tidy() -> Done {
    let mut faults = crates::faults()?;
    let files = tracked(&["*.rs"])?;
    for file in &files {
        faults.extend(files::faults(file, &read(file)?));
    }
    faults.extend(circles::faults(&files)?);
    for file in tracked(&["*.rs", "*.md", "*.toml"])? {
        faults.extend(words::faults(&file, &read(&file)?));
    }
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n")) }
}

/// The files of the work tree that match the patterns, without those that git ignores.
fn tracked(patterns: &[&str]) -> Result<Vec<PathBuf>, String> {
    let listed = ["ls-files", "--cached", "--others", "--exclude-standard"];
    let files = output(&mut command("git", listed.iter().chain(patterns)))?;
    Ok(files.lines().map(PathBuf::from).filter(|file| root().join(file).exists()).collect())
}

fn read(file: &Path) -> Result<String, String> {
    fs::read_to_string(root().join(file)).map_err(|error| format!("{}: {error}", file.display()))
}
