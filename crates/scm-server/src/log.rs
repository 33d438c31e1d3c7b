//! The log: filter, format and destination.

mod json;
mod timestamp;

use std::io::{self, IsTerminal};

use tracing_subscriber::{EnvFilter, filter::ParseError};

use self::{json::Json, timestamp::Timestamp};
use crate::config::LogFormat;

/// Why a filter cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("invalid --log: {0}")]
pub struct LogError(String);

/// Sends the log of this process to standard error.
///
/// # Errors
/// If the filter is invalid.
pub fn init(filter: &str, format: LogFormat) -> Result<(), LogError> {
    // As text: its source has the same message.
    let refused = |error: ParseError| LogError(error.to_string());
    let filter = EnvFilter::try_new(filter).map_err(refused)?;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_timer(Timestamp)
        // It would write to standard error, and panic if that is closed.
        .log_internal_errors(false);
    match format {
        LogFormat::Text => log.with_ansi(io::stderr().is_terminal()).with_target(false).init(),
        LogFormat::Json => log.fmt_fields(Json).event_format(Json).init(),
    }
    Ok(())
}
