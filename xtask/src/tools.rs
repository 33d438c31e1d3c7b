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

/// Makes sure that a program, or the file of this path, is there, from a Debian package if need be
/// and if we may.
pub fn debian(program: &str, package: &str) -> Result<(), String> {
    if exists(program) || Path::new(program).is_absolute() && Path::new(program).exists() {
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

/// Makes sure that there is a PostgreSQL for tests to start. Debian installs its programs
/// outside `PATH`.
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
    pip(name, &root().join("tests").join(name))
}

/// A Python environment under `target/tools/NAME` with what `requirements.txt` in a folder pins.
pub fn pip(name: &str, folder: &Path) -> Result<PathBuf, String> {
    let home = target().join("tools").join(name);
    let wanted = folder.join("requirements.txt");
    let installed = home.join("requirements.txt");
    if is_installed(&wanted, &installed) {
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

/// `target/tools/NAME/node_modules` with what `package-lock.json` in a folder pins.
pub fn npm(name: &str, folder: &Path) -> Result<PathBuf, String> {
    let home = target().join("tools").join(name);
    let modules = home.join("node_modules");
    let wanted = folder.join("package-lock.json");
    let installed = modules.join("installed.json");
    if is_installed(&wanted, &installed) {
        return Ok(modules);
    }
    debian("npm", "npm")?;
    tell(&format!("  installing {name} from npm (half a minute, once)"));
    let copy = |file: &str| fs::copy(folder.join(file), home.join(file));
    fs::create_dir_all(&home)
        .and_then(|()| copy("package.json"))
        .and_then(|_| copy("package-lock.json"))
        .map_err(|error| format!("{}: {error}", home.display()))?;
    let mut install = command("npm", ["ci", "--no-audit", "--no-fund", "--loglevel", "error"]);
    output(install.current_dir(&home))?;
    fs::copy(wanted, installed).map_err(|error| error.to_string())?;
    Ok(modules)
}

/// Whether what is wanted is what was installed last.
fn is_installed(wanted: &Path, installed: &Path) -> bool {
    let read = |file: &Path| fs::read(file).ok();
    read(installed).is_some_and(|installed| read(wanted) == Some(installed))
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

/// Makes sure that tests can mount a file system.
pub fn mounts() -> Result<(), String> {
    if is_root() { Ok(()) } else { Err("needs root, to mount a file system".to_owned()) }
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout.starts_with(b"0\n"))
}
