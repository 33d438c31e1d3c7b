//! Times as they stand on the wire: `2027-05-27 16:46:25.0`, UTC.

use time::{OffsetDateTime, PrimitiveDateTime, macros::format_description};

/// Reads one; nothing if it is none, as that of a certificate that was never issued.
pub(crate) fn read(time: &str) -> Option<OffsetDateTime> {
    let shape = format_description!("[year]-[month]-[day] [hour]:[minute]:[second].[subsecond]");
    PrimitiveDateTime::parse(time, shape).ok().map(PrimitiveDateTime::assume_utc)
}
