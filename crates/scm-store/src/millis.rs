//! Times as every backend stores them: whole milliseconds since 1970-01-01 UTC.

use time::OffsetDateTime;

/// The number of a moment; what is finer is cut off.
pub(crate) fn millis(time: OffsetDateTime) -> i64 {
    time.unix_timestamp() * 1000 + i64::from(time.millisecond())
}

/// The first whole millisecond that is not before `time`: a stored time lies before it if, and only
/// if, it lies before `time`.
pub(crate) fn first_millis_from(time: OffsetDateTime) -> i64 {
    let millis = millis(time);
    if time.nanosecond().is_multiple_of(1_000_000) { millis } else { millis + 1 }
}

/// The moment of a number, if it is one.
pub(crate) fn moment(millis: i64) -> Option<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(millis) * 1_000_000).ok()
}
