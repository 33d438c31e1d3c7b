//! Rows without meaning: the upper limit of what a database can do.

use tokio_postgres::{Client, NoTls};

/// A table of bytes under numbers, and a connection to it.
#[derive(Debug)]
pub struct BareTable(Client);

impl BareTable {
    /// Creates the table in an empty database. Like the bytes of certificates, its bytes are not
    /// compressed.
    pub async fn open(url: &str) -> Self {
        let (client, driver) = tokio_postgres::connect(url, NoTls).await.unwrap();
        tokio::spawn(driver);
        let table = "CREATE TABLE bare (id BIGINT PRIMARY KEY, bytes BYTEA NOT NULL);
                     ALTER TABLE bare ALTER COLUMN bytes SET STORAGE EXTERNAL;
                     ALTER TABLE bare SET (toast_tuple_target = 8160)";
        client.batch_execute(table).await.unwrap();
        Self(client)
    }

    /// Inserts `count` rows of `bytes` bytes by one statement, numbered from `first` on.
    pub async fn insert(&self, first: i64, count: usize, bytes: usize) {
        let ids: Vec<_> = (first..).take(count).collect();
        let row: Vec<_> = (0..bytes).map(|at| (at as u8).wrapping_mul(167)).collect();
        let rows = vec![&row[..]; count];
        let sql =
            "INSERT INTO bare SELECT * FROM unnest(CAST($1 AS BIGINT[]), CAST($2 AS BYTEA[]))";
        let types =
            &[tokio_postgres::types::Type::INT8_ARRAY, tokio_postgres::types::Type::BYTEA_ARRAY];
        let statement = self.0.prepare_typed(sql, types).await.unwrap();
        let inserted = self.0.execute(&statement, &[&ids, &rows]).await.unwrap();
        assert_eq!(inserted, count as u64);
    }
}
