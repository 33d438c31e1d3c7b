//! `scm-server migrate`: the store's schema.

use scm_store::StoreError;
use serde::Serialize;

use super::{directory::place_of, error::AdminError, output::Report};
use crate::config::Config;

/// What there is now, for programs.
#[derive(Serialize)]
struct Schema {
    schema: i64,
}

/// Brings it up to date. A database need not hold a store yet; a folder must.
pub async fn migrate(config: &Config) -> Result<Report, AdminError> {
    let location = config.location()?;
    let place = place_of(&location);
    let schema = scm_store::migrate(location).await.map_err(|error| match error {
        StoreError::Missing { .. } => AdminError::NoStore { place },
        other => other.into(),
    })?;
    let text = format!("the store has schema {schema}, which is that of this release\n");
    Ok(Report::new(&Schema { schema }, text))
}
