//! `X-Sdk-Date`: the time of a signature, and its distance from the clock.
//!
//! The caller passes the current time.

use std::fmt;

use http::{HeaderMap, HeaderValue};
use thiserror::Error;
use time::{
    Duration, OffsetDateTime, PrimitiveDateTime, UtcOffset,
    format_description::StaticFormatDescription, macros::format_description,
};

use crate::header::X_SDK_DATE;

/// The maximum distance of a signature's date from the server's clock, in both directions, as documented.
pub const DATE_WINDOW: Duration = Duration::minutes(15);

const FORMAT: StaticFormatDescription =
    format_description!("[year][month][day]T[hour][minute][second]Z");

/// The time of a signature, in seconds.
///
/// The only format is `YYYYMMDDTHHMMSSZ` in UTC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SdkDate {
    text: String,
    instant: OffsetDateTime,
}

/// Why a date is refused.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum DateError {
    /// `X-Sdk-Date` is missing.
    #[error("the header x-sdk-date is missing")]
    Missing,
    /// `X-Sdk-Date` occurs more than once.
    #[error("the header x-sdk-date occurs more than once")]
    Repeated,
    /// The date does not have the format `YYYYMMDDTHHMMSSZ`, or does not exist.
    #[error("x-sdk-date must be a UTC time in the format YYYYMMDDTHHMMSSZ")]
    Malformed,
    /// The date is further from the clock than [`DATE_WINDOW`].
    #[error("x-sdk-date is {} seconds away from the server's time", off_by.whole_seconds())]
    TooFar {
        /// The date minus the server's time. Negative if the date is in the past.
        off_by: Duration,
    },
    /// The year is outside of 0 to 9999.
    #[error("the year must have four digits")]
    Unwritable,
}

impl SdkDate {
    /// The date of a request that is signed at `now`.
    ///
    /// # Errors
    /// [`DateError::Unwritable`] for years outside of 0 to 9999.
    pub fn at(now: OffsetDateTime) -> Result<Self, DateError> {
        let instant = now.checked_to_offset(UtcOffset::UTC).ok_or(DateError::Unwritable)?;
        if !(0..=9999).contains(&instant.year()) {
            return Err(DateError::Unwritable);
        }
        let text = instant.format(FORMAT).map_err(|_| DateError::Unwritable)?;
        Ok(Self { text, instant: instant.truncate_to_second() })
    }

    /// Parses a date.
    ///
    /// # Errors
    /// [`DateError::Malformed`].
    pub fn parse(text: &str) -> Result<Self, DateError> {
        let moment = PrimitiveDateTime::parse(text, FORMAT).map_err(|_| DateError::Malformed)?;
        // The parser is lenient (it accepts signs), so compare with the text that it would write.
        let date = Self::at(moment.assume_utc()).map_err(|_| DateError::Malformed)?;
        if date.text == text { Ok(date) } else { Err(DateError::Malformed) }
    }

    /// Reads the date of a request. The header must occur once.
    ///
    /// # Errors
    /// [`DateError::Missing`], [`DateError::Repeated`], [`DateError::Malformed`].
    pub fn of(headers: &HeaderMap) -> Result<Self, DateError> {
        let mut dates = headers.get_all(X_SDK_DATE).iter();
        let date = dates.next().ok_or(DateError::Missing)?;
        if dates.next().is_some() {
            return Err(DateError::Repeated);
        }
        Self::parse(date.to_str().map_err(|_| DateError::Malformed)?)
    }

    /// Refuses a date that is more than [`DATE_WINDOW`] before or after `now`.
    ///
    /// # Errors
    /// [`DateError::TooFar`].
    pub fn check(&self, now: OffsetDateTime) -> Result<(), DateError> {
        let off_by = self.instant - now;
        if off_by.abs() > DATE_WINDOW { Err(DateError::TooFar { off_by }) } else { Ok(()) }
    }

    pub(crate) fn header_value(&self) -> HeaderValue {
        HeaderValue::from_str(&self.text).expect("a date is digits, T and Z")
    }
}

impl fmt::Display for SdkDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn only_one_format_is_accepted() {
        let date = SdkDate::parse("20240102T030405Z").unwrap();
        assert_eq!(date, SdkDate::at(datetime!(2024-01-02 04:04:05.9 +1)).unwrap());
        assert_eq!(date.to_string(), "20240102T030405Z");
        for wrong in [
            "",
            "20240102T030405",
            "20240102T030405z",
            "20240102 030405Z",
            "2024-01-02T03:04:05Z",
            "20240230T030405Z",
            "20240102T030460Z",
            "20240102T240000Z",
            "+20240102T030405Z",
            "-20240102T030405Z",
            " 20240102T030405Z",
            "20240102T030405Z ",
            "２0240102T030405Z",
        ] {
            assert_eq!(SdkDate::parse(wrong).unwrap_err(), DateError::Malformed, "{wrong}");
        }
    }

    #[test]
    fn a_date_more_than_15_minutes_off_is_refused() {
        let date = SdkDate::parse("20240102T030405Z").unwrap();
        let signed = datetime!(2024-01-02 03:04:05 UTC);
        for within in [Duration::ZERO, DATE_WINDOW, -DATE_WINDOW] {
            assert_eq!(date.check(signed + within), Ok(()));
        }
        let off_by = DATE_WINDOW + Duration::SECOND;
        assert_eq!(date.check(signed - off_by), Err(DateError::TooFar { off_by }));
        assert_eq!(date.check(signed + off_by), Err(DateError::TooFar { off_by: -off_by }));
    }

    #[test]
    fn the_header_must_occur_once() {
        let mut headers = HeaderMap::new();
        assert_eq!(SdkDate::of(&headers).unwrap_err(), DateError::Missing);
        headers.append(X_SDK_DATE, HeaderValue::from_static("20240102T030405Z"));
        assert_eq!(SdkDate::of(&headers).unwrap().to_string(), "20240102T030405Z");
        headers.append(X_SDK_DATE, HeaderValue::from_static("20240102T030405Z"));
        assert_eq!(SdkDate::of(&headers).unwrap_err(), DateError::Repeated);
    }

    #[test]
    fn years_without_four_digits_are_refused() {
        assert_eq!(SdkDate::at(datetime!(-1-01-01 0:00 UTC)).unwrap_err(), DateError::Unwritable);
        let edge = datetime!(9999-12-31 23:59:59 -1);
        assert_eq!(SdkDate::at(edge).unwrap_err(), DateError::Unwritable);
    }
}
