//! `openapi/`: written from the model, never by hand; and what the last release promised.

mod breaking;

use std::fs;

use scm_model::{
    Revision,
    openapi::{document, downgraded},
};
use serde_json::Value;
use similar::TextDiff;

use crate::{
    root::root,
    run::{Done, tell},
    series::series,
};

/// Writes the documents, or with `check` fails if what is there is not what would be written.
pub fn openapi(check: bool) -> Done {
    let document = document(Revision::R2021);
    let files = [("openapi/scm-3.0.json", downgraded(&document)), ("openapi/scm.json", document)];
    let mut stale = Vec::new();
    for (file, fresh) in files {
        let path = root().join(file);
        let fresh = serde_json::to_string_pretty(&fresh).map_err(|error| error.to_string())? + "\n";
        let kept = fs::read_to_string(&path).unwrap_or_default();
        if kept == fresh {
            continue;
        }
        if check {
            let diff = TextDiff::from_lines(&kept, &fresh);
            let diff = diff.unified_diff().header(file, "the model").to_string();
            stale.push(format!("{diff}\n{file} is stale; run `cargo xtask openapi`"));
            continue;
        }
        fs::write(&path, fresh).map_err(|error| format!("{}: {error}", path.display()))?;
        tell(&format!("wrote {file}"));
    }
    if stale.is_empty() { Ok(()) } else { Err(stale.join("\n")) }
}

const RELEASED: &str = "openapi/released/scm.json";

/// Makes the document what the next ones are compared with. Done once for each release.
pub fn release() -> Done {
    let copied = fs::copy(root().join("openapi/scm.json"), root().join(RELEASED));
    copied.map_err(|error| format!("{RELEASED}: {error}"))?;
    tell(&format!("wrote {RELEASED}"));
    Ok(())
}

/// Fails if the document breaks clients of the last release, and its version does not say so.
pub fn keeps_promises() -> Done {
    let released = fs::read(root().join(RELEASED)).map_err(|error| error.to_string())?;
    let released: Value = serde_json::from_slice(&released).map_err(|error| error.to_string())?;
    let now = document(Revision::R2021);
    let changes = breaking::breaking(&released, &now);
    let [was, is] = [&released, &now]
        .map(|document| series(document["info"]["version"].as_str().unwrap_or_default()));
    if changes.is_empty() || was != is {
        changes.iter().for_each(|change| tell(&format!("breaking, as the version says: {change}")));
        return Ok(());
    }
    let changes = changes.join("\n");
    Err(format!("{changes}\nThis breaks clients of {RELEASED}: undo it, or raise the version."))
}

#[cfg(test)]
mod tests {
    #[test]
    fn nothing_that_was_released_is_broken() {
        super::keeps_promises().unwrap();
    }

    #[test]
    fn the_documents_are_fresh() {
        super::openapi(true).unwrap();
    }
}
