//! How times, ids and roles stand in a column.

use rusqlite::{
    ToSql,
    types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, ValueRef},
};
use time::OffsetDateTime;

use crate::{
    identities::{PasswordHash, Role, TokenHash},
    ids::CertificateId,
    names::{AccessKeyId, DomainId, EnterpriseProject, ProjectId, UserId},
};

/// A moment, as milliseconds since 1970-01-01 UTC; what is finer is cut off.
pub(super) struct Millis(pub(super) OffsetDateTime);

impl Millis {
    /// The number in the column.
    pub(super) fn number(&self) -> i64 {
        self.0.unix_timestamp() * 1000 + i64::from(self.0.millisecond())
    }
}

impl ToSql for Millis {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.number().into())
    }
}

/// The first whole millisecond that is not before `time`: a kept time lies before it if, and only
/// if, it lies before `time`.
pub(super) fn first_millis_from(time: OffsetDateTime) -> i64 {
    let millis = Millis(time).number();
    if time.nanosecond().is_multiple_of(1_000_000) { millis } else { millis + 1 }
}

impl FromSql for Millis {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let millis = value.as_i64()?;
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(millis) * 1_000_000)
            .map(Self)
            .map_err(|_| FromSqlError::OutOfRange(millis))
    }
}

impl ToSql for CertificateId {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let number = i64::try_from(self.number()).expect("13 digits fit");
        Ok(number.into())
    }
}

impl FromSql for CertificateId {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let number = value.as_i64()?;
        u64::try_from(number)
            .ok()
            .and_then(Self::from_number)
            .ok_or(FromSqlError::OutOfRange(number))
    }
}

impl ToSql for Role {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let text = match self {
            Self::Administrator => "administrator",
            Self::FullAccess => "full_access",
            Self::ReadOnly => "read_only",
        };
        Ok(text.into())
    }
}

impl FromSql for Role {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        match value.as_str()? {
            "administrator" => Ok(Self::Administrator),
            "full_access" => Ok(Self::FullAccess),
            "read_only" => Ok(Self::ReadOnly),
            other => Err(FromSqlError::Other(format!("no role is called {other}").into())),
        }
    }
}

impl ToSql for TokenHash {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.0.as_slice().into())
    }
}

macro_rules! text_column {
    ($($name:ty),+) => {$(
        impl FromSql for $name {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                value.as_str().map(Self::new)
            }
        }
    )+};
}

text_column!(AccessKeyId, DomainId, EnterpriseProject, PasswordHash, ProjectId, UserId);

macro_rules! text_parameter {
    ($($name:ty),+) => {$(
        impl ToSql for $name {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                Ok(self.as_str().into())
            }
        }
    )+};
}

text_parameter!(AccessKeyId, DomainId, EnterpriseProject, ProjectId, UserId);
