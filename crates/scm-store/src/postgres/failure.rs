//! PostgreSQL's errors as those of a store, and what is to be done about each.

use std::{error::Error as _, fmt, io};

use tokio_postgres::{Error, error::SqlState};

use crate::error::StoreError;

/// Why something failed in here.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Is returned to the caller as it is.
    Final(StoreError),
    /// There is no connection to be had.
    Away(StoreError),
    /// The transaction lost against another one. Nothing was done; it may be tried again.
    Again(Cause),
    /// The connection is lost; what was not committed is rolled back.
    Lost(Cause),
    /// The connection is gone, and whether the commit was done is not known.
    Unsure(Cause),
}

/// The error message of the database, without the rows that it may quote.
#[derive(Debug)]
pub(crate) struct Cause(String);

impl Failure {
    /// The error for the caller when no further attempt is made.
    pub(super) fn into_inner(self) -> StoreError {
        match self {
            Self::Final(error) | Self::Away(error) => error,
            // As long as others win, there is too much to do.
            Self::Again(_) => StoreError::Busy,
            Self::Lost(cause) => StoreError::unavailable(cause),
            Self::Unsure(cause) => StoreError::unsettled(cause),
        }
    }

    /// This failure during a commit: if the connection is lost then, the outcome is unknown.
    pub(super) fn at_commit(self) -> Self {
        match self {
            Self::Lost(cause) => Self::Unsure(cause),
            other => other,
        }
    }

    /// This failure after a connection broke while a transaction may have been committed.
    pub(super) fn since_broken(self) -> Self {
        match self {
            Self::Away(error) => Self::Unsure(Cause(error.to_string())),
            other => other.at_commit(),
        }
    }

    /// No answer came in time. The connection is not to be used again.
    pub(super) fn silence() -> Self {
        Self::Lost(Cause("the database did not answer in time".to_owned()))
    }

    /// The database takes no writing.
    pub(super) fn read_only() -> Self {
        Self::Lost(Cause("the database takes no writing".to_owned()))
    }

    /// A column that cannot be what was once written.
    pub(super) fn corrupt(error: &Error) -> Self {
        Self::Final(StoreError::corrupt(Cause::of(error).0))
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Final(error)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let cause = Cause::of(&error);
        let Some(code) = error.code() else {
            let is_wire = error.source().is_some_and(|source| source.is::<io::Error>());
            return match error.is_closed() || is_wire {
                true => Self::Lost(cause),
                false => Self::Final(StoreError::unavailable(cause)),
            };
        };
        match code {
            &SqlState::T_R_SERIALIZATION_FAILURE
            | &SqlState::T_R_DEADLOCK_DETECTED
            // What is referred to was deleted, or referred to, at this very moment.
            | &SqlState::FOREIGN_KEY_VIOLATION => Self::Again(cause),
            &SqlState::LOCK_NOT_AVAILABLE
            | &SqlState::QUERY_CANCELED
            | &SqlState::TOO_MANY_CONNECTIONS => Self::Final(StoreError::Busy),
            // It is going down, or is no primary any more; the next connection finds another.
            &SqlState::READ_ONLY_SQL_TRANSACTION
            // A plan from before the schema changed.
            | &SqlState::FEATURE_NOT_SUPPORTED => Self::Lost(cause),
            code if ["57P", "08"].iter().any(|class| code.code().starts_with(class)) => {
                Self::Lost(cause)
            }
            &SqlState::DATA_CORRUPTED | &SqlState::INDEX_CORRUPTED => {
                Self::Final(StoreError::corrupt(cause.0))
            }
            _ => Self::Final(StoreError::unavailable(cause)),
        }
    }
}

/// For `map_err` of an insertion: a violated unique constraint becomes a conflict about `what`.
pub(super) fn conflict(what: &'static str) -> impl FnOnce(Error) -> Failure {
    move |error| match error.code() {
        Some(&SqlState::UNIQUE_VIOLATION) => StoreError::Conflict { what }.into(),
        _ => error.into(),
    }
}

impl Cause {
    pub(super) fn of(error: &Error) -> Self {
        if let Some(reported) = error.as_db_error() {
            let (code, message) = (reported.code().code(), reported.message());
            return Self(format!("the database reported {message:?} ({code})"));
        }
        match error.source() {
            Some(source) => Self(format!("{error}: {source}")),
            None => Self(error.to_string()),
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Cause {}
