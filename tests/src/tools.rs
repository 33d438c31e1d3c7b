//! What others wrote and the tests need: installed from PyPI by `cargo xtask test`.

use std::path::PathBuf;

/// A program in one of the Python environments under `target/tools`.
///
/// # Panics
/// If it is not installed; the message says how to.
pub fn tool(environment: &str, program: &str) -> PathBuf {
    let test = std::env::current_exe().expect("a test knows its own path");
    let target = test.ancestors().nth(3).expect("tests lie in TARGET/PROFILE/deps");
    let folder = target.join("tools").join(environment);
    let path = folder.join("bin").join(program);
    assert!(
        path.exists(),
        "{environment} is not installed; `cargo xtask test` does that, or, from the workspace's \
         folder:\npython3 -m venv {0} && {0}/bin/pip install -r tests/{environment}/requirements.txt",
        folder.display()
    );
    path
}
