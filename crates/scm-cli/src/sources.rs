//! The files as they were given: read, bounded, wiped afterwards.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

use zeroize::Zeroizing;

use crate::trouble::Trouble;

/// The most that is read of one file, in bytes. A whole bundle has some ten thousand.
const LONGEST_FILE: u64 = 1024 * 1024;

/// One file.
pub(crate) struct Source {
    /// What a person calls it.
    pub(crate) name: String,
    /// What it says. Bytes that are no text stand as the characters of the same numbers.
    pub(crate) text: Zeroizing<String>,
}

/// Reads the files, `-` being standard input.
pub(crate) fn read_all(files: &[PathBuf]) -> Result<Vec<Source>, Trouble> {
    if files.iter().filter(|file| is_standard_input(file)).count() > 1 {
        return Err(Trouble::StandardInputTwice);
    }
    files.iter().map(|file| read(file)).collect()
}

/// Reads one file.
pub(crate) fn read(path: &Path) -> Result<Source, Trouble> {
    if is_standard_input(path) {
        return source("standard input".to_owned(), io::stdin().lock());
    }
    let name = path.display().to_string();
    match File::open(path) {
        Ok(file) => source(name, file),
        Err(source) => Err(Trouble::File { name, source }),
    }
}

fn is_standard_input(path: &Path) -> bool {
    path.as_os_str() == "-"
}

fn source(name: String, from: impl Read) -> Result<Source, Trouble> {
    let mut bytes = Zeroizing::new(Vec::new());
    match from.take(LONGEST_FILE + 1).read_to_end(&mut bytes) {
        Err(source) => Err(Trouble::File { name, source }),
        Ok(length) if length as u64 > LONGEST_FILE => {
            Err(Trouble::TooLarge { name, limit: LONGEST_FILE })
        }
        Ok(_) => Ok(Source { name, text: text(&bytes) }),
    }
}

/// UTF-8 as it is. The rest becomes characters one by one: comments in an old encoding do no harm
/// to the blocks that they stand beside, and binary data keeps its bytes, by which it is known.
fn text(bytes: &[u8]) -> Zeroizing<String> {
    Zeroizing::new(match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|&byte| char::from(byte)).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<Source, Trouble> {
        source("f".to_owned(), bytes)
    }

    #[test]
    fn text_stays_and_bytes_keep_their_numbers() {
        assert_eq!(*read("é\r\n".as_bytes()).unwrap().text, "é\r\n");
        assert_eq!(*read(&[0x30, 0x82, 0xff]).unwrap().text, "0\u{82}\u{ff}");
    }

    #[test]
    fn what_is_too_large_is_not_taken() {
        assert!(read(&vec![b'x'; 1024 * 1024]).is_ok());
        let error = read(&vec![b'x'; 1024 * 1024 + 1]).err().unwrap();
        assert_eq!(
            error.to_string(),
            "f is larger than 1048576 bytes: that is no certificate, chain or key"
        );
        assert_eq!(error.exit_code(), 1);
    }

    #[test]
    fn standard_input_is_read_once() {
        let twice = read_all(&["-".into(), "-".into()]).err().unwrap();
        assert_eq!(twice.exit_code(), 2);
    }
}
