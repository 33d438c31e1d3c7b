//! Security advisories of RustSec about what `Cargo.lock` has, from a snapshot in this repository: a check
//! must not depend on the network. `cargo xtask advisories --from CLONE` renews the snapshot.

use std::{
    collections::BTreeSet,
    fs,
    io::{self, ErrorKind},
    path::{Path, PathBuf},
};

use crate::{
    root::{root, target},
    run::{Done, command, output, run, tell},
};

/// The address that cargo-deny clones from; git is made to take the snapshot instead.
const DATABASE: &str = "https://github.com/rustsec/advisory-db";

/// An advisory about every version of a crate that this workspace uses, to see that the check can fail.
const PLANTED: (&str, &str) = ("RUSTSEC-2000-0001", "serde");

/// Fails if an advisory of the snapshot applies to what is locked, or if one that is planted is not found.
pub fn check(deny: &Path) -> Done {
    let (id, package) = PLANTED;
    let planted = format!(
        "```toml\n[advisory]\nid = \"{id}\"\npackage = \"{package}\"\ndate = \"2000-01-01\"\n\n\
         [versions]\npatched = []\n```\n\n# Planted\n\nTo see that the check can fail.\n"
    );
    let with_planted = repository("planted", Some((&format!("{package}/{id}.md"), &planted)))?;
    let error = match output(&mut against(&with_planted, deny)?) {
        Err(error) if error.contains(id) => None,
        Err(error) => Some(error),
        Ok(_) => Some("nothing was reported".to_owned()),
    };
    if let Some(error) = error {
        return Err(format!("a planted advisory about {package} is not found: {error}"));
    }
    run(&mut against(&repository("snapshot", None)?, deny)?)
}

/// cargo-deny with the advisories of a repository.
fn against(repository: &Path, deny: &Path) -> Result<std::process::Command, String> {
    // Where `deny.toml` has the clone; without it, it is made anew.
    remove(&root().join("target/advisory-dbs"))?;
    let mut check = command(
        &deny.to_string_lossy(),
        ["--log-level", "error", "check", "--hide-inclusion-graph", "advisories"],
    );
    check.env("GIT_CONFIG_COUNT", "1");
    check.env("GIT_CONFIG_KEY_0", format!("url.file://{}.insteadOf", repository.display()));
    check.env("GIT_CONFIG_VALUE_0", DATABASE);
    Ok(check)
}

/// A git repository with the snapshot and perhaps one more file, as cargo-deny wants one.
fn repository(name: &str, more: Option<(&str, &str)>) -> Result<PathBuf, String> {
    let folder = target().join("advisories").join(name);
    remove(&folder)?;
    let crates = folder.join("crates");
    copy_advisories(&snapshot().join("crates"), &crates, |_| true)?;
    if let Some((file, text)) = more {
        let file = crates.join(file);
        let parent = file.parent().expect("it is below the folder of crates");
        at(parent, fs::create_dir_all(parent))?;
        at(&file, fs::write(&file, text))?;
    }
    let git = |arguments: &[&str]| {
        let mut git = command("git", ["-c", "user.name=xtask", "-c", "user.email=xtask@localhost"]);
        output(git.args(arguments).current_dir(&folder)).map(drop)
    };
    git(&["init", "--quiet", "--initial-branch=main"])?;
    git(&["add", "--all"])?;
    git(&["commit", "--quiet", "--message=snapshot"])?;
    Ok(folder)
}

/// Renews the snapshot from a clone of the database: the advisories about crates in `Cargo.lock`.
pub fn refresh(clone: &Path) -> Done {
    let lock = root().join("Cargo.lock");
    let locked = names(&at(&lock, fs::read_to_string(&lock))?);
    let commit = output(command("git", ["rev-parse", "HEAD"]).current_dir(clone))?;
    let crates = snapshot().join("crates");
    remove(&crates)?;
    let count = copy_advisories(&clone.join("crates"), &crates, |name| locked.contains(name))?;
    let source = snapshot().join("source.txt");
    at(&source, fs::write(&source, format!("{DATABASE} {commit}")))?;
    tell(&format!("{count} advisories about crates in Cargo.lock"));
    Ok(())
}

/// The names of the packages in a lock file.
fn names(lock: &str) -> BTreeSet<String> {
    let names = lock.lines().filter_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"'));
    names.map(str::to_owned).collect()
}

/// Copies the advisories of some crates; returns how many there are.
fn copy_advisories(from: &Path, to: &Path, wanted: impl Fn(&str) -> bool) -> Result<usize, String> {
    let mut count = 0;
    for package in at(from, fs::read_dir(from))?.flatten() {
        if !wanted(&package.file_name().to_string_lossy()) {
            continue;
        }
        let folder = to.join(package.file_name());
        for file in at(&package.path(), fs::read_dir(package.path()))?.flatten() {
            let name = file.file_name().to_string_lossy().into_owned();
            if !(name.starts_with("RUSTSEC-") && name.ends_with(".md")) {
                continue;
            }
            at(&folder, fs::create_dir_all(&folder))?;
            at(&file.path(), fs::copy(file.path(), folder.join(name)))?;
            count += 1;
        }
    }
    Ok(count)
}

fn snapshot() -> PathBuf {
    root().join("xtask/advisories")
}

fn remove(folder: &Path) -> Done {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => at(folder, Err(error)),
        _ => Ok(()),
    }
}

fn at<T>(path: &Path, result: io::Result<T>) -> Result<T, String> {
    result.map_err(|error| format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_advisories_of_wanted_crates_are_copied() {
        let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        for file in ["a/RUSTSEC-2026-0001.md", "a/notes.txt", "b/RUSTSEC-2026-0002.md"] {
            let file = from.path().join(file);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, "text").unwrap();
        }
        let wanted = names("[[package]]\nname = \"a\"\nversion = \"1.0.0\"\n");
        let count = copy_advisories(from.path(), to.path(), |name| wanted.contains(name));
        assert_eq!(count, Ok(1));
        assert!(to.path().join("a/RUSTSEC-2026-0001.md").exists());
        assert!(!to.path().join("b").exists());
    }

    #[test]
    fn the_snapshot_names_crates_of_the_lock_file() {
        let locked = names(&fs::read_to_string(root().join("Cargo.lock")).unwrap());
        let crates = fs::read_dir(snapshot().join("crates")).unwrap().flatten();
        let strange: Vec<_> = crates
            .map(|package| package.file_name().to_string_lossy().into_owned())
            .filter(|name| !locked.contains(name))
            .collect();
        assert_eq!(strange, Vec::<String>::new(), "refresh the snapshot");
        assert!(locked.contains(PLANTED.1));
    }
}
