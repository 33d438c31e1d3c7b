//! What is emphasised, and how. The printer strips it where nobody would see it.

use anstyle::{AnsiColor, Style};

const BAD: Style = AnsiColor::Red.on_default().bold();
const GOOD: Style = AnsiColor::Green.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const STRONG: Style = Style::new().bold();
const FAINT: Style = Style::new().dimmed();

/// A way to show a text.
pub(super) type Look = fn(&str) -> String;

/// What is as any other text.
pub(super) fn plain(text: &str) -> String {
    text.to_owned()
}

/// What is wrong.
pub(super) fn bad(text: &str) -> String {
    styled(BAD, text)
}

/// What is as it should be.
pub(super) fn good(text: &str) -> String {
    styled(GOOD, text)
}

/// What should be looked at.
pub(super) fn warning(text: &str) -> String {
    styled(WARNING, text)
}

/// What a text is about.
pub(super) fn strong(text: &str) -> String {
    styled(STRONG, text)
}

/// What only helps to find the rest.
pub(super) fn faint(text: &str) -> String {
    styled(FAINT, text)
}

fn styled(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}
