//! What every source file has: a heading, few lines, and a name of its own.

use std::path::Path;

/// The greatest number of lines of a file.
const LINES: usize = 400;

/// What is wrong with one file.
pub fn faults(file: &Path, text: &str) -> Vec<String> {
    let shown = file.display();
    let mut faults = Vec::new();
    if !text.starts_with("//!") {
        faults.push(format!("{shown}: does not open with `//!`: state why the file exists"));
    }
    let lines = text.lines().count();
    if lines > LINES {
        faults.push(format!("{shown}: {lines} lines, more than {LINES}: split it"));
    }
    if file.file_name().is_some_and(|name| name == "mod.rs") {
        faults.push(format!("{shown}: name it after its folder instead"));
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rule_of_a_file_can_be_broken() {
        assert_eq!(faults(Path::new("a.rs"), "//! A file.\n"), Vec::<String>::new());
        let broken = faults(Path::new("a/mod.rs"), &"fn a() {}\n".repeat(LINES + 1));
        assert_eq!(broken.len(), 3, "{broken:?}");
    }
}
