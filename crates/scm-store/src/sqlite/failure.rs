//! SQLite's errors as those of a store.
//!
//! It is a separate type, so that `From<rusqlite::Error>` is no part of the public interface.

use rusqlite::{Error, ErrorCode, ffi};

use crate::{error::StoreError, subject::Resource};

/// Why something failed in here.
#[derive(Debug)]
pub(crate) struct Failure(StoreError);

impl Failure {
    pub(super) fn into_inner(self) -> StoreError {
        self.0
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self(error)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self(match error {
            Error::QueryReturnedNoRows
            | Error::FromSqlConversionFailure(..)
            | Error::IntegralValueOutOfRange(..)
            | Error::InvalidColumnType(..)
            | Error::Utf8Error(..) => StoreError::corrupt(error.to_string()),
            _ => match error.sqlite_error_code() {
                Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy,
                Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                    StoreError::corrupt(error.to_string())
                }
                _ => StoreError::unavailable(error),
            },
        })
    }
}

/// For `map_err` where a transaction is committed. If the disk fails in that moment, the end of the log
/// may be read again after a crash; whatever else goes wrong, it is rolled back.
pub(super) fn at_commit(error: Error) -> Failure {
    match error.sqlite_error_code() {
        Some(ErrorCode::SystemIoFailure) => Failure(StoreError::unsettled(error)),
        _ => error.into(),
    }
}

/// For `map_err` where a row may be absent: reports what does not exist. Elsewhere a row that is
/// absent is corruption.
pub(super) fn missing(what: Resource) -> impl FnOnce(Error) -> Failure {
    move |error| match error {
        Error::QueryReturnedNoRows => StoreError::missing(what).into(),
        error => error.into(),
    }
}

/// For `map_err` of an insertion: a violated unique constraint becomes a conflict about `what`.
pub(super) fn conflict(what: &'static str) -> impl FnOnce(Error) -> Failure {
    move |error| match error.sqlite_error().map(|error| error.extended_code) {
        Some(
            ffi::SQLITE_CONSTRAINT_PRIMARYKEY
            | ffi::SQLITE_CONSTRAINT_ROWID
            | ffi::SQLITE_CONSTRAINT_UNIQUE,
        ) => Failure(StoreError::Conflict { what }),
        _ => error.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_disk_that_fails_leaves_a_commit_open() {
        let failed = |code| {
            let error = Error::SqliteFailure(ffi::Error::new(code), None);
            at_commit(error).into_inner()
        };
        assert!(matches!(failed(ffi::SQLITE_IOERR_FSYNC), StoreError::Unsettled { .. }));
        assert!(matches!(failed(ffi::SQLITE_FULL), StoreError::Unavailable { .. }));
        assert!(matches!(failed(ffi::SQLITE_BUSY), StoreError::Busy));
    }
}
