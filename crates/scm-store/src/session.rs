//! Statements that every backend understands, and the values that go in and come out.
//!
//! What is not on the path of imports and lists is written once, as functions of a [`Session`].
//! Their SQL uses only what SQLite and PostgreSQL share: `ON CONFLICT`, `RETURNING`, plain joins,
//! numbers, texts and bytes. Parameters are `?1`, `?2` and so on. Truths are 0 and 1. PostgreSQL
//! orders texts by the rules of its database, so rows are sorted here.

mod column;
mod value;

pub(crate) use self::{
    column::{Column, Columns, Row},
    value::Value,
};
use crate::{error::StoreError, names::ProjectId, subject::Resource};

/// Makes a record of a row.
pub(crate) type Read<T> = fn(&Row<'_>) -> Result<T, StoreError>;

/// A connection to a database, with the transaction that is open on it.
pub(crate) trait Session {
    /// Why a statement failed, and whether it may be run again.
    type Failure: From<StoreError>;

    /// Runs a statement that returns no rows, and returns how many rows it changed.
    async fn execute(&self, sql: &str, values: &[Value<'_>]) -> Result<u64, Self::Failure>;

    /// Inserts a row. If there is one of the same key, that is a [`StoreError::Conflict`] with
    /// another `what`.
    async fn insert(
        &self,
        what: &'static str,
        sql: &str,
        values: &[Value<'_>],
    ) -> Result<(), Self::Failure>;

    /// The first row of a query, or of a statement with `RETURNING`, if it has one.
    async fn optional<T>(
        &self,
        sql: &str,
        values: &[Value<'_>],
        read: Read<T>,
    ) -> Result<Option<T>, Self::Failure>;

    /// All rows of a query.
    async fn all<T>(
        &self,
        sql: &str,
        values: &[Value<'_>],
        read: Read<T>,
    ) -> Result<Vec<T>, Self::Failure>;

    /// The number that stands for a project in rows, drawn now if there is none.
    async fn project_row(&self, project: &ProjectId) -> Result<i64, Self::Failure>;

    /// The first row; if there is none, a `what` is [missing](StoreError::Missing).
    async fn find<T>(
        &self,
        what: Resource,
        sql: &str,
        values: &[Value<'_>],
        read: Read<T>,
    ) -> Result<T, Self::Failure> {
        let found = self.optional(sql, values, read).await?;
        found.ok_or_else(|| StoreError::missing(what).into())
    }

    /// As [`find`](Self::find), if only the existence of the row matters.
    async fn require(
        &self,
        what: Resource,
        sql: &str,
        values: &[Value<'_>],
    ) -> Result<(), Self::Failure> {
        self.find(what, sql, values, |_| Ok(())).await
    }

    /// Updates or deletes rows; if there are none, a `what` is [missing](StoreError::Missing).
    async fn change(
        &self,
        what: Resource,
        sql: &str,
        values: &[Value<'_>],
    ) -> Result<(), Self::Failure> {
        match self.execute(sql, values).await? {
            0 => Err(StoreError::missing(what).into()),
            _ => Ok(()),
        }
    }
}
