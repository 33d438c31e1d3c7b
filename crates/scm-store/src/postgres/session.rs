//! PostgreSQL for statements that every backend understands.

use std::error::Error;

use tokio_postgres::{
    Row,
    types::{FromSql, IsNull, ToSql, Type, private::BytesMut, to_sql_checked},
};

use super::{
    connection::Connection,
    failure::{Failure, conflict},
    project_rows,
    values::{column, read, written},
};
use crate::{
    error::StoreError,
    names::ProjectId,
    session::{Columns, Read, Session, Value},
};

impl Session for Connection {
    type Failure = Failure;

    async fn execute(&self, sql: &str, values: &[Value<'_>]) -> Result<u64, Failure> {
        Ok(self.change(sql, &parameters(values)).await?)
    }

    async fn insert(
        &self,
        what: &'static str,
        sql: &str,
        values: &[Value<'_>],
    ) -> Result<(), Failure> {
        self.change(sql, &parameters(values)).await.map_err(conflict(what))?;
        Ok(())
    }

    async fn optional<T>(
        &self,
        sql: &str,
        values: &[Value<'_>],
        read: Read<T>,
    ) -> Result<Option<T>, Failure> {
        let row = self.row(sql, &parameters(values)).await?;
        Ok(row.map(|row| read(&row)).transpose()?)
    }

    async fn all<T>(
        &self,
        sql: &str,
        values: &[Value<'_>],
        read: Read<T>,
    ) -> Result<Vec<T>, Failure> {
        let rows = self.rows(sql, &parameters(values)).await?;
        Ok(rows.iter().map(|row| read(row)).collect::<Result<_, _>>()?)
    }

    async fn project_row(&self, project: &ProjectId) -> Result<i64, Failure> {
        project_rows::of(self, project).await
    }
}

fn parameters<'a>(values: &'a [Value<'a>]) -> Vec<&'a (dyn ToSql + Sync)> {
    values.iter().map(|value| value as _).collect()
}

impl ToSql for Value<'_> {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Number(number) => number.to_sql_checked(kind, out),
            Self::Text(text) => written(text).to_sql_checked(kind, out),
            Self::Bytes(bytes) => bytes.to_sql_checked(kind, out),
        }
    }

    fn accepts(kind: &Type) -> bool {
        [Type::INT8, Type::TEXT, Type::BYTEA].contains(kind)
    }

    to_sql_checked!();
}

impl Columns for Row {
    fn number(&self, at: usize) -> Result<Option<i64>, StoreError> {
        nullable(self, at)
    }

    fn text(&self, at: usize) -> Result<Option<String>, StoreError> {
        Ok(nullable(self, at)?.map(read))
    }

    fn bytes(&self, at: usize) -> Result<Option<Vec<u8>>, StoreError> {
        nullable(self, at)
    }
}

fn nullable<'a, T: FromSql<'a>>(row: &'a Row, at: usize) -> Result<Option<T>, StoreError> {
    column(row, at).map_err(Failure::into_inner)
}
