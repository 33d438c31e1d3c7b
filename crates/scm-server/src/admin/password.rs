//! Where a new password comes from: standard input, or the random generator.

use std::io::{self, BufRead};

use clap::Args;
use scm_model::SecretText;
use zeroize::Zeroizing;

use super::error::AdminError;
use crate::auth::NewSecret;

/// The fewest characters of a password.
const SHORTEST: usize = 8;

/// The most.
const LONGEST: usize = 1024;

/// The most bytes that so many characters have, and those of a line end.
const ROOM: usize = LONGEST * 4 + 2;

/// Where a new password comes from.
#[derive(Debug, Args)]
pub struct Source {
    /// Read the password from the first line of standard input; without this, one is made up and
    /// shown, this once
    #[arg(long)]
    password_stdin: bool,
}

/// A new password.
#[derive(Debug)]
pub struct NewPassword {
    /// The password.
    pub secret: SecretText,
    /// Whether the user does not know it yet.
    pub is_made_up: bool,
}

impl Source {
    /// The password.
    ///
    /// # Errors
    /// [`AdminError::Password`] and [`AdminError::PasswordLength`].
    pub fn password(&self) -> Result<NewPassword, AdminError> {
        if self.password_stdin {
            return Ok(NewPassword { secret: first_line(io::stdin().lock())?, is_made_up: false });
        }
        Ok(NewPassword { secret: NewSecret::password().0, is_made_up: true })
    }
}

fn first_line(from: impl BufRead) -> Result<SecretText, AdminError> {
    let mut line = Zeroizing::new(Vec::with_capacity(ROOM));
    let mut from = io::Read::take(from, ROOM as u64);
    from.read_until(b'\n', &mut line).map_err(AdminError::Password)?;
    let wrong = |count| AdminError::PasswordLength { shortest: SHORTEST, longest: LONGEST, count };
    if line.len() == ROOM && !line.ends_with(b"\n") {
        return Err(wrong(ROOM));
    }
    let text = str::from_utf8(&line).map_err(|_| AdminError::Password(not_text()))?;
    let text = text.strip_suffix('\n').unwrap_or(text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    match text.chars().count() {
        SHORTEST..=LONGEST => Ok(Zeroizing::new(text.to_owned()).into()),
        count => Err(wrong(count)),
    }
}

fn not_text() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8]) -> Result<String, String> {
        let read = first_line(text).map_err(|error| error.to_string());
        read.map(|secret| secret.secret_str().to_owned())
    }

    #[test]
    fn the_first_line_counts_without_its_end() {
        for text in ["hunter22", "hunter22\n", "hunter22\r\n", "hunter22\nand more\n"] {
            assert_eq!(read(text.as_bytes()).as_deref(), Ok("hunter22"), "{text:?}");
        }
        let (spaces, widest) = (" a b c d ", "𝄞".repeat(LONGEST));
        assert_eq!(read(spaces.as_bytes()).as_deref(), Ok(spaces));
        assert_eq!(read(format!("{widest}\n").as_bytes()), Ok(widest));
    }

    #[test]
    fn an_invalid_password_is_refused_and_not_shown() {
        let words = "a password has 8 to 1024 characters; the given one has ";
        assert_eq!(read(b"\n"), Err(format!("{words}0")));
        assert_eq!(read(b"hunter2\n"), Err(format!("{words}7")));
        assert_eq!(read("x".repeat(1025).as_bytes()), Err(format!("{words}1025")));
        assert_eq!(read("x".repeat(100_000).as_bytes()), Err(format!("{words}4098")));
        let words = "the password cannot be read from standard input";
        assert_eq!(read(b"hunter2\xff"), Err(words.to_owned()));
    }
}
