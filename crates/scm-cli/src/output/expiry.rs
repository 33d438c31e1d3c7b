//! The time until the end of validity, colored by urgency.

use time::{Duration, OffsetDateTime};

use super::{
    plain::remaining,
    style::{Look, bad, good, warning},
};

/// Urgent: too late to repeat a failed renewal.
const URGENT: Duration = Duration::days(7);
/// Soon: ACME clients renew at about this time.
const SOON: Duration = Duration::days(30);

/// The time until the end, in its color.
pub(super) fn colored(now: OffsetDateTime, end: OffsetDateTime) -> String {
    color(now, end)(&remaining(now, end))
}

/// The color of an end.
pub(super) fn color(now: OffsetDateTime, end: OffsetDateTime) -> Look {
    match end - now {
        left if left < URGENT => bad,
        left if left < SOON => warning,
        _ => good,
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn the_color_depends_on_the_time_left() {
        let now = datetime!(2026-05-27 12:00 UTC);
        for (end, shown) in [
            (datetime!(2026-08-25 12:00 UTC), good("90 days left")),
            (datetime!(2026-06-20 12:00 UTC), warning("24 days left")),
            (datetime!(2026-05-30 12:00 UTC), bad("3 days left")),
            (datetime!(2026-05-20 12:00 UTC), bad("expired 7 days ago")),
        ] {
            assert_eq!(colored(now, end), shown);
        }
    }
}
