//! SQLite for statements that every backend understands.

use std::{
    pin::pin,
    task::{Context, Poll, Waker},
};

use rusqlite::{
    Connection, Row, ToSql, params_from_iter,
    types::{FromSql, ToSqlOutput, ValueRef},
};

use super::{
    failure::{Failure, conflict},
    project_rows::ProjectRow,
};
use crate::{
    error::StoreError,
    names::ProjectId,
    session::{Columns, Read, Session, Value},
};

/// The outcome of statements on a connection to SQLite, which answers before it returns.
pub(crate) fn ready<T>(statements: impl Future<Output = T>) -> T {
    match pin!(statements).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(outcome) => outcome,
        Poll::Pending => unreachable!("nothing in a session of SQLite waits"),
    }
}

impl Session for Connection {
    type Failure = Failure;

    async fn execute(&self, sql: &str, values: &[Value<'_>]) -> Result<u64, Failure> {
        Ok(self.prepare_cached(sql)?.execute(params_from_iter(values))? as u64)
    }

    async fn insert(
        &self,
        what: &'static str,
        sql: &str,
        values: &[Value<'_>],
    ) -> Result<(), Failure> {
        self.prepare_cached(sql)?.execute(params_from_iter(values)).map_err(conflict(what))?;
        Ok(())
    }

    async fn optional<T>(
        &self,
        sql: &str,
        values: &[Value<'_>],
        read: Read<T>,
    ) -> Result<Option<T>, Failure> {
        let mut statement = self.prepare_cached(sql)?;
        let mut rows = statement.query(params_from_iter(values))?;
        Ok(rows.next()?.map(|row| read(row)).transpose()?)
    }

    async fn all<T>(
        &self,
        sql: &str,
        values: &[Value<'_>],
        read: Read<T>,
    ) -> Result<Vec<T>, Failure> {
        let mut statement = self.prepare_cached(sql)?;
        let mut rows = statement.query(params_from_iter(values))?;
        let mut records = Vec::new();
        while let Some(row) = rows.next()? {
            records.push(read(row)?);
        }
        Ok(records)
    }

    async fn project_row(&self, project: &ProjectId) -> Result<i64, Failure> {
        Ok(ProjectRow::of(self, project)?.0)
    }
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match *self {
            Self::Null => ValueRef::Null,
            Self::Number(number) => ValueRef::Integer(number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

impl Columns for Row<'_> {
    fn number(&self, at: usize) -> Result<Option<i64>, StoreError> {
        column(self, at)
    }

    fn text(&self, at: usize) -> Result<Option<String>, StoreError> {
        column(self, at)
    }

    fn bytes(&self, at: usize) -> Result<Option<Vec<u8>>, StoreError> {
        column(self, at)
    }
}

fn column<T: FromSql>(row: &Row<'_>, at: usize) -> Result<Option<T>, StoreError> {
    row.get(at).map_err(|error| Failure::from(error).into_inner())
}
