//! Reads Validity (RFC 5280 4.1.2.5).

use time::{Date, Month, OffsetDateTime, Time};

use crate::{
    CertificateError,
    tlv::{Element, GENERALIZED_TIME, Malformed, UTC_TIME},
};

/// The first and the last moment, in this order.
pub(super) fn read(
    validity: Element<'_>,
) -> Result<(OffsetDateTime, OffsetDateTime), CertificateError> {
    let mut parts = validity.parts();
    let (not_before, not_after) = (moment(parts.any()?)?, moment(parts.any()?)?);
    parts.end()?;
    if not_before > not_after {
        return Err(CertificateError::Validity);
    }
    Ok((not_before, not_after))
}

/// UTCTime is `YYMMDDHHMMSSZ` and GeneralizedTime `YYYYMMDDHHMMSSZ`, nothing else.
fn moment(element: Element<'_>) -> Result<OffsetDateTime, Malformed> {
    let (year, rest) = match (element.tag, element.content) {
        (UTC_TIME, [a, b, rest @ ..]) => match two([*a, *b])? {
            year @ 50.. => (1900 + i32::from(year), rest),
            year => (2000 + i32::from(year), rest),
        },
        (GENERALIZED_TIME, [a, b, c, d, rest @ ..]) => {
            (100 * i32::from(two([*a, *b])?) + i32::from(two([*c, *d])?), rest)
        }
        _ => return Err(Malformed),
    };
    let (pairs, [b'Z']) = rest.as_chunks::<2>() else { return Err(Malformed) };
    let [month, day, hour, minute, second] = *pairs else { return Err(Malformed) };
    let month = Month::try_from(two(month)?).map_err(|_| Malformed)?;
    let date = Date::from_calendar_date(year, month, two(day)?).map_err(|_| Malformed)?;
    let time = Time::from_hms(two(hour)?, two(minute)?, two(second)?).map_err(|_| Malformed)?;
    Ok(OffsetDateTime::new_utc(date, time))
}

/// The number of two decimal digits.
fn two([tens, ones]: [u8; 2]) -> Result<u8, Malformed> {
    match [tens, ones] {
        [b'0'..=b'9', b'0'..=b'9'] => Ok(10 * (tens - b'0') + (ones - b'0')),
        _ => Err(Malformed),
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    fn of(tag: u8, text: &str) -> Result<OffsetDateTime, Malformed> {
        moment(Element { tag, content: text.as_bytes(), whole: &[] })
    }

    #[test]
    fn both_forms_are_read() {
        for (tag, text, expected) in [
            (UTC_TIME, "491231235959Z", datetime!(2049-12-31 23:59:59 UTC)),
            (UTC_TIME, "500101000000Z", datetime!(1950-01-01 00:00 UTC)),
            (GENERALIZED_TIME, "99991231235959Z", datetime!(9999-12-31 23:59:59 UTC)),
            (GENERALIZED_TIME, "00000101000000Z", datetime!(0000-01-01 00:00 UTC)),
            (GENERALIZED_TIME, "20240229120000Z", datetime!(2024-02-29 12:00 UTC)),
        ] {
            assert_eq!(of(tag, text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn other_forms_are_no_dates() {
        for text in [
            "",
            "2601010000Z",
            "260101000000",
            "260101000000z",
            "260101000000+0100",
            "261301000000Z",
            "260230000000Z",
            "260101240000Z",
            "260101000060Z",
            "26 101000000Z",
            "20260101000000Z",
        ] {
            assert_eq!(of(UTC_TIME, text), Err(Malformed), "{text}");
        }
        assert_eq!(of(GENERALIZED_TIME, "20260101000000.5Z"), Err(Malformed));
        assert_eq!(of(0x16, "260101000000Z"), Err(Malformed));
    }
}
