//! Times, as commands show and read them. All are in UTC.

use time::{
    Date, OffsetDateTime, UtcOffset,
    format_description::{FormatItem, well_known::Rfc3339},
    macros::format_description,
};

const MILLISECONDS: &[FormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");

/// A moment for programs, as RFC 3339 has it.
pub fn to_the_second(moment: OffsetDateTime) -> String {
    let moment = moment.to_offset(UtcOffset::UTC).truncate_to_second();
    moment.format(&Rfc3339).expect("stored moments lie in the years 0 to 9999")
}

/// A time to the millisecond, by RFC 3339.
pub fn to_the_millisecond(moment: OffsetDateTime) -> String {
    let moment = moment.to_offset(UtcOffset::UTC);
    moment.format(MILLISECONDS).expect("stored moments lie in the years 0 to 9999")
}

/// A time from JSON output, for people.
pub fn for_people(text: &str) -> String {
    text.replace('T', " ").replace('Z', "")
}

/// A time of the command line: a day, or a time by RFC 3339.
///
/// # Errors
/// If it is neither.
pub fn read(text: &str) -> Result<OffsetDateTime, &'static str> {
    let day = Date::parse(text, format_description!("[year]-[month]-[day]"));
    day.map(|day| day.midnight().assume_utc())
        .or_else(|_| OffsetDateTime::parse(text, &Rfc3339))
        .map_err(|_| "a moment is a day (2026-11-24) or a time of day in it (2026-11-24T18:30:00Z)")
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn times_are_shown_in_utc() {
        let moment = datetime!(2026-05-27 18:46:25.701_9 +2);
        assert_eq!(to_the_second(moment), "2026-05-27T16:46:25Z");
        assert_eq!(to_the_millisecond(moment), "2026-05-27T16:46:25.701Z");
        assert_eq!(for_people(&to_the_second(moment)), "2026-05-27 16:46:25");
    }

    #[test]
    fn days_and_moments_are_read() {
        assert_eq!(read("2026-05-27"), Ok(datetime!(2026-05-27 0:00 UTC)));
        assert_eq!(read("2026-05-27T18:46:25+02:00"), Ok(datetime!(2026-05-27 16:46:25 UTC)));
        for text in ["", "yesterday", "2026-13-01", "2026-05-27T18:46:25"] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
