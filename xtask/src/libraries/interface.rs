//! What programs may name of each library, compared with what the last release let them name.
//!
//! The listing is made from rustdoc's JSON, which stable toolchains hold back; so it is
//! made in a folder of its own, where the builds of everybody else do not notice.

mod breaking;
mod listing;

use std::{collections::BTreeSet, fs, path::PathBuf};

use super::LIBRARIES;
use crate::{
    root::{root, target},
    run::{Done, cargo, run, tell},
    series::series,
};

use breaking::breaking;
use listing::Listing;

/// Fails if a library breaks programs that were written for its last release, and its version does
/// not say so.
pub fn keeps_interface() -> Done {
    document()?;
    let mut broken = Vec::new();
    for library in LIBRARIES {
        let now = Listing::read(&json(library), library)?;
        let (version, before) = released(library)?;
        let changes = breaking(&before, &now);
        let changes = changes.iter().map(|change| format!("{library}: {change}"));
        if series(&version) == series(&now.version) {
            broken.extend(changes);
        } else {
            changes.for_each(|change| tell(&format!("breaking, as the version says: {change}")));
        }
    }
    if broken.is_empty() {
        return Ok(());
    }
    let broken = broken.join("\n");
    Err(format!(
        "{broken}\nThis breaks programs that use the last release: undo it, or raise the version."
    ))
}

/// Makes the interfaces what the next ones are compared with. Done once for each release.
pub fn release() -> Done {
    document()?;
    for library in LIBRARIES {
        let Listing { version, lines, .. } = Listing::read(&json(library), library)?;
        let lines: String = lines.iter().map(|line| format!("{line}\n")).collect();
        let file = file(library);
        fs::write(&file, format!("{library} {version}\n{lines}"))
            .map_err(|error| format!("{}: {error}", file.display()))?;
        tell(&format!("wrote {}", file.display()));
    }
    Ok(())
}

fn released(library: &str) -> Result<(String, BTreeSet<String>), String> {
    let file = file(library);
    let text = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    let mut lines = text.lines().map(str::to_owned);
    let first = lines.next().unwrap_or_default();
    let version = first.strip_prefix(library).unwrap_or_default().trim().to_owned();
    Ok((version, lines.collect()))
}

/// Where the interface of the last release is written down.
fn file(library: &str) -> PathBuf {
    root().join("crates").join(library).join("released.txt")
}

fn folder() -> PathBuf {
    target().join("interface")
}

fn json(library: &str) -> PathBuf {
    folder().join("doc").join(library.replace('-', "_")).with_extension("json")
}

/// Lets rustdoc write its JSON.
fn document() -> Done {
    let mut doc = cargo(&["doc", "--quiet", "--locked", "--no-deps", "--lib", "--all-features"]);
    doc.arg("--target-dir").arg(folder());
    doc.args(LIBRARIES.iter().flat_map(|library| ["--package", library]));
    doc.env("RUSTC_BOOTSTRAP", "1");
    run(doc.env("RUSTDOCFLAGS", "-Zunstable-options --output-format=json --cap-lints=allow"))
}
