//! How far the end of a validity is away, coloured by how urgent that is.

use time::{Duration, OffsetDateTime};

use super::{
    plain::remaining,
    style::{Look, bad, good, warning},
};

/// Fewer days left are urgent: no time for a renewal that fails once.
const URGENT: Duration = Duration::days(7);
/// Fewer days left are worth a look: robots renew at about this time.
const SOON: Duration = Duration::days(30);

/// How far the end is away, in its colour.
pub(super) fn coloured(now: OffsetDateTime, end: OffsetDateTime) -> String {
    colour(now, end)(&remaining(now, end))
}

/// The colour of an end.
pub(super) fn colour(now: OffsetDateTime, end: OffsetDateTime) -> Look {
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
    fn the_nearer_the_redder() {
        let now = datetime!(2026-05-27 12:00 UTC);
        for (end, shown) in [
            (datetime!(2026-08-25 12:00 UTC), good("90 days left")),
            (datetime!(2026-06-20 12:00 UTC), warning("24 days left")),
            (datetime!(2026-05-30 12:00 UTC), bad("3 days left")),
            (datetime!(2026-05-20 12:00 UTC), bad("expired 7 days ago")),
        ] {
            assert_eq!(coloured(now, end), shown);
        }
    }
}
