//! Opens a file: checks that it is a store, of a known schema and of this keyring, and then adds the
//! steps of the schema that it lacks.
//!
//! The SQL is in `migrations/sqlite`, one numbered file for each step; a step that was ever
//! released is never changed.

use std::{
    fs::{self, File, OpenOptions},
    io,
    os::unix::fs::OpenOptionsExt,
    path::Path,
    time::Duration,
};

use rusqlite::{
    Connection, ErrorCode, OpenFlags, OptionalExtension, Transaction, TransactionBehavior,
    config::DbConfig,
};
use scm_seal::KeyringId;

use super::failure::Failure;
use crate::error::StoreError;

/// Step n brings schema n to schema n + 1.
const STEPS: [&str; 6] = [
    include_str!("../../migrations/sqlite/0001_first.sql"),
    include_str!("../../migrations/sqlite/0002_import_key.sql"),
    include_str!("../../migrations/sqlite/0003_moving.sql"),
    include_str!("../../migrations/sqlite/0004_leaf.sql"),
    include_str!("../../migrations/sqlite/0005_master_key.sql"),
    include_str!("../../migrations/sqlite/0006_account.sql"),
];
/// Marks a file as ours, in its header: "SCM1".
const APPLICATION_ID: i64 = 0x5343_4d31;
/// How long to wait for another process that writes.
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
const WRITING: OpenFlags = OpenFlags::SQLITE_OPEN_READ_WRITE.union(OpenFlags::SQLITE_OPEN_NO_MUTEX);
const STATEMENT_CACHE: usize = 128;

/// Opens the file for writing, and makes it and brings it up to date where needed.
pub(super) fn open(file: &Path, keyring: KeyringId) -> Result<Connection, StoreError> {
    create_private(file).map_err(StoreError::unavailable)?;
    prepare(file, Some(keyring)).map_err(Failure::into_inner)
}

/// Brings a file up to date that is there already; returns its schema.
pub(super) fn migrate_file(file: &Path) -> Result<i64, StoreError> {
    prepare(file, None).map_err(Failure::into_inner)?;
    Ok(STEPS.len() as i64)
}

/// Opens a file as source or destination of a copy, complete or not.
pub(super) fn open_for_copy(file: &Path, create: bool) -> Result<Connection, StoreError> {
    if create {
        create_private(file).map_err(StoreError::unavailable)?;
    }
    let open = || {
        let connection = prepare(file, None)?;
        // No other connection is waiting, and no other one moves the log.
        connection.pragma_update(None, "cache_size", -262_144)?;
        connection.pragma_update(None, "wal_autocheckpoint", 8192)?;
        Ok(connection)
    };
    open().map_err(Failure::into_inner)
}

/// Refuses what is no store, or one of a later release.
pub(super) fn require_ours(connection: &Connection, file: &Path) -> Result<(), Failure> {
    match version_of(connection, file)? {
        0 => Err(StoreError::NotOurs { place: file.display().to_string() }.into()),
        version if version < STEPS.len() as i64 => Err(StoreError::Outdated { version }.into()),
        _ => Ok(()),
    }
}

/// What the store is a copy of, if it is one that is not complete.
pub(super) fn source(connection: &Connection) -> Result<Option<String>, Failure> {
    let sql = "SELECT reached FROM moving WHERE part = 'source'";
    Ok(connection.query_row(sql, [], |row| row.get(0)).optional()?)
}

/// Whether the file holds a store that was set up. It need not be brought up to date for that.
pub(super) fn is_set_up(file: &Path) -> Result<bool, Failure> {
    let connection = open_for_reading(file)?;
    if version_of(&connection, file)? == 0 {
        return Ok(false);
    }
    Ok(connection.query_row("SELECT EXISTS (SELECT 1 FROM domain)", [], |row| row.get(0))?)
}

/// Opens the file for reading.
pub(super) fn open_for_reading(file: &Path) -> Result<Connection, Failure> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = connect(file, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    pin_plans(&connection)?;
    connection.pragma_update(None, "cache_size", -4096)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    Ok(connection)
}

/// Statements stay prepared, for whatever values: where their plan could depend on a value, SQLite
/// would make it anew for each, which took longer than all else about a token's look-up.
fn pin_plans(connection: &Connection) -> Result<(), Failure> {
    connection.set_prepared_statement_cache_capacity(STATEMENT_CACHE);
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

/// Opens the file, made and brought up to date before, only for moving the log.
pub(super) fn open_for_checkpoints(file: &Path) -> Result<Connection, Failure> {
    let connection = connect(file, WRITING)?;
    connection.pragma_update(None, "synchronous", "full")?;
    Ok(connection)
}

/// Refuses what is no file: SQLite would wait at a pipe for ever.
fn connect(file: &Path, flags: OpenFlags) -> Result<Connection, Failure> {
    if fs::metadata(file).is_ok_and(|found| !found.is_file()) {
        return Err(StoreError::NotOurs { place: file.display().to_string() }.into());
    }
    Ok(Connection::open_with_flags(file, flags)?)
}

/// SQLite gives its files the rights of the first, but would make that one readable for all.
pub(super) fn create_private(file: &Path) -> io::Result<()> {
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(file) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(()),
        created => created?.sync_all()?,
    }
    match file.parent() {
        Some(folder) if folder != Path::new("") => File::open(folder)?.sync_all(),
        _ => Ok(()),
    }
}

fn prepare(file: &Path, keyring: Option<KeyringId>) -> Result<Connection, Failure> {
    let mut connection = connect(file, WRITING)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    pin_plans(&connection)?;
    if version_of(&connection, file)? == 0 {
        // Only possible before there is anything. Larger pages suit the bytes of certificates,
        // smaller ones the indexes, where each new row lands on pages of its own: measured, this is
        // the middle.
        connection.pragma_update(None, "page_size", 8192)?;
    }
    configure(&connection)?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    migrate(&transaction, file)?;
    if let Some(keyring) = keyring {
        belong_to(&transaction, keyring)?;
    }
    transaction.commit()?;
    Ok(connection)
}

fn configure(connection: &Connection) -> Result<(), Failure> {
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "temp_store", "memory")?;
    connection.pragma_update(None, "cache_size", -32_768)?;
    // Sealed keys that are deleted, replaced or sealed again leave the file with the next checkpoint.
    // FAST would leave them in pages that became free. Measured, imports write no more by it, and
    // deletions a tenth more.
    connection.pragma_update(None, "secure_delete", true)?;
    // Not in the middle of a commit: see `checkpoint`.
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    connection.pragma_update(None, "journal_size_limit", 64 << 20)?;
    Ok(())
}

/// The schema that the file has; 0 if it is empty.
fn version_of(connection: &Connection, file: &Path) -> Result<i64, Failure> {
    let not_ours = || StoreError::NotOurs { place: file.display().to_string() };
    let known = STEPS.len() as i64;
    let found =
        connection.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(|error| {
            match error.sqlite_error_code() {
                Some(ErrorCode::NotADatabase) => not_ours().into(),
                _ => Failure::from(error),
            }
        })?;
    let application: i64 =
        connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let empty =
        connection
            .query_row("SELECT NOT EXISTS (SELECT 1 FROM sqlite_schema)", [], |row| row.get(0))?;
    match (application, found) {
        (0, 0) if empty => Ok(0),
        (APPLICATION_ID, found) if found > known => {
            Err(StoreError::NewerSchema { found, known }.into())
        }
        (APPLICATION_ID, 1..) => Ok(found),
        _ => Err(not_ours().into()),
    }
}

/// Reads the version again, as another process may have migrated the file meanwhile.
fn migrate(transaction: &Transaction<'_>, file: &Path) -> Result<(), Failure> {
    let done = version_of(transaction, file)?;
    let missing = STEPS.iter().zip(1_i64..).skip_while(|(_, version)| *version <= done);
    for (step, version) in missing {
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "user_version", version)?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        tracing::info!(version, "the store has a new schema");
    }
    Ok(())
}

/// A new store belongs to the keyring that it was made with, for ever.
fn belong_to(transaction: &Transaction<'_>, keyring: KeyringId) -> Result<(), Failure> {
    if let Some(of) = source(transaction)? {
        return Err(StoreError::HalfCopied { of }.into());
    }
    let given = keyring.to_string();
    let stored: Option<String> =
        transaction.query_row("SELECT ring_id FROM store", [], |row| row.get(0)).optional()?;
    match stored {
        None => {
            transaction.execute("INSERT INTO store (one, ring_id) VALUES (1, ?1)", [given])?;
            Ok(())
        }
        Some(stored) if stored == given => Ok(()),
        Some(stored) => Err(StoreError::ForeignKeyring { stored, given }.into()),
    }
}
