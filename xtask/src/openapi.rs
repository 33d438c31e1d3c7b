//! `openapi/`: written from the model, never by hand.

use std::fs;

use scm_model::{
    Revision,
    openapi::{document, downgraded},
};
use similar::TextDiff;

use crate::{
    root::root,
    run::{Done, tell},
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

#[cfg(test)]
mod tests {
    #[test]
    fn the_documents_are_fresh() {
        super::openapi(true).unwrap();
    }
}
