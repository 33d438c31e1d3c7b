//! `openapi/scm.json`: written from the model, never by hand.

use std::fs;

use scm_model::{Revision, openapi::document};
use similar::TextDiff;

use crate::{
    root::root,
    run::{Done, tell},
};

/// Writes the document, or with `check` fails if what is there is not what would be written.
pub fn openapi(check: bool) -> Done {
    let path = root().join("openapi/scm.json");
    let fresh =
        document(Revision::R2021).to_pretty_json().map_err(|error| error.to_string())? + "\n";
    let kept = fs::read_to_string(&path).unwrap_or_default();
    if kept == fresh {
        return Ok(());
    }
    if check {
        let diff = TextDiff::from_lines(&kept, &fresh);
        let diff = diff.unified_diff().header("openapi/scm.json", "the model").to_string();
        return Err(format!("{diff}\nopenapi/scm.json is stale; run `cargo xtask openapi`"));
    }
    fs::write(&path, fresh).map_err(|error| format!("{}: {error}", path.display()))?;
    tell("wrote openapi/scm.json");
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_document_is_fresh() {
        super::openapi(true).unwrap();
    }
}
