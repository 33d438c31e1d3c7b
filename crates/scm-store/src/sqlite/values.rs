//! How times, ids and roles stand in a column.

use rusqlite::{
    ToSql,
    types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, ValueRef},
};
use time::OffsetDateTime;

use crate::{
    identities::{PasswordHash, Role, TokenHash},
    ids::CertificateId,
    millis::{millis, moment},
    names::{AccessKeyId, DomainId, EnterpriseProject, ProjectId, UserId},
};

/// A moment, as milliseconds since 1970-01-01 UTC; what is finer is cut off.
#[derive(Debug, Clone, Copy)]
pub(super) struct Millis(pub(super) OffsetDateTime);

impl Millis {
    /// The number in the column.
    pub(super) fn number(&self) -> i64 {
        millis(self.0)
    }
}

impl ToSql for Millis {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.number().into())
    }
}

impl FromSql for Millis {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let millis = value.as_i64()?;
        moment(millis).map(Self).ok_or(FromSqlError::OutOfRange(millis))
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
        Ok(self.as_str().into())
    }
}

impl FromSql for Role {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let text = value.as_str()?;
        Self::called(text)
            .ok_or_else(|| FromSqlError::Other(format!("no role is called {text}").into()))
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
