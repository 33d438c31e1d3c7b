//! PEM (RFC 7468): read tolerantly, written in one normal form.
//!
//! The scanner copies nothing. It accepts `\n` and `\r\n`, blanks around lines, a byte order mark,
//! and any text before, between and after the blocks. Every defect is reported once, with its
//! block and line, and the scan goes on after it. One pass, for any input.

mod block;
mod scan;

use std::fmt;

use base64_simd::STANDARD;
use zeroize::Zeroizing;

pub use block::Block;
pub use scan::{Blocks, scan};

/// Base64 characters per line in the normal form.
const COLUMNS: usize = 64;

/// What is wrong with a block, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Defect {
    /// The block, counted from 1; an END line without BEGIN line counts as one.
    pub block: usize,
    /// The line in the text, counted from 1.
    pub line: usize,
    /// What is wrong.
    pub problem: Problem,
}

impl Defect {
    /// Whether the BEGIN and END lines are damaged, not the text between them.
    pub fn is_of_marks(&self) -> bool {
        self.problem != Problem::Base64
    }
}

/// How PEM is damaged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// A BEGIN line without its END line.
    NoEnd {
        /// The label of the BEGIN line, escaped.
        label: String,
    },
    /// An END line whose label is not that of the BEGIN line.
    WrongEnd {
        /// The label of the BEGIN line, escaped.
        begin: String,
        /// The label of the END line, escaped.
        end: String,
    },
    /// An END line without a BEGIN line.
    NoBegin {
        /// The label of the END line, escaped.
        label: String,
    },
    /// A BEGIN or END line with other text, or without its five dashes.
    BrokenMark,
    /// Line breaks that were sent as the two characters `\` and `n`.
    EscapedLineBreaks,
    /// A character outside base64, or base64 of an impossible length.
    Base64,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoEnd { label } => write!(f, "the BEGIN {label} line has no END {label} line"),
            Self::WrongEnd { begin, end } => write!(f, "BEGIN {begin} is followed by END {end}"),
            Self::NoBegin { label } => write!(f, "the END {label} line has no BEGIN {label} line"),
            Self::BrokenMark => {
                f.write_str("a BEGIN or END line must stand alone, with five dashes at both ends")
            }
            Self::EscapedLineBreaks => f.write_str(
                "line breaks were sent as the two characters \\ and n: the text was escaped twice",
            ),
            Self::Base64 => {
                f.write_str("the text between the BEGIN and END lines is not valid base64")
            }
        }
    }
}

/// Writes `der` under `label` in the normal form: 64 columns, `\n`, a final `\n`.
///
/// For what is public; keys go through [`encode_secret`].
pub fn encode(label: &str, der: &[u8]) -> String {
    write(label, &STANDARD.encode_to_string(der))
}

/// Writes a private key under `label` in the normal form; every buffer that held it is wiped.
pub fn encode_secret(label: &str, der: &[u8]) -> Zeroizing<String> {
    Zeroizing::new(write(label, &Zeroizing::new(STANDARD.encode_to_string(der))))
}

/// Sets the marks and the lines. The capacity is exact, so that no copy is left behind by growing.
fn write(label: &str, base64: &str) -> String {
    let breaks = base64.len().div_ceil(COLUMNS);
    let marks = "-----BEGIN -----\n-----END -----\n".len() + 2 * label.len();
    let mut out = String::with_capacity(marks + base64.len() + breaks);
    for part in ["-----BEGIN ", label, "-----\n"] {
        out.push_str(part);
    }
    let mut rest = base64;
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(COLUMNS));
        out.push_str(line);
        out.push('\n');
        rest = after;
    }
    for part in ["-----END ", label, "-----\n"] {
        out.push_str(part);
    }
    out
}

#[cfg(test)]
mod tests;
