//! Builds the server as a release, and lets `scm-bench` measure it.

use std::path::Path;

use crate::{
    root::{root, target},
    run::{Done, cargo, command, run, tell},
    tools,
};

/// Builds the release and measures it; the arguments are those of `scm-bench`.
pub fn bench(arguments: &[String]) -> Done {
    if arguments.iter().any(|argument| matches!(argument.as_str(), "--help" | "-h")) {
        return run(&mut cargo(&["run", "--quiet", "--package", "scm-bench", "--", "--help"]));
    }
    tell("── Building the server (the first time takes some minutes)");
    // One after the other: built together, the server would get what only the bench needs.
    for package in ["scm-server", "scm-bench"] {
        run(&mut cargo(&["build", "--quiet", "--release", "--package", package]))?;
    }
    let mut bench = command(&program("release"), ["--folder", &folder()?]);
    match tools::pip("peers", &root().join("xtask/bench")) {
        Ok(bin) => drop(bench.arg("--peers").arg(bin)),
        Err(why) => tell(&format!("the peers are not measured: {why}")),
    }
    if arguments.iter().any(|argument| argument.contains("postgres")) {
        tools::postgres()?;
    }
    run(bench.args(arguments))
}

/// Lets the bench measure a server as the tests build it, for some seconds: to see that it works.
pub fn works() -> Done {
    for package in ["scm-server", "scm-bench"] {
        run(&mut cargo(&["build", "--quiet", "--package", package]))?;
    }
    let quick = ["--quick", "--folder", &folder()?];
    run(&mut command(&program("debug"), quick))?;
    tools::postgres()?;
    run(command(&program("debug"), quick).args(["--store=postgres", "limit", "imports"]))
}

fn program(profile: &str) -> String {
    target().join(profile).join("scm-bench").display().to_string()
}

/// Stores are made where the build is, which is on a disk, and not in memory as `/tmp` may be.
fn folder() -> Result<String, String> {
    let folder = target().join("bench");
    let shown = |path: &Path| path.display().to_string();
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", shown(&folder)))?;
    Ok(shown(&folder))
}
