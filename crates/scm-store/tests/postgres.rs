//! The PostgreSQL backend: the rules of every backend, and those of a database that several servers use.

#![expect(clippy::unwrap_used, reason = "these are tests")]

/// In the name of each of these tests, so that they can be left out where there is no PostgreSQL.
mod postgres {
    mod copy;
    mod faults;
    mod opening;
    mod rules;
    mod servers;
    mod standby;

    use scm_seal::KeyringId;
    use scm_store::{Location, Store, StoreError, open};
    use scm_store_testing::test_postgres::{TestPostgres, query};

    /// A store in a database of its own, and where that is.
    async fn new_store() -> (Store, String) {
        let url = TestPostgres::shared().new_database().await;
        (open_at(&url).await.unwrap(), url)
    }

    async fn open_at(url: &str) -> Result<Store, StoreError> {
        open(Location::Postgres(url.parse().unwrap()), keyring()).await
    }

    fn keyring() -> KeyringId {
        "0123456789abcdef0123456789abcdef".parse().unwrap()
    }

    async fn number(url: &str, sql: &str) -> i64 {
        query(url, sql).await[0].get(0)
    }
}
