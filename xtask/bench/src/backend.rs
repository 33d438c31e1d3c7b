//! The stores of the servers that are measured: each in a new file, or each in a new database of one
//! PostgreSQL that the bench starts.

use std::{fs, io, path::Path};

use scm_store::Location;
use scm_store_testing::test_postgres::{TestPostgres, query};

use crate::{Failed, process};

/// The kind of all stores.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum StoreKind {
    /// A file beside the server
    Embedded,
    /// A PostgreSQL that is started for the bench, and waits for the disk
    Postgres,
}

/// The backend of all stores.
#[derive(Debug)]
pub enum Backend {
    /// Files.
    Files,
    /// Databases.
    Databases(TestPostgres),
}

/// The site of one store.
#[derive(Debug, Clone)]
pub enum Site {
    /// The server's data folder.
    DataFolder,
    /// A new database.
    Database(String),
}

impl Backend {
    /// Starts PostgreSQL, if need be.
    pub fn new(kind: StoreKind) -> Self {
        match kind {
            StoreKind::Embedded => Self::Files,
            StoreKind::Postgres => Self::Databases(TestPostgres::start_durable()),
        }
    }

    /// A site for a new store.
    pub async fn site(&self) -> Site {
        match self {
            Self::Files => Site::DataFolder,
            Self::Databases(own) => Site::Database(own.new_database().await),
        }
    }

    /// Processor time of the database, µs; 0 without one.
    pub fn cpu(&self) -> Result<f64, Failed> {
        match self {
            Self::Files => Ok(0.0),
            Self::Databases(own) => Ok(process::cpu_of_all(own.pid())?.as_secs_f64() * 1e6),
        }
    }
}

impl Site {
    /// The server's flags.
    pub fn flags(&self) -> Vec<String> {
        match self {
            Self::DataFolder => Vec::new(),
            Self::Database(url) => vec![format!("--store={url}")],
        }
    }

    /// The size on the disk, bytes.
    pub async fn bytes(&self, data: &Path) -> Result<u64, Failed> {
        match self {
            Self::DataFolder => {
                let files = fs::read_dir(data)?;
                Ok(files.map(|file| Ok(file?.metadata()?.len())).sum::<io::Result<_>>()?)
            }
            Self::Database(url) => {
                let rows = query(url, "SELECT pg_database_size(current_database())").await;
                Ok(rows[0].get::<_, i64>(0).try_into()?)
            }
        }
    }

    /// The location, for opening the store in this process.
    pub fn location(&self, data: &Path) -> Result<Location, Failed> {
        match self {
            Self::DataFolder => Ok(Location::Sqlite(data.join("scm.db"))),
            Self::Database(url) => Ok(Location::Postgres(url.parse()?)),
        }
    }
}
