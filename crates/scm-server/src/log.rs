//! Where the log goes, and in which form.

mod json;
mod timestamp;

use std::io::{self, IsTerminal};

use tracing_subscriber::{EnvFilter, filter::ParseError};

use self::{json::Json, timestamp::Timestamp};
use crate::config::LogFormat;

/// Sends the log of this process to standard error.
///
/// # Errors
/// If the filter is none.
pub fn init(filter: &str, format: LogFormat) -> Result<(), ParseError> {
    let filter = EnvFilter::try_new(filter)?;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_timer(Timestamp)
        // It would tell a closed standard error so, and panic.
        .log_internal_errors(false);
    match format {
        LogFormat::Text => log.with_ansi(io::stderr().is_terminal()).with_target(false).init(),
        LogFormat::Json => log.fmt_fields(Json).event_format(Json).init(),
    }
    Ok(())
}
