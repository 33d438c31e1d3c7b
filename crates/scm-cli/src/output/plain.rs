//! Dates, bytes and foreign text as a person reads them.

use time::{Date, Duration, OffsetDateTime, macros::format_description};

/// Text from elsewhere, unable to drive a terminal.
pub(super) fn printable(text: &str) -> String {
    let odd = |c: char| {
        c.is_control()
            || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
    };
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if odd(c) { shown.extend(c.escape_default()) } else { shown.push(c) }
    }
    shown
}

/// A day, as in `2027-05-27`.
pub(super) fn day(date: Date) -> String {
    date.format(format_description!("[year]-[month]-[day]"))
        .expect("every date has year, month and day")
}

/// How far the end of a validity is away, in whole days.
pub(super) fn remaining(now: OffsetDateTime, end: OffsetDateTime) -> String {
    let left = end - now;
    match left.whole_days() {
        _ if left < Duration::ZERO => match -left.whole_days() {
            0 => "expired today".to_owned(),
            1 => "expired yesterday".to_owned(),
            days => format!("expired {days} days ago"),
        },
        0 => "ends today".to_owned(),
        1 => "1 day left".to_owned(),
        days => format!("{days} days left"),
    }
}

/// Bytes as OpenSSL writes a fingerprint: `AB:CD:…`.
pub(super) fn fingerprint(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(":")
}

/// `1 thing`, `2 things`.
pub(super) fn count(number: usize, one: &str, many: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {many}") }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn what_is_left_is_said_in_days() {
        let now = datetime!(2026-05-27 12:00 UTC);
        for (end, said) in [
            (datetime!(2026-08-25 12:00 UTC), "90 days left"),
            (datetime!(2026-05-28 13:00 UTC), "1 day left"),
            (datetime!(2026-05-27 13:00 UTC), "ends today"),
            (datetime!(2026-05-27 11:00 UTC), "expired today"),
            (datetime!(2026-05-20 11:00 UTC), "expired 7 days ago"),
        ] {
            assert_eq!(remaining(now, end), said);
        }
    }

    #[test]
    fn foreign_text_cannot_drive_a_terminal() {
        assert_eq!(printable("a\u{1b}[2Jb\u{202e}ç"), "a\\u{1b}[2Jb\\u{202e}ç");
    }
}
