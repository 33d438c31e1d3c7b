//! What the checks need beyond Rust: installed where that is possible, named where it is not.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    root::{root, target},
    run::{command, exists, output, run, tell},
};

const DENY_VERSION: &str = "0.20.2";

/// Makes sure that a program is there, from a Debian package if need be and if we may.
pub fn debian(program: &str, package: &str) -> Result<(), String> {
    if exists(program) {
        return Ok(());
    }
    let missing = format!("needs `{program}`: install the Debian package {package}");
    if !exists("apt-get") || !is_root() {
        return Err(missing);
    }
    tell(&format!("  installing {package}"));
    let installed = output(&mut command("apt-get", ["update", "-qq"]))
        .and_then(|_| output(&mut command("apt-get", ["install", "-y", "-qq", package])));
    installed.map(drop).map_err(|why| format!("{missing}\n{why}"))
}

/// Makes sure that there is a PostgreSQL for tests to start. Debian has its programs where nobody
/// looks for programs.
pub fn postgres() -> Result<(), String> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut programs = versions.map(|version| version.path().join("bin/initdb"));
    if programs.any(|program| program.exists()) {
        return Ok(());
    }
    debian("initdb", "postgresql")
}

/// A Python environment under `target/tools` with what `tests/NAME/requirements.txt` pins.
pub fn python(name: &str) -> Result<PathBuf, String> {
    let home = target().join("tools").join(name);
    let wanted = root().join("tests").join(name).join("requirements.txt");
    let installed = home.join("requirements.txt");
    let read = |file: &Path| fs::read_to_string(file).map_err(|error| error.to_string());
    if read(&installed).is_ok_and(|installed| read(&wanted) == Ok(installed)) {
        return Ok(home.join("bin"));
    }
    debian("python3", "python3-venv")?;
    tell(&format!("  installing {name} from PyPI (a minute or two, once)"));
    let [venv, pip, pins] =
        [&home, &home.join("bin/pip"), &wanted].map(|path| path.display().to_string());
    output(&mut command("python3", ["-m", "venv", "--clear", &venv]))?;
    output(&mut command(&pip, ["install", "--quiet", "--requirement", &pins]))?;
    fs::copy(wanted, installed).map_err(|error| error.to_string())?;
    Ok(home.join("bin"))
}

/// cargo-deny, built once.
pub fn deny() -> Result<PathBuf, String> {
    let home = target().join("tools/cargo");
    let tool = home.join("bin/cargo-deny");
    if tool.exists() {
        return Ok(tool);
    }
    tell("  building cargo-deny (a few minutes, once)");
    let home_text = home.to_string_lossy().into_owned();
    let version = format!("cargo-deny@{DENY_VERSION}");
    let mut install = command("cargo", ["install", "--quiet", "--locked", "--root"]);
    // Not the flags of our own build, nor its folder.
    install.args([&home_text, &version]).env_remove("CARGO_TARGET_DIR");
    run(&mut install)?;
    Ok(tool)
}

/// Whether a skipped check counts as a failed one.
pub fn must_not_skip() -> bool {
    env::var("CI").is_ok_and(|ci| ci == "true")
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout.starts_with(b"0\n"))
}
