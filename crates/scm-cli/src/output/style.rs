//! Styles of text. The printer removes them if the output is not a terminal.

use anstyle::{AnsiColor, Style};

const BAD: Style = AnsiColor::Red.on_default().bold();
const GOOD: Style = AnsiColor::Green.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const STRONG: Style = Style::new().bold();
const FAINT: Style = Style::new().dimmed();

/// A function that styles a text.
pub(super) type Look = fn(&str) -> String;

/// Unstyled text.
pub(super) fn plain(text: &str) -> String {
    text.to_owned()
}

/// Errors.
pub(super) fn bad(text: &str) -> String {
    styled(BAD, text)
}

/// Success.
pub(super) fn good(text: &str) -> String {
    styled(GOOD, text)
}

/// Warnings.
pub(super) fn warning(text: &str) -> String {
    styled(WARNING, text)
}

/// The subject of a text.
pub(super) fn strong(text: &str) -> String {
    styled(STRONG, text)
}

/// Secondary text.
pub(super) fn faint(text: &str) -> String {
    styled(FAINT, text)
}

fn styled(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}
