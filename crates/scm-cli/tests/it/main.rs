//! `scm` from the command line: arguments and files in, text and exit code out. The tests of the workspace
//! use a real server.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod check;
mod command_line;
mod export;
mod files;
mod import;
mod list;
mod replace;
mod server;
mod stored;

use assert_cmd::Command;

/// The tool, without the variables of the environment.
fn scm() -> Command {
    let mut scm = Command::cargo_bin("scm").unwrap();
    for variable in [
        "SCM_CREDENTIALS",
        "SCM_ENDPOINT",
        "SCM_TOKEN",
        "SCM_ACCESS_KEY",
        "SCM_SECRET_KEY",
        "SCM_CA",
        "CLICOLOR_FORCE",
    ] {
        scm.env_remove(variable);
    }
    scm
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}
