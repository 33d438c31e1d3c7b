//! The folder in which a client is made and run, `target/clients/NAME`: a copy of
//! `openapi/clients/NAME` with its tools at hand. `target/clients/NAME.log` has all that was said.

use std::{
    env,
    ffi::OsString,
    fs::{self, File},
    io::{self, Write},
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    root::{root, target},
    run::tell,
    server::Server,
    tools,
};

use super::{
    given::Given,
    steps::Steps,
    targets::{Target, programs},
};

/// A place to make one client.
pub struct Workshop {
    target: &'static Target,
    folder: PathBuf,
    path: OsString,
    log: PathBuf,
}

impl Workshop {
    /// Makes the folder and installs what the client needs; if that cannot be had, says what.
    pub fn set_up(target: &'static Target) -> Result<Self, String> {
        for (program, package) in target.needs {
            tools::debian(program, package)?;
        }
        let all = crate::root::target().join("clients");
        let folder = all.join(target.name);
        let document = target.document.file();
        copy_fresh(&programs().join(target.name), &folder)
            .and_then(|()| fs::copy(root().join("openapi").join(document), folder.join(document)))
            .map_err(|error| format!("{}: {error}", folder.display()))?;
        let path = install(target, &folder)?;
        Ok(Self { target, folder, path, log: all.join(format!("{}.log", target.name)) })
    }

    /// Makes the client and lets it work for a server of its own, as far as it comes.
    pub fn work(&self) -> Result<Steps, String> {
        let mut log =
            File::create(&self.log).map_err(|error| format!("{}: {error}", self.log.display()))?;
        let mut steps = Steps::default();
        for command in [self.target.generate, self.target.compile] {
            let said = self.sh(command, &mut log)?;
            if !steps.then(said.ended) {
                return Ok(steps);
            }
        }
        let store = tempfile::tempdir().map_err(|error| error.to_string())?;
        let data = store.path().join("data");
        let _server = Server::start(&data)?;
        let given = Given::new(data.join("credentials.json"))?;
        given.write(&self.folder)?;
        let said = self.sh(self.target.run, &mut log)?;
        steps.judge(&said, &self.folder, &given);
        Ok(steps)
    }

    /// Runs a line of the shell in the folder, and keeps in the log what it says.
    fn sh(&self, line: &str, log: &mut File) -> Result<Output, String> {
        tell(&format!("   $ {line}"));
        let mut command = Command::new("sh");
        command.args(["-euc", line]).current_dir(&self.folder);
        command.env("PATH", &self.path);
        command.env("CARGO_TARGET_DIR", target().join("tools/clients/cargo"));
        let output = command.output().map_err(|error| format!("sh: {error}"))?;
        let [said, complained] =
            [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
        write!(log, "$ {line}\n{said}{complained}")
            .map_err(|error| format!("{}: {error}", self.log.display()))?;
        let ended = if output.status.success() {
            Ok(())
        } else {
            Err(format!("{}: {}", output.status, telling(&complained, &said)))
        };
        Ok(Output { words: said.into_owned(), ended })
    }
}

/// What a command said, and how it ended.
pub struct Output {
    pub words: String,
    pub ended: Result<(), String>,
}

/// The line that explains most of what went wrong.
fn telling<'a>(complained: &'a str, said: &'a str) -> &'a str {
    let lines = || said.lines().chain(complained.lines()).map(str::trim);
    let last = || lines().rfind(|line| !line.is_empty());
    lines().rfind(|line| line.contains("rror")).or_else(last).unwrap_or("it said nothing")
}

/// Installs what is pinned for a client and for its generator; gives where programs are found.
fn install(target: &Target, folder: &Path) -> Result<OsString, String> {
    let mut places = Vec::new();
    for name in target.pinned_in() {
        let pins = programs().join(name);
        let home = format!("clients/{name}");
        if pins.join("requirements.txt").exists() {
            places.push(tools::pip(&home, &pins)?);
        }
        if pins.join("package-lock.json").exists() {
            let modules = tools::npm(&home, &pins)?;
            places.push(modules.join(".bin"));
            symlink(modules, folder.join("node_modules")).map_err(|error| error.to_string())?;
        }
    }
    let others = env::var_os("PATH").unwrap_or_default();
    env::join_paths(places.into_iter().chain(env::split_paths(&others)))
        .map_err(|error| error.to_string())
}

/// Copies a folder over what was there.
fn copy_fresh(from: &Path, to: &Path) -> io::Result<()> {
    if to.exists() {
        fs::remove_dir_all(to)?;
    }
    copy(from, to)
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let copied = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &copied)?;
        } else {
            fs::copy(entry.path(), copied)?;
        }
    }
    Ok(())
}
