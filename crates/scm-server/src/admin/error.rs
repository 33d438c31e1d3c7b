//! Why a command failed.

use std::{io, path::PathBuf};

use scm_seal::KeyringError;
use scm_store::{CopyError, StoreError};

use super::near::Near;
use crate::{config::ConfigError, data_dir::DataDirError};

/// Why a command failed. Nothing is half done.
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    /// The settings cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The location holds no store.
    #[error(
        "there is no store in {place}; name the folder of a server with --data-dir, or its database \
         with --store, or start one there"
    )]
    NoStore {
        /// The folder, or where the database is.
        place: String,
    },
    /// The keyring cannot be used.
    #[error("the keyring cannot be used")]
    Keyring(#[from] KeyringError),
    /// The store cannot be used.
    #[error("the store cannot be used")]
    Store(#[from] StoreError),
    /// A folder cannot be used.
    #[error(transparent)]
    Folder(#[from] DataDirError),
    /// A file or folder of that name exists, and is not overwritten.
    #[error("{} exists already and is not overwritten", path.display())]
    InTheWay {
        /// What is there.
        path: PathBuf,
    },
    /// Another process makes the same backup.
    #[error("another backup writes to {}; wait until it has ended", path.display())]
    BackupRunning {
        /// The folder of the incomplete backup.
        path: PathBuf,
    },
    /// The folder is not a complete backup.
    #[error(
        "there is no backup in {}: it would have scm.db, keyring.json and backup.json; name its folder \
         with --from", path.display()
    )]
    NoBackup {
        /// The folder.
        path: PathBuf,
    },
    /// A file of the backup has changed since it was made.
    #[error(
        "{} is damaged or belongs to another backup: its SHA-256 differs from backup.json. Nothing \
         was restored; use another backup", path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
    },
    /// A PostgreSQL database has its own backup tools.
    #[error(
        "a PostgreSQL is backed up with its own tools (pg_basebackup, pg_dump); or `scm-server copy` \
         copies it into a folder. Back up the keyring with it"
    )]
    BackUpThere,
    /// A store cannot be copied onto itself.
    #[error("source and destination are both {place}; name another folder or database with --to")]
    SamePlace {
        /// The folder.
        place: String,
    },
    /// The store was not copied.
    #[error(transparent)]
    Move(#[from] CopyError),
    /// The destination is a folder, which gets a keyring, and the source has none beside it.
    #[error("name the keyring of the source with --keyring: the new folder gets a copy of it")]
    KeyringRequired,
    /// The keyring belongs to another store.
    #[error(
        "the keyring does not belong to the store in {place}; name the right one with --keyring"
    )]
    ForeignKeyring {
        /// The store, or the file with another keyring.
        place: String,
    },
    /// No server with local identities was ever started on the store.
    #[error(
        "the store in {place} has no users yet; start a server with identity = local on it first"
    )]
    NotSetUp {
        /// The folder, or where the database is.
        place: String,
    },
    /// No user has the name or the id.
    #[error("there is no user {name:?}{near}")]
    UnknownUser {
        /// The name or id of the command line.
        name: String,
        /// Similar names.
        near: Near,
    },
    /// No project has the name or the id.
    #[error("there is no project {name:?}{near}")]
    UnknownProject {
        /// The name or id of the command line.
        name: String,
        /// Similar names.
        near: Near,
    },
    /// No access key has the id.
    #[error("there is no access key {id:?}; list them with `scm-server access-key list`")]
    UnknownAccessKey {
        /// The name or id of the command line.
        id: String,
    },
    /// The name is taken.
    #[error("there is a {what} {name:?} already")]
    Taken {
        /// A user or a project.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// The user has no role in the project.
    #[error("{user:?} has no role in project {project:?}")]
    NoRole {
        /// The user's name.
        user: String,
        /// The project's name.
        project: String,
    },
    /// The user has no role in any project, so that an access key would be good for nothing.
    #[error("{user:?} has no role in any project; give one with `scm-server role grant`")]
    NoProject {
        /// The user's name.
        user: String,
    },
    /// It is not clear which project is meant.
    #[error("{user:?} has a role in {}; say which is meant with --project", projects.join(", "))]
    WhichProject {
        /// The user's name.
        user: String,
        /// The names of the projects.
        projects: Vec<String>,
    },
    /// The user is shut out.
    #[error("{user:?} is disabled; let them in first with `scm-server user enable`")]
    Disabled {
        /// The user's name.
        user: String,
    },
    /// The keyring stands in a variable, which no command can change for others.
    #[error(
        "the keyring stands in the variable SCM_KEYRING, which this command cannot change: put it into a \
         file of mode 0600, name that with --keyring, and give every server what is in it afterwards"
    )]
    KeyringInVariable,
    /// Servers elsewhere may not know the key under which this one would seal.
    #[error(
        "servers on this database may have the keyring in files of their own, and could not open what is \
         sealed under a key that they do not have: run `scm-server rotate-key --prepare`, give every \
         server the file, and run this again; or add --one-file if all of them read this very file"
    )]
    NotPrepared,
    /// Another process rotated the keyring in the meantime.
    #[error("the keyring was rotated again meanwhile; run the command again")]
    RotatedMeanwhile,
    /// Ctrl-C.
    #[error("interrupted; nothing is lost, and the same command goes on where it was")]
    Interrupted,
    /// Some of what is kept is not opened by any key of the keyring. It is left as it is.
    #[error(
        "{resealed} sealed anew, but {count} cannot be opened with any key of this keyring, among them \
         {}; if another keyring file has the key, put it in the place of this one and run the command \
         again", some.join(", ")
    )]
    Unreadable {
        /// How many were sealed anew.
        resealed: u64,
        /// How many were not.
        count: usize,
        /// Which, or some of them.
        some: Vec<String>,
    },
    /// Some servers do not have the keyring as it is here.
    #[error(
        "{count} servers on this database still seal under an old key: give them this keyring file and \
         run the command again; one that died counts for three minutes"
    )]
    StillSealing {
        /// How many.
        count: usize,
    },
    /// Old keys are needed.
    #[error(
        "{count} are still sealed under an old key, among them {}; run `scm-server rotate-key`",
        some.join(", ")
    )]
    StillNeeded {
        /// How many.
        count: u64,
        /// Which, or some of them.
        some: Vec<String>,
    },
    /// The password cannot be read.
    #[error("the password cannot be read from standard input")]
    Password(#[source] io::Error),
    /// The password is too short or too long.
    #[error("a password has {shortest} to {longest} characters; the one given has {count}")]
    PasswordLength {
        /// The fewest.
        shortest: usize,
        /// The most.
        longest: usize,
        /// How many were read, in bytes where they are too many to be counted.
        count: usize,
    },
}
