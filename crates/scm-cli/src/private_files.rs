//! Writes files with private keys: readable by their owner only, and complete or not at all.

use std::{
    fs::{self, DirBuilder},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;

use crate::error::CliError;

/// Creates a folder with mode 0700, unless it exists.
pub(crate) fn folder(path: &Path) -> Result<(), CliError> {
    let mut folder = DirBuilder::new();
    folder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
    folder.create(path).map_err(|source| unwritable(path, source))
}

/// Checks that none of the paths exists.
pub(crate) fn none_exists(paths: &[PathBuf]) -> Result<(), CliError> {
    match paths.iter().find(|path| fs::symlink_metadata(path).is_ok()) {
        Some(path) => Err(exists(path)),
        None => Ok(()),
    }
}

/// Writes files with mode 0600: first all of them under temporary names, then renames each. No process
/// sees an incomplete file.
pub(crate) fn write(files: &[(PathBuf, &str)], overwrite: bool) -> Result<(), CliError> {
    let written = files.iter().map(|(path, text)| {
        beside(path, text).map_err(|source| unwritable(path, source)).map(|file| (path, file))
    });
    for (path, file) in written.collect::<Result<Vec<_>, _>>()? {
        let moved = if overwrite { file.persist(path) } else { file.persist_noclobber(path) };
        moved.map_err(|error| match error.error {
            error if error.kind() == io::ErrorKind::AlreadyExists => exists(path),
            error => unwritable(path, error),
        })?;
    }
    Ok(())
}

/// A temporary file with mode 0600 in the folder of `path`. It is removed unless it is renamed.
fn beside(path: &Path, text: &str) -> io::Result<NamedTempFile> {
    let folder = path.parent().filter(|folder| *folder != "").unwrap_or(Path::new("."));
    let mut file = NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    Ok(file)
}

fn exists(path: &Path) -> CliError {
    CliError::Exists { name: path.display().to_string() }
}

fn unwritable(path: &Path, source: io::Error) -> CliError {
    CliError::Unwritable { name: path.display().to_string(), source }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn files_are_private_complete_and_not_overwritten() {
        let temporary = tempfile::tempdir().unwrap();
        let folder = temporary.path().join("new/er");
        super::folder(&folder).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&folder), 0o700);

        let paths = ["a.pem", "b.pem"].map(|name| folder.join(name));
        none_exists(&paths).unwrap();
        fs::write(&paths[1], "old").unwrap();
        assert!(matches!(none_exists(&paths), Err(CliError::Exists { .. })));
        let files = paths.clone().map(|path| (path, "new"));
        assert!(matches!(write(&files, false), Err(CliError::Exists { .. })));
        assert_eq!(fs::read_to_string(&paths[1]).unwrap(), "old");
        write(&files, true).unwrap();
        for path in &paths {
            assert_eq!((fs::read_to_string(path).unwrap().as_str(), mode(path)), ("new", 0o600));
        }
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 2);
    }

    #[test]
    fn a_link_is_replaced_and_not_followed() {
        let temporary = tempfile::tempdir().unwrap();
        let [link, target] = ["link", "target"].map(|name| temporary.path().join(name));
        fs::write(&target, "theirs").unwrap();
        std::os::unix::fs::symlink(&target, &link).unwrap();
        write(&[(link.clone(), "ours")], true).unwrap();
        assert_eq!(fs::read_to_string(&target).unwrap(), "theirs");
        assert!(!fs::symlink_metadata(&link).unwrap().is_symlink());
    }
}
