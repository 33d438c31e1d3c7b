//! Times in the format of the API: `2027-05-27 16:46:25.0`, UTC.

use time::{OffsetDateTime, PrimitiveDateTime, macros::format_description};

/// Parses a time. `None` if it is not one, for example of a certificate that is not issued.
pub(crate) fn read(time: &str) -> Option<OffsetDateTime> {
    let shape = format_description!("[year]-[month]-[day] [hour]:[minute]:[second].[subsecond]");
    PrimitiveDateTime::parse(time, shape).ok().map(PrimitiveDateTime::assume_utc)
}
