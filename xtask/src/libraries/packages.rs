//! Whether each library makes a package that could be released as it is. Nothing is released here.

use std::{fs, process::Command};

use serde_json::Value;

use super::LIBRARIES;
use crate::{
    root::{root, target},
    run::{Done, cargo, command, output, run},
};

/// Fails if a library's package is not complete, has what does not belong there, or does not build.
pub fn packages() -> Done {
    let metadata = output(&mut cargo(&["metadata", "--format-version=1", "--no-deps"]))?;
    let metadata: Value = serde_json::from_str(&metadata).map_err(|error| error.to_string())?;
    let packages: Vec<_> = metadata["packages"].as_array().into_iter().flatten().collect();
    let mut faults = released(&packages);
    for package in packages.iter().filter(|package| is_library(package)) {
        let name = text(package, "name");
        faults.extend(manifest_faults(package));
        let listed = output(&mut make(["--list", "--quiet", "--package", name]))?;
        faults.extend(content_faults(name, &listed));
    }
    if !faults.is_empty() {
        return Err(faults.join("\n"));
    }
    let named = LIBRARIES.iter().flat_map(|library| ["--package", library]);
    run(&mut make(["--quiet", "--no-verify"].into_iter().chain(named)))?;
    let versions = packages.iter().filter(|package| is_library(package));
    build(&versions.map(|it| (text(it, "name"), text(it, "version"))).collect::<Vec<_>>())
}

/// `cargo package`, of what lies here, committed or not, with the dependencies that are here.
fn make<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Command {
    let mut make = cargo(&["package", "--offline", "--allow-dirty"]);
    make.args(arguments);
    make
}

/// Builds the packages as they are, each with the others. Cargo's own verification remembers a package
/// by its version, and would build the others with one that is long gone.
fn build(libraries: &[(&str, &str)]) -> Done {
    let home = target().join("packages");
    let place = home.join("unpacked");
    if place.exists() {
        fs::remove_dir_all(&place).map_err(|error| format!("{}: {error}", place.display()))?;
    }
    fs::create_dir_all(&place).map_err(|error| format!("{}: {error}", place.display()))?;
    let (mut members, mut instead) = (String::new(), String::new());
    for (name, version) in libraries {
        let package = target().join(format!("package/{name}-{version}.crate"));
        // As of now, not of 2006, or cargo would not see that a file has changed.
        let mut unpack = command("tar", ["--extract", "--touch", "--gzip", "--file"]);
        run(unpack.arg(package).arg("--directory").arg(&place))?;
        members += &format!("\"{name}-{version}\",");
        instead += &format!("{name} = {{ path = \"{name}-{version}\" }}\n");
    }
    let manifest = format!(
        "[workspace]\nresolver = \"3\"\nmembers = [{members}]\n[patch.crates-io]\n{instead}"
    );
    fs::write(place.join("Cargo.toml"), manifest)
        .and_then(|()| fs::copy(root().join("Cargo.lock"), place.join("Cargo.lock")))
        .map_err(|error| format!("{}: {error}", place.display()))?;
    let mut check = cargo(&["check", "--quiet", "--offline", "--workspace", "--lib", "--examples"]);
    run(check.current_dir(&place).arg("--target-dir").arg(home.join("built")))
}

/// The libraries, and nothing else, may be released.
fn released(packages: &[&Value]) -> Vec<String> {
    let may = |package: &Value| package["publish"].as_array().is_none_or(|to| !to.is_empty());
    let crooked = packages.iter().filter(|package| may(package) != is_library(package));
    let say = |package: &&Value| {
        let name = text(package, "name");
        if may(package) {
            format!("{name}: says that it may be released, but is none of the libraries")
        } else {
            format!("{name}: a library, but says `publish = false`")
        }
    };
    crooked.map(say).collect()
}

/// What people look for on the page of a package.
const REQUIRED: [&str; 5] = ["description", "license", "documentation", "readme", "rust_version"];

fn manifest_faults(package: &Value) -> Vec<String> {
    let name = text(package, "name");
    let missing = REQUIRED.iter().filter(|key| text(package, key).is_empty());
    let mut faults: Vec<_> = missing.map(|key| format!("{name}: has no {key}")).collect();
    for key in ["keywords", "categories"] {
        // The registry takes five.
        if !(1..=5).contains(&package[key].as_array().map_or(0, Vec::len)) {
            faults.push(format!("{name}: must have one to five {key}"));
        }
    }
    for dependency in package["dependencies"].as_array().into_iter().flatten() {
        let (other, is_ours) = (text(dependency, "name"), dependency["path"].is_string());
        if is_ours && dependency["kind"] != "dev" && !LIBRARIES.contains(&other) {
            faults.push(format!("{name}: depends on {other}, which is not released"));
        }
        if text(dependency, "req") == "*" {
            faults.push(format!("{name}: depends on any version of {other}"));
        }
    }
    faults
}

/// What cargo adds to each package.
const ADDED: [&str; 4] = [".cargo_vcs_info.json", "Cargo.lock", "Cargo.toml", "Cargo.toml.orig"];
const NEEDED: [&str; 3] = ["LICENSE", "README.md", "src/lib.rs"];
const FOLDERS: [&str; 3] = ["src/", "tests/", "examples/"];

fn content_faults(name: &str, listed: &str) -> Vec<String> {
    let files: Vec<_> = listed.lines().collect();
    let belongs = |file: &str| {
        ADDED.contains(&file)
            || NEEDED.contains(&file)
            || FOLDERS.iter().any(|folder| file.starts_with(folder))
    };
    let missing = NEEDED.iter().filter(|needed| !files.contains(needed));
    let missing = missing.map(|file| format!("{name}: the package lacks {file}"));
    let strange = files.iter().filter(|file| !belongs(file));
    missing.chain(strange.map(|file| format!("{name}: {file} is no part of a package"))).collect()
}

fn is_library(package: &Value) -> bool {
    LIBRARIES.contains(&text(package, "name"))
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{content_faults, manifest_faults, released};

    #[test]
    fn only_libraries_may_be_released_and_all_of_them() {
        let here = [
            json!({ "name": "scm-sign", "publish": null }),
            json!({ "name": "scm-model", "publish": [] }),
            json!({ "name": "scm-server", "publish": null }),
            json!({ "name": "scm-store", "publish": [] }),
        ];
        let faults = released(&here.iter().collect::<Vec<_>>());
        assert_eq!(faults.len(), 2, "{faults:?}");
        assert!(faults[0].starts_with("scm-model: a library"), "{faults:?}");
        assert!(faults[1].starts_with("scm-server: says"), "{faults:?}");
    }

    #[test]
    fn missing_manifest_fields_are_reported() {
        let mut package = json!({
            "name": "scm-sign", "description": "signs", "license": "MIT", "readme": "README.md",
            "documentation": "https://docs.example/", "rust_version": "1.90",
            "keywords": ["http"], "categories": ["authentication"],
            "dependencies": [{ "name": "scm-model", "path": "/here", "req": "^0.1.0", "kind": null }],
        });
        assert_eq!(manifest_faults(&package), Vec::<String>::new());

        package["readme"] = json!(null);
        package["keywords"] = json!(["a", "b", "c", "d", "e", "f"]);
        package["dependencies"] = json!([
            { "name": "scm-store", "path": "/here", "req": "*", "kind": null },
            { "name": "scm-pki", "path": "/here", "req": "^0.1.0", "kind": "dev" },
        ]);
        let faults = manifest_faults(&package);
        let expected = [
            "scm-sign: has no readme",
            "scm-sign: must have one to five keywords",
            "scm-sign: depends on scm-store, which is not released",
            "scm-sign: depends on any version of scm-store",
        ];
        assert_eq!(faults, expected);
    }

    #[test]
    fn missing_and_surplus_files_are_reported() {
        let listed = "Cargo.toml\nLICENSE\nREADME.md\nsrc/lib.rs\nsrc/call.rs\ntests/it.rs";
        assert_eq!(content_faults("scm-sign", listed), Vec::<String>::new());
        let faults =
            content_faults("scm-sign", "LICENSE\nsrc/lib.rs\ncredentials.json\nREADME.md.orig");
        let expected = [
            "scm-sign: the package lacks README.md",
            "scm-sign: credentials.json is no part of a package",
            "scm-sign: README.md.orig is no part of a package",
        ];
        assert_eq!(faults, expected);
    }
}
