//! Settings of the store: a file in the data folder, or a PostgreSQL database.

use std::{convert::Infallible, fmt, path::Path, str::FromStr};

use scm_store::{Location, NotAPostgresUrl};
use serde::Deserialize;

use crate::data_dir::STORE;

/// The word for the file in the data folder.
const EMBEDDED: &str = "embedded";

/// The store, as it was written. A URL may hold a password, so it is parsed where an error can be
/// reported without showing it.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct StoreSetting(String);

impl StoreSetting {
    /// The location of the store, for a server with this data folder.
    ///
    /// # Errors
    /// If it is neither `embedded` nor the URL of a PostgreSQL.
    pub fn location(&self, data_dir: &Path) -> Result<Location, NotAPostgresUrl> {
        match &*self.0 {
            EMBEDDED => Ok(Location::Sqlite(data_dir.join(STORE))),
            url => Ok(Location::Postgres(url.parse()?)),
        }
    }
}

impl FromStr for StoreSetting {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Debug for StoreSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0 == EMBEDDED { EMBEDDED } else { "…" })
    }
}

/// A folder, or the URL of a PostgreSQL, which may hold a password and so is not shown.
#[derive(Clone)]
pub struct LocationSetting(String);

impl LocationSetting {
    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for LocationSetting {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Debug for LocationSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn location(text: &str) -> Result<Location, NotAPostgresUrl> {
        text.parse::<StoreSetting>().unwrap().location(Path::new("/data"))
    }

    #[test]
    fn a_store_is_a_file_or_a_database() {
        assert_eq!(location("embedded").unwrap(), Location::Sqlite("/data/scm.db".into()));
        assert!(matches!(location("postgres://db.example/scm"), Ok(Location::Postgres(_))));
        assert!(location("sqlite").is_err());
    }

    #[test]
    fn no_password_is_shown() {
        let url = "postgres://scm:hunter2@db.example/scm";
        let setting: StoreSetting = url.parse().unwrap();
        assert!(!format!("{setting:?} {:?}", setting.location(Path::new("."))).contains("hunter2"));
        let setting: LocationSetting = url.parse().unwrap();
        assert!(!format!("{setting:?}").contains("hunter2"));
        let wrong = location("postgres://scm:hunter2@db.example/scm?sslmode=prefer").unwrap_err();
        assert!(!format!("{wrong:?} {wrong}").contains("hunter2"));
    }
}
