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
        "there is no store in {place}; name the data folder of a server with --data-dir or its \
         database with --store, or start a server there first"
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
        /// The existing file or folder.
        path: PathBuf,
    },
    /// Another process writes a backup to the folder.
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
        /// The id of the command line.
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
    /// The user has no role in any project, so an access key would be useless.
    #[error("{user:?} has no role in any project; give one with `scm-server role grant`")]
    NoProject {
        /// The user's name.
        user: String,
    },
    /// The user has roles in several projects, and none was named.
    #[error("{user:?} has a role in {}; name one with --project", projects.join(", "))]
    WhichProject {
        /// The user's name.
        user: String,
        /// The names of the projects.
        projects: Vec<String>,
    },
    /// The user is disabled.
    #[error("{user:?} is disabled; enable the user first with `scm-server user enable`")]
    Disabled {
        /// The user's name.
        user: String,
    },
    /// The keyring is in an environment variable, which no command can change for other processes.
    #[error(
        "the keyring is in the variable SCM_KEYRING, which this command cannot change; write it to a file \
         of mode 0600, name the file with --keyring, and copy its new content to every server afterwards"
    )]
    KeyringInVariable,
    /// Other servers may not have the key that would seal from now on.
    #[error(
        "other servers on this database may have copies of the keyring without the new key, and could not \
         open what is sealed under it; run `scm-server rotate-key --prepare`, copy the file to every \
         server, and run this command again; or add --one-file if all servers read this file"
    )]
    NotPrepared,
    /// Another process rotated the keyring in the meantime.
    #[error("another process rotated the keyring during this rotation; run the command again")]
    RotatedMeanwhile,
    /// SIGINT (Ctrl-C). What is done so far stays.
    #[error("interrupted; nothing is lost; run the command again to resume")]
    Interrupted,
    /// Some stored keys or secrets cannot be opened with any key of the keyring. They are left unchanged; the
    /// others are sealed anew.
    #[error(
        "{resealed} sealed anew, but {count} cannot be opened with any key of this keyring, among them \
         {}; if another keyring file has the key, replace this one with it and run the command \
         again", some.join(", ")
    )]
    Unreadable {
        /// The number that were sealed anew.
        resealed: u64,
        /// The number that were not.
        count: usize,
        /// Some or all of them.
        some: Vec<String>,
    },
    /// Some servers do not have this keyring yet.
    #[error(
        "{count} servers on this database still seal under an old key; copy this keyring file to them \
         and run the command again; a server that crashed counts for three minutes"
    )]
    StillSealing {
        /// The number.
        count: usize,
    },
    /// Stored keys or secrets still need the old master keys.
    #[error(
        "{count} are still sealed under an old key, among them {}; run `scm-server rotate-key`",
        some.join(", ")
    )]
    StillNeeded {
        /// The number.
        count: u64,
        /// Some or all of them.
        some: Vec<String>,
    },
    /// The password cannot be read.
    #[error("the password cannot be read from standard input")]
    Password(#[source] io::Error),
    /// The password is too short or too long.
    #[error("a password has {shortest} to {longest} characters; the given one has {count}")]
    PasswordLength {
        /// The minimum.
        shortest: usize,
        /// The maximum.
        longest: usize,
        /// The length, or the number of bytes read if it is far above the maximum.
        count: usize,
    },
}
