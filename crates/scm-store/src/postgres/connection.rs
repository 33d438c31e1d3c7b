//! One connection, with statements that are prepared once.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use tokio_postgres::{
    Client, Error, Row, Socket, Statement,
    tls::{MakeTlsConnect, NoTls, TlsConnect},
    types::ToSql,
};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::{
    failure::{Cause, Failure},
    url::PostgresUrl,
};
use crate::{error::StoreError, subject::Resource};

/// How many statements stay prepared; there are fewer forms of lists than that.
const PREPARED: usize = 256;

/// Values for the parameters of a statement.
pub(super) type Values<'a> = &'a [&'a (dyn ToSql + Sync)];

/// A connection to a database that takes writing.
pub(crate) struct Connection {
    client: Client,
    prepared: Mutex<HashMap<String, Statement>>,
}

impl Connection {
    /// Connects to the first host that takes writing.
    pub(super) async fn open(
        url: &PostgresUrl,
        tls: Option<&MakeRustlsConnect>,
    ) -> Result<Self, Failure> {
        let client = match tls {
            Some(tls) => connect(url, tls.clone()).await,
            None => connect(url, NoTls).await,
        };
        let client = client.map_err(|error| Failure::Away(Failure::from(error).into_inner()))?;
        Ok(Self { client, prepared: Mutex::default() })
    }

    /// Whether it is known to be gone.
    pub(super) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Runs statements without parameters, one after the other.
    pub(super) async fn run(&self, sql: &str) -> Result<(), Error> {
        self.client.batch_execute(sql).await
    }

    /// All rows of an answer.
    pub(super) async fn rows(&self, sql: &str, values: Values<'_>) -> Result<Vec<Row>, Error> {
        self.client.query(&self.statement(sql).await?, values).await
    }

    /// The row of an answer that has one at most.
    pub(super) async fn row(&self, sql: &str, values: Values<'_>) -> Result<Option<Row>, Error> {
        self.client.query_opt(&self.statement(sql).await?, values).await
    }

    /// The row of a `what`, which may not exist.
    pub(super) async fn found(
        &self,
        what: Resource,
        sql: &str,
        values: Values<'_>,
    ) -> Result<Row, Failure> {
        Ok(self.row(sql, values).await?.ok_or(StoreError::missing(what))?)
    }

    /// The row that an undamaged store has.
    pub(super) async fn one(&self, sql: &str, values: Values<'_>) -> Result<Row, Failure> {
        let none = || StoreError::corrupt("a row that every store has does not exist");
        Ok(self.row(sql, values).await?.ok_or_else(none)?)
    }

    /// Changes rows, and returns how many.
    pub(super) async fn change(&self, sql: &str, values: Values<'_>) -> Result<u64, Error> {
        self.client.execute(&self.statement(sql).await?, values).await
    }

    async fn statement(&self, sql: &str) -> Result<Statement, Error> {
        if let Some(statement) = self.prepared().get(sql) {
            return Ok(statement.clone());
        }
        // Statements for every backend have `?1` where PostgreSQL has `$1`.
        let statement = self.client.prepare(&sql.replace('?', "$")).await?;
        let mut prepared = self.prepared();
        if prepared.len() == PREPARED {
            prepared.clear();
        }
        prepared.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    fn prepared(&self) -> std::sync::MutexGuard<'_, HashMap<String, Statement>> {
        self.prepared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Connects, and starts what drives the connection; that ends with the client.
async fn connect<T>(url: &PostgresUrl, tls: T) -> Result<Client, Error>
where
    T: MakeTlsConnect<Socket>,
    T::Stream: Send + 'static,
    T::TlsConnect: Send,
    <T::TlsConnect as TlsConnect<Socket>>::Future: Send,
{
    let (client, driver) = url.config().connect(tls).await?;
    tokio::spawn(async move {
        if let Err(error) = driver.await {
            tracing::debug!(error = %Cause::of(&error), "a connection to the database has ended");
        }
    });
    Ok(client)
}
