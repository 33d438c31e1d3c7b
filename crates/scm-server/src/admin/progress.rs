//! How far a long command is: a bar on a terminal, a line now and then elsewhere; on standard error.

use std::{
    io::{self, IsTerminal, Write},
    time::{Duration, Instant},
};

/// How many characters the bar has.
const WIDTH: u64 = 30;
/// How often a bar moves, and how often a line is written.
const FRAME: Duration = Duration::from_millis(100);
const LINE: Duration = Duration::from_secs(5);

/// How far it is.
pub struct Progress {
    total: u64,
    done: u64,
    on_terminal: bool,
    shown: Instant,
}

impl Progress {
    /// Of so many things; there may be more by the time they are done.
    pub fn new(total: u64) -> Self {
        Self::begun(total, 0)
    }

    /// A bar that begins at `done`.
    pub fn begun(total: u64, done: u64) -> Self {
        let on_terminal = io::stderr().is_terminal();
        Self { total, done, on_terminal, shown: Instant::now() }
    }

    /// So many more are done.
    pub fn advance(&mut self, count: u64) {
        self.done += count;
        let pause = if self.on_terminal { FRAME } else { LINE };
        if self.shown.elapsed() >= pause {
            self.shown = Instant::now();
            let (start, end) = if self.on_terminal { ("\r\u{1b}[K", "") } else { ("", "\n") };
            Self::write(&format!("{start}{}{end}", self.line()));
        }
    }

    /// Removes the bar; the command reports the result.
    pub fn finish(self) {
        if self.on_terminal {
            Self::write("\r\u{1b}[K");
        }
    }

    /// A line of its own.
    pub fn note(text: &str) {
        Self::write(&format!("{text}\n"));
    }

    fn line(&self) -> String {
        let total = self.total.max(self.done).max(1);
        let (percent, filled) = (self.done * 100 / total, self.done * WIDTH / total);
        let (filled, empty) = (filled as usize, (WIDTH - filled) as usize);
        let numbers = format!("{percent:3} %  {} of {total}", self.done);
        if self.on_terminal {
            format!("{}{} {numbers}", "█".repeat(filled), "░".repeat(empty))
        } else {
            numbers
        }
    }

    fn write(text: &str) {
        // A closed standard error does not end the command.
        let _ = io::stderr().write_all(text.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(done: u64, total: u64, on_terminal: bool) -> String {
        Progress { total, done, on_terminal, shown: Instant::now() }.line()
    }

    #[test]
    fn it_says_how_far_it_is() {
        assert_eq!(line(0, 200, false), "  0 %  0 of 200");
        assert_eq!(line(0, 0, false), "  0 %  0 of 1");
        assert_eq!(line(250, 200, false), "100 %  250 of 250");
        assert!(line(100, 200, true).starts_with(&("█".repeat(15) + &"░".repeat(15) + "  50 %")));
    }
}
