//! Reads the files of the command line, with a size limit. Their content is wiped when dropped.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

use zeroize::Zeroizing;

use crate::error::CliError;

/// The maximum size of a file in bytes. A bundle has about ten thousand.
const LONGEST_FILE: u64 = 1024 * 1024;

/// The content of a file.
pub(crate) struct Source {
    /// The name of the file.
    pub(crate) name: String,
    /// The text. If it is not UTF-8, each byte is the character with its number.
    pub(crate) text: Zeroizing<String>,
}

/// Reads the files; `-` is standard input.
pub(crate) fn read_all(files: &[PathBuf]) -> Result<Vec<Source>, CliError> {
    if files.iter().filter(|file| is_standard_input(file)).count() > 1 {
        return Err(CliError::StandardInputTwice);
    }
    files.iter().map(|file| read(file)).collect()
}

/// Reads one file.
pub(crate) fn read(path: &Path) -> Result<Source, CliError> {
    if is_standard_input(path) {
        return source("standard input".to_owned(), io::stdin().lock());
    }
    let name = path.display().to_string();
    match File::open(path) {
        Ok(file) => source(name, file),
        Err(source) => Err(CliError::File { name, source }),
    }
}

fn is_standard_input(path: &Path) -> bool {
    path.as_os_str() == "-"
}

fn source(name: String, from: impl Read) -> Result<Source, CliError> {
    let mut bytes = Zeroizing::new(Vec::new());
    match from.take(LONGEST_FILE + 1).read_to_end(&mut bytes) {
        Err(source) => Err(CliError::File { name, source }),
        Ok(length) if length as u64 > LONGEST_FILE => {
            Err(CliError::TooLarge { name, limit: LONGEST_FILE })
        }
        Ok(_) => Ok(Source { name, text: text(&bytes) }),
    }
}

/// UTF-8 unchanged; otherwise each byte as the character with its number. Comments in another encoding then
/// do not affect the PEM blocks, and binary data can be recognized by its bytes.
fn text(bytes: &[u8]) -> Zeroizing<String> {
    Zeroizing::new(match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|&byte| char::from(byte)).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<Source, CliError> {
        source("f".to_owned(), bytes)
    }

    #[test]
    fn bytes_that_are_not_text_become_characters_with_their_numbers() {
        assert_eq!(*read("é\r\n".as_bytes()).unwrap().text, "é\r\n");
        assert_eq!(*read(&[0x30, 0x82, 0xff]).unwrap().text, "0\u{82}\u{ff}");
    }

    #[test]
    fn a_file_above_the_limit_is_refused() {
        assert!(read(&vec![b'x'; 1024 * 1024]).is_ok());
        let error = read(&vec![b'x'; 1024 * 1024 + 1]).err().unwrap();
        assert_eq!(
            error.to_string(),
            "f exceeds 1048576 bytes: it is not a certificate, chain or private key"
        );
        assert_eq!(error.exit_code(), 1);
    }

    #[test]
    fn standard_input_is_read_once() {
        let twice = read_all(&["-".into(), "-".into()]).err().unwrap();
        assert_eq!(twice.exit_code(), 2);
    }
}
