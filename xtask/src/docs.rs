//! The API reference at `/docs`: what it is made of comes from a pinned package, and it is looked at in
//! a real browser.

use std::{
    fs,
    path::{Path, PathBuf},
};

use tempfile::TempDir;

use crate::{
    root::root,
    run::{Done, cargo, command, run, tell},
    server::Server,
    tools,
};

/// What the server carries of Swagger UI.
const PARTS: [&str; 5] = [
    "LICENSE",
    "NOTICE",
    "swagger-ui-bundle.js",
    "swagger-ui-bundle.js.LICENSE.txt",
    "swagger-ui.css",
];

/// Takes what the pinned package has, and a picture for the README.
pub fn docs() -> Done {
    let modules = modules()?;
    for (ours, theirs) in parts(&modules) {
        fs::copy(&theirs, &ours).map_err(|error| format!("{}: {error}", theirs.display()))?;
    }
    browser()?;
    look(&modules, &root().join("docs"))
}

/// The package, installed.
pub fn modules() -> Result<PathBuf, String> {
    tools::npm("docs", &root().join("tests/docs"))
}

/// Makes sure that there is a browser.
pub fn browser() -> Done {
    tools::debian("chromium", "chromium")
}

/// Fails unless what the server carries is what the package has, and the reference is as it should be.
pub fn check(modules: &Path) -> Done {
    for (ours, theirs) in parts(modules) {
        if fs::read(&ours).ok() != fs::read(theirs).ok() {
            return Err(format!("{} is not the package's: run cargo xtask docs", ours.display()));
        }
    }
    let pictures = TempDir::new().map_err(|error| error.to_string())?;
    look(modules, pictures.path())
}

fn parts(modules: &Path) -> impl Iterator<Item = (PathBuf, PathBuf)> {
    let ours = root().join("crates/scm-server/assets/docs/swagger-ui");
    let theirs = modules.join("swagger-ui-dist");
    PARTS.into_iter().map(move |part| (ours.join(part), theirs.join(part)))
}

fn look(modules: &Path, pictures: &Path) -> Done {
    run(&mut cargo(&["build", "--quiet", "--package", "scm-server"]))?;
    let folder = TempDir::new().map_err(|error| error.to_string())?;
    let data = folder.path().join("data");
    let _server = Server::start(&data)?;
    tell("  looking at /docs in Chromium");
    let look = root().join("tests/docs/look.mjs");
    let (credentials, picture) =
        (data.join("credentials.json"), pictures.join("api-reference.png"));
    run(&mut command("node", [look.as_path(), modules, &credentials, &picture]))
}
