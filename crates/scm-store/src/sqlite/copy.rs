//! A SQLite file as the source or destination of a copy.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use rusqlite::{
    Connection, OptionalExtension, Row as Found, ToSql, Transaction, TransactionBehavior, params,
    params_from_iter,
    types::{ToSqlOutput, ValueRef},
};

use super::{failure::Failure, schema};
use crate::{
    copy::{Endpoint, Part, Position, Row, SOURCE, Value},
    error::StoreError,
    subject::Resource,
};

/// A SQLite file that is copied or copied to.
pub(crate) struct SqliteEndpoint(Arc<Mutex<Connection>>);

impl SqliteEndpoint {
    /// Opens the file; creates it if `create` is set.
    pub(crate) async fn open(file: PathBuf, create: bool) -> Result<Self, StoreError> {
        let opened = tokio::task::spawn_blocking(move || match create || file.exists() {
            true => schema::open_for_copy(&file, create),
            false => Err(StoreError::missing(Resource::Store)),
        });
        Ok(Self(Arc::new(Mutex::new(opened.await.map_err(StoreError::unavailable)??))))
    }

    async fn with<T, F>(&self, run: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> Result<T, Failure> + Send + 'static,
    {
        let connection = Arc::clone(&self.0);
        let done = tokio::task::spawn_blocking(move || {
            run(&mut connection.lock().unwrap_or_else(PoisonError::into_inner))
        });
        done.await.map_err(StoreError::unavailable)?.map_err(Failure::into_inner)
    }
}

#[async_trait]
impl Endpoint for SqliteEndpoint {
    async fn keyring(&self) -> Result<Option<String>, StoreError> {
        self.with(|on| {
            Ok(on.query_row("SELECT ring_id FROM store", [], |row| row.get(0)).optional()?)
        })
        .await
    }

    async fn source(&self) -> Result<Option<String>, StoreError> {
        self.with(|on| schema::source(on)).await
    }

    async fn begin(&self, keyring: &str, source: &str) -> Result<(), StoreError> {
        let (keyring, source) = (keyring.to_owned(), source.to_owned());
        self.with(move |on| {
            let change = on.transaction_with_behavior(TransactionBehavior::Immediate)?;
            change.execute("INSERT INTO store (one, ring_id) VALUES (1, ?1)", [keyring])?;
            let note = "INSERT INTO moving (part, reached) VALUES (?1, ?2)";
            change.execute(note, params![SOURCE, source])?;
            Ok(change.commit()?)
        })
        .await
    }

    async fn count(&self, part: &'static Part) -> Result<u64, StoreError> {
        let sql = format!("SELECT count(*) FROM {}", part.sqlite.table());
        self.with(move |on| Ok(on.query_row(&sql, [], |row| row.get(0))?)).await
    }

    async fn reached(&self, part: &'static Part) -> Result<Option<Position>, StoreError> {
        self.with(|on| reached(on, part)?.map(|text| Ok(Position::parse(&text)?)).transpose()).await
    }

    async fn rows(
        &self,
        part: &'static Part,
        after: Option<&Position>,
    ) -> Result<Vec<Row>, StoreError> {
        let after = after.cloned();
        self.with(move |on| rows(on, part, after.as_ref())).await
    }

    async fn write(
        &self,
        part: &'static Part,
        before: Option<&Position>,
        rows: Vec<Row>,
    ) -> Result<(), StoreError> {
        let before = before.map(ToString::to_string);
        self.with(move |on| {
            let change = on.transaction_with_behavior(TransactionBehavior::Immediate)?;
            if reached(&change, part)? != before {
                return Err(StoreError::Conflict { what: SOURCE }.into());
            }
            for row in &rows {
                insert(&change, part, &row.values)?;
            }
            if let Some(last) = rows.last() {
                let note = "INSERT OR REPLACE INTO moving (part, reached) VALUES (?1, ?2)";
                change.execute(note, params![part.name, last.position.to_string()])?;
            }
            Ok(change.commit()?)
        })
        .await
    }

    async fn complete(&self) -> Result<(), StoreError> {
        self.with(|on| Ok(on.execute("DELETE FROM moving", []).map(drop)?)).await
    }
}

fn reached(on: &Connection, part: &Part) -> Result<Option<String>, Failure> {
    let mut statement = on.prepare_cached("SELECT reached FROM moving WHERE part = ?1")?;
    Ok(statement.query_row([part.name], |row| row.get(0)).optional()?)
}

fn rows(on: &Connection, part: &Part, after: Option<&Position>) -> Result<Vec<Row>, Failure> {
    let position = after.map_or(&[][..], |position| &position.0);
    let sql = part.sqlite.next(&vec!["?".to_owned(); position.len()]);
    let mut statement = on.prepare_cached(&sql)?;
    let width = part.sqlite.key.len();
    let read = |row: &Found<'_>| {
        let position = (0..width).map(|at| value(row, at)).collect::<Result<_, _>>()?;
        let columns = width..width + part.columns.len();
        let values = columns.map(|at| value(row, at)).collect::<Result<_, _>>()?;
        Ok(Row { position: Position(position), values })
    };
    let found = statement.query_map(params_from_iter(position), read)?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

/// Each statement takes the columns that it names.
fn insert(change: &Transaction<'_>, part: &Part, values: &[Value]) -> Result<(), Failure> {
    for sql in part.sqlite.insert {
        let mut statement = change.prepare_cached(sql)?;
        for ((name, _), value) in part.columns.iter().zip(values) {
            if let Some(at) = statement.parameter_index(&format!(":{name}"))? {
                statement.raw_bind_parameter(at, value)?;
            }
        }
        if statement.raw_execute()? != 1 {
            let what = format!("a row that one of the {} refers to is missing", part.name);
            return Err(StoreError::corrupt(what).into());
        }
    }
    Ok(())
}

fn value(row: &Found<'_>, at: usize) -> rusqlite::Result<Value> {
    Ok(match row.get_ref(at)? {
        ValueRef::Integer(number) => Value::Number(number),
        ValueRef::Blob(bytes) => Value::Bytes(bytes.to_vec()),
        ValueRef::Null => Value::Nothing,
        other => Value::Text(other.as_str()?.to_owned()),
    })
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Nothing => ValueRef::Null,
            Self::Number(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}
