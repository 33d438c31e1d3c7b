//! Every way in which a keyring or a sealed key is refused.
//!
//! Nothing here ever carries a byte of a key or of the keyring's file.

use std::{io, path::PathBuf};

use crate::id::KeyId;

/// Why a keyring could not be made or opened.
#[derive(Debug, thiserror::Error)]
pub enum KeyringError {
    /// There is no file. Making a new keyring would not help a store that was sealed with another one.
    #[error("there is no keyring at {}; restore it from your backup", path.display())]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// There is a file already, and it is never overwritten.
    #[error("there is a file at {} already; a keyring never overwrites one", path.display())]
    Exists {
        /// The file in the way.
        path: PathBuf,
    },
    /// The file is there but can't be read.
    #[error("the keyring at {} can't be read", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },
    /// The new file can't be written.
    #[error("the keyring at {} can't be written", path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },
    /// The file holds another keyring than the one that was read, so that nothing was done to it.
    #[error("another process changed the keyring at {} in the meantime; run the command again", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// Others than the owner may read or write the file.
    #[error(
        "the keyring at {} has mode {mode:04o}, which lets others at it; run: chmod 600 {}",
        path.display(), path.display()
    )]
    TooOpen {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The file was written by a later release.
    #[error(
        "the keyring at {} has version {found}, but this release reads only versions 1 and 2; \
         use the release that wrote it, or a later one",
        path.display()
    )]
    UnknownVersion {
        /// The file.
        path: PathBuf,
        /// The version it claims.
        found: u64,
    },
    /// The secret of a master key, its id or its check value is not what was written.
    #[error(
        "the keyring at {} is damaged: master key {key_id} does not match its check value; restore the \
         keyring from your backup",
        path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The master key.
        key_id: KeyId,
    },
    /// The file isn't a keyring.
    #[error("the keyring at {} is malformed: {what}; restore it from your backup", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, without quoting it.
        what: String,
    },
}

/// Why a sealed key or secret was not opened.
#[derive(Debug, thiserror::Error)]
pub enum UnsealError {
    /// The bytes are too short to be what was sealed, or none of its parts has a known form.
    #[error("the sealed bytes are malformed")]
    Malformed,
    /// The bytes were written by a later release.
    #[error("the sealed bytes have format {found}, but this release reads format 1")]
    UnknownFormat {
        /// The first byte.
        found: u8,
    },
    /// The keyring has no such master key.
    #[error("the bytes were sealed under master key {key_id}, which is not in the keyring")]
    UnknownKey {
        /// The master key.
        key_id: KeyId,
    },
    /// A bit was changed, or a key belongs to another certificate, project or public key, or a
    /// secret was sealed for another purpose or id.
    #[error("the sealed bytes were altered or belong to something else")]
    Refused,
    /// It opened, but what was inside is not read as a private key any more.
    #[error("what was sealed is not a private key that this release reads")]
    NotAKey,
}
