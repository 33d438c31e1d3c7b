//! The shape of the house: which crate may know which, and what every file has.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::{
    root::root,
    run::{Done, cargo, command, output},
};

/// Which crates of ours each may know. Arrows point down only.
const MAY_KNOW: &[(&str, &[&str])] = &[
    ("scm-model", &[]),
    ("scm-pki", &[]),
    ("scm-sign", &[]),
    ("scm-client", &["scm-model", "scm-sign"]),
    ("scm-seal", &["scm-pki"]),
    ("scm-store", &["scm-seal", "scm-pki", "scm-store-testing"]),
    ("scm-store-testing", &["scm-store", "scm-seal", "scm-pki"]),
    ("scm-cli", &["scm-client", "scm-model", "scm-pki"]),
    ("scm-server", &["scm-store", "scm-seal", "scm-pki", "scm-model", "scm-sign"]),
    ("xtask", &["scm-model", "scm-pki"]),
    (
        "scm-bench",
        &["scm-model", "scm-pki", "scm-seal", "scm-sign", "scm-store", "scm-store-testing"],
    ),
    (
        "scm-tests",
        &[
            "scm-client",
            "scm-model",
            "scm-pki",
            "scm-seal",
            "scm-server",
            "scm-sign",
            "scm-store",
            "scm-store-testing",
        ],
    ),
];

/// The most lines a file may have.
const LINES: usize = 400;

/// Fails if the house is crooked.
pub fn tidy() -> Done {
    let mut crooked = arrows()?;
    for file in rust_files()? {
        crooked.extend(file_faults(&file)?);
    }
    if crooked.is_empty() { Ok(()) } else { Err(crooked.join("\n")) }
}

fn arrows() -> Result<Vec<String>, String> {
    let metadata = output(&mut cargo(&["metadata", "--format-version=1", "--no-deps"]))?;
    let metadata: Value = serde_json::from_str(&metadata).map_err(|error| error.to_string())?;
    let may_know: BTreeMap<_, _> = MAY_KNOW.iter().copied().collect();
    let mut crooked = Vec::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let name = package["name"].as_str().unwrap_or_default();
        let Some(known) = may_know.get(name) else {
            crooked.push(format!("{name}: say in xtask/src/tidy.rs which crates it may know"));
            continue;
        };
        let dependencies = package["dependencies"].as_array().into_iter().flatten();
        let ours = dependencies
            .filter(|dependency| dependency["path"].is_string())
            .filter_map(|dependency| dependency["name"].as_str());
        let wrong = ours.filter(|other| *other != name && !known.contains(other));
        crooked.extend(wrong.map(|other| format!("{name} must not know {other}")));
    }
    Ok(crooked)
}

fn rust_files() -> Result<Vec<PathBuf>, String> {
    let listed = ["ls-files", "--cached", "--others", "--exclude-standard", "*.rs"];
    let files = output(&mut command("git", listed))?;
    Ok(files.lines().map(PathBuf::from).filter(|file| root().join(file).exists()).collect())
}

fn file_faults(file: &Path) -> Result<Vec<String>, String> {
    let shown = file.display();
    let text =
        fs::read_to_string(root().join(file)).map_err(|error| format!("{shown}: {error}"))?;
    let mut faults = Vec::new();
    if !text.starts_with("//!") {
        faults.push(format!("{shown}: does not open with `//!`: say why it exists"));
    }
    let lines = text.lines().count();
    if lines > LINES {
        faults.push(format!("{shown}: {lines} lines, more than {LINES}: split it"));
    }
    if file.file_name().is_some_and(|name| name == "mod.rs") {
        faults.push(format!("{shown}: name it after its folder instead"));
    }
    Ok(faults)
}
