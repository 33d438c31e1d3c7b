//! Where the servers that are measured keep what they keep: each in a new file, or each in a new
//! database of one PostgreSQL of the bench's own.

use std::{fs, io, path::Path};

use scm_store::Location;
use scm_store_testing::test_postgres::{TestPostgres, query};

use crate::{Failed, process};

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Kept {
    /// A file beside the server
    Embedded,
    /// A PostgreSQL that is started for the bench, and waits for the disk
    Postgres,
}

/// The place for all stores.
#[derive(Debug)]
pub enum Place {
    /// Files.
    Files,
    /// Databases.
    Databases(TestPostgres),
}

/// The place for one store.
#[derive(Debug, Clone)]
pub enum Spot {
    /// The server's data folder.
    DataFolder,
    /// A database of its own.
    Database(String),
}

impl Place {
    /// Makes it ready.
    pub fn new(kept: Kept) -> Self {
        match kept {
            Kept::Embedded => Self::Files,
            Kept::Postgres => Self::Databases(TestPostgres::start_durable()),
        }
    }

    /// A place for a new store.
    pub async fn spot(&self) -> Spot {
        match self {
            Self::Files => Spot::DataFolder,
            Self::Databases(own) => Spot::Database(own.new_database().await),
        }
    }

    /// What the database has used of processors, µs; nothing where there is none.
    pub fn cpu(&self) -> Result<f64, Failed> {
        match self {
            Self::Files => Ok(0.0),
            Self::Databases(own) => Ok(process::cpu_of_all(own.pid())?.as_secs_f64() * 1e6),
        }
    }
}

impl Spot {
    /// What the server is told.
    pub fn flags(&self) -> Vec<String> {
        match self {
            Self::DataFolder => Vec::new(),
            Self::Database(url) => vec![format!("--store={url}")],
        }
    }

    /// How much of the disk it takes.
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

    /// The store, from within.
    pub fn home(&self, data: &Path) -> Result<Location, Failed> {
        match self {
            Self::DataFolder => Ok(Location::Sqlite(data.join("scm.db"))),
            Self::Database(url) => Ok(Location::Postgres(url.parse()?)),
        }
    }
}
