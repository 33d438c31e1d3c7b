//! A PostgreSQL database as the source or destination of a copy.

use std::{error::Error, sync::Arc};

use async_trait::async_trait;
use tokio_postgres::{
    Row as Found,
    types::{FromSql, IsNull, ToSql, Type, private::BytesMut, to_sql_checked},
};

use super::{
    connection::Connection,
    failure::Failure,
    pool::Pool,
    schema, search,
    transaction::{Isolation, perform},
    url::PostgresUrl,
    values::{column, read, written},
};
use crate::{
    copy::{Endpoint, Kind, Part, Position, Row, SOURCE, Value},
    error::StoreError,
};

/// A PostgreSQL database that is copied or copied to.
pub(crate) struct PostgresEndpoint {
    pool: Arc<Pool>,
}

/// A batch to be written, with the position before and after it.
struct Batch {
    part: &'static Part,
    before: Option<String>,
    reached: String,
    columns: Vec<Column>,
}

impl PostgresEndpoint {
    /// Opens the database and migrates its schema.
    pub(crate) async fn open(url: PostgresUrl) -> Result<Self, StoreError> {
        let pool = Arc::new(Pool::new(url.clone())?);
        schema::migrate(&pool, &url).await?;
        Ok(Self { pool })
    }

    async fn maybe(&self, sql: &'static str) -> Result<Option<String>, StoreError> {
        perform(&self.pool, Isolation::SingleStatement, sql, |on, sql| {
            Box::pin(async move {
                let row = on.row(sql, &[]).await?;
                row.map(|row| Ok(read(column(&row, 0)?))).transpose()
            })
        })
        .await
    }
}

#[async_trait]
impl Endpoint for PostgresEndpoint {
    async fn keyring(&self) -> Result<Option<String>, StoreError> {
        self.maybe("SELECT ring_id FROM store").await
    }

    async fn source(&self) -> Result<Option<String>, StoreError> {
        self.maybe(schema::COPY_OF).await
    }

    async fn begin(&self, keyring: &str, source: &str) -> Result<(), StoreError> {
        let given = (keyring.to_owned(), source.to_owned());
        perform(&self.pool, Isolation::ReadCommitted, given, |on, (keyring, source)| {
            Box::pin(async move {
                let sql = "INSERT INTO store (one, ring_id, opened) VALUES (1, $1, 0)";
                on.change(sql, &[keyring]).await?;
                let sql = "INSERT INTO moving (part, reached) VALUES ($1, $2)";
                on.change(sql, &[&SOURCE, &written(source)]).await?;
                Ok(())
            })
        })
        .await
    }

    async fn count(&self, part: &'static Part) -> Result<u64, StoreError> {
        perform(&self.pool, Isolation::SingleStatement, part, |on, part| {
            Box::pin(async move {
                let sql = format!("SELECT count(*) FROM {}", part.postgres.table());
                let count: i64 = column(&on.one(&sql, &[]).await?, 0)?;
                Ok(count.unsigned_abs())
            })
        })
        .await
    }

    async fn reached(&self, part: &'static Part) -> Result<Option<Position>, StoreError> {
        let text = perform(&self.pool, Isolation::SingleStatement, part, |on, part| {
            Box::pin(async move { reached(on, part).await })
        });
        text.await?.map(|text| Position::parse(&text)).transpose()
    }

    async fn rows(
        &self,
        part: &'static Part,
        after: Option<&Position>,
    ) -> Result<Vec<Row>, StoreError> {
        let given = (part, after.cloned());
        perform(&self.pool, Isolation::SingleStatement, given, |on, (part, after)| {
            Box::pin(rows(on, part, after.as_ref()))
        })
        .await
    }

    async fn write(
        &self,
        part: &'static Part,
        before: Option<&Position>,
        rows: Vec<Row>,
    ) -> Result<(), StoreError> {
        let Some(last) = rows.last() else { return Ok(()) };
        let (before, reached) = (before.map(ToString::to_string), last.position.to_string());
        let batch = Batch { part, before, reached, columns: columns(part, rows) };
        perform(&self.pool, Isolation::ReadCommitted, batch, |on, batch| Box::pin(write(on, batch)))
            .await
    }

    async fn complete(&self) -> Result<(), StoreError> {
        perform(&self.pool, Isolation::ReadCommitted, (), |on, ()| Box::pin(complete(on))).await
    }
}

async fn reached(on: &Connection, part: &Part) -> Result<Option<String>, Failure> {
    let row = on.row("SELECT reached FROM moving WHERE part = $1", &[&part.name]).await?;
    row.map(|row| column(&row, 0)).transpose()
}

async fn rows(on: &Connection, part: &Part, after: Option<&Position>) -> Result<Vec<Row>, Failure> {
    let position = after.map_or(&[][..], |position| &position.0);
    let numbers: Vec<_> = (1..=position.len()).map(|number| format!("${number}")).collect();
    let text = part.postgres.next(&numbers);
    let values: Vec<&(dyn ToSql + Sync)> =
        position.iter().map(|value| value as &(dyn ToSql + Sync)).collect();
    let width = part.postgres.key.len();
    let read_row = |row: &Found| {
        let position = (0..width).map(|at| value(row, at)).collect::<Result<_, _>>()?;
        let columns = width..width + part.columns.len();
        let values = columns.map(|at| value(row, at)).collect::<Result<_, _>>()?;
        Ok(Row { position: Position(position), values })
    };
    on.rows(&text, &values).await?.iter().map(read_row).collect()
}

/// Writes the rows and the new position in one transaction.
async fn write(on: &Connection, batch: &Batch) -> Result<(), Failure> {
    let Batch { part, before, reached, columns } = batch;
    let noted = match before {
        None => {
            let sql = "INSERT INTO moving (part, reached) VALUES ($1, $2) ON CONFLICT DO NOTHING";
            on.change(sql, &[&part.name, reached]).await?
        }
        Some(before) => {
            let sql = "UPDATE moving SET reached = $2 WHERE part = $1 AND reached = $3";
            on.change(sql, &[&part.name, reached, before]).await?
        }
    };
    if noted != 1 {
        return Err(StoreError::Conflict { what: SOURCE }.into());
    }
    let values: Vec<_> = columns.iter().map(|column| column as &(dyn ToSql + Sync)).collect();
    for sql in part.postgres.insert {
        on.change(&format!("{}\n{sql}", given_rows(part)), &values).await?;
    }
    Ok(())
}

/// The rows of a batch as a table named `given`.
fn given_rows(part: &Part) -> String {
    let folded = part.folded.map(|_| ("folded", Kind::Text));
    let all: Vec<_> = part.columns.iter().copied().chain(folded).collect();
    let arrays = all.iter().enumerate().map(|(at, (_, kind))| {
        let kind = match kind {
            Kind::Number => "BIGINT",
            Kind::Text => "TEXT",
            Kind::Bytes => "BYTEA",
        };
        format!("CAST(${} AS {kind}[])", at + 1)
    });
    let arrays = arrays.collect::<Vec<_>>().join(", ");
    let names = all.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    format!("WITH given AS (SELECT * FROM unnest({arrays}) AS each ({names}))")
}

/// Numbers new events after those that were copied.
async fn complete(on: &Connection) -> Result<(), Failure> {
    let sql = "UPDATE store SET opened =
                   (SELECT COALESCE(max(id), 0) FROM audit_event) / 4294967296 WHERE one = 1";
    on.change(sql, &[]).await?;
    on.change("DELETE FROM moving", &[]).await?;
    Ok(())
}

/// The values of one column.
#[derive(Debug)]
struct Column(Vec<Value>);

fn columns(part: &Part, rows: Vec<Row>) -> Vec<Column> {
    let mut columns: Vec<_> =
        part.columns.iter().map(|_| Column(Vec::with_capacity(rows.len()))).collect();
    let folded = part.folded.map(|at| Column(rows.iter().map(|row| folded(row, at)).collect()));
    for row in rows {
        for (column, value) in columns.iter_mut().zip(row.values) {
            column.0.push(value);
        }
    }
    columns.extend(folded);
    columns
}

fn folded(row: &Row, at: [usize; 3]) -> Value {
    let [name, domain, sans] = at.map(|at| row.values[at].text().unwrap_or_default());
    let sans: Vec<_> = sans.lines().map(str::to_owned).collect();
    Value::Text(search::folded(name, domain, &sans))
}

fn value(row: &Found, at: usize) -> Result<Value, Failure> {
    let kind = row.columns()[at].type_().clone();
    Ok(match kind {
        Type::INT8 => one(row, at, Value::Number)?,
        Type::BYTEA => one(row, at, Value::Bytes)?,
        _ => one(row, at, |text| Value::Text(read(text)))?,
    })
}

fn one<'a, T: FromSql<'a>>(
    row: &'a Found,
    at: usize,
    make: impl FnOnce(T) -> Value,
) -> Result<Value, Failure> {
    Ok(column::<Option<T>>(row, at)?.map_or(Value::Nothing, make))
}

type Sent = Result<IsNull, Box<dyn Error + Sync + Send>>;

impl ToSql for Value {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Sent {
        match self {
            Self::Nothing => Ok(IsNull::Yes),
            Self::Number(number) => number.to_sql(kind, out),
            Self::Text(text) => written(text).as_ref().to_sql(kind, out),
            Self::Bytes(bytes) => bytes.to_sql(kind, out),
        }
    }

    fn accepts(kind: &Type) -> bool {
        [Type::INT8, Type::TEXT, Type::BYTEA].contains(kind)
    }

    to_sql_checked!();
}

impl ToSql for Column {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Sent {
        self.0.to_sql(kind, out)
    }

    fn accepts(kind: &Type) -> bool {
        <Vec<Value> as ToSql>::accepts(kind)
    }

    to_sql_checked!();
}
