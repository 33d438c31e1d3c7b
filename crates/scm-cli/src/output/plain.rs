//! Dates, bytes and untrusted text for terminals.

use time::{Date, Duration, OffsetDateTime, macros::format_description};

/// Untrusted text with control and formatting characters escaped, so that it cannot control a terminal.
pub(super) fn printable(text: &str) -> String {
    let is_escaped = |c: char| {
        c.is_control()
            || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_escaped(c) { shown.extend(c.escape_default()) } else { shown.push(c) }
    }
    shown
}

/// A day, as in `2027-05-27`.
pub(super) fn day(date: Date) -> String {
    date.format(format_description!("[year]-[month]-[day]"))
        .expect("every date has year, month and day")
}

/// The time until the end of validity in whole days.
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
    fn the_remaining_time_is_in_days() {
        let now = datetime!(2026-05-27 12:00 UTC);
        for (end, expected) in [
            (datetime!(2026-08-25 12:00 UTC), "90 days left"),
            (datetime!(2026-05-28 13:00 UTC), "1 day left"),
            (datetime!(2026-05-27 13:00 UTC), "ends today"),
            (datetime!(2026-05-27 11:00 UTC), "expired today"),
            (datetime!(2026-05-20 11:00 UTC), "expired 7 days ago"),
        ] {
            assert_eq!(remaining(now, end), expected);
        }
    }

    #[test]
    fn control_characters_are_escaped() {
        assert_eq!(printable("a\u{1b}[2Jb\u{202e}ç"), "a\\u{1b}[2Jb\\u{202e}ç");
        assert_eq!(printable("a\0b\r\nc\u{2028}d"), "a\\u{0}b\\r\\nc\\u{2028}d");
    }
}
