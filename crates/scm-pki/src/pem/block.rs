//! One block: its label and its content.

use std::fmt;

use base64_simd::forgiving_decode_inplace;
use zeroize::Zeroizing;

use super::{Defect, Problem};

/// The text between a BEGIN and an END line, borrowed from the input.
#[derive(Clone, Copy)]
pub struct Block<'a> {
    label: &'a str,
    number: usize,
    line: usize,
    body: &'a str,
}

impl<'a> Block<'a> {
    pub(super) fn new(label: &'a str, number: usize, line: usize, body: &'a str) -> Self {
        Self { label, number, line, body }
    }

    /// The label, such as `CERTIFICATE`.
    pub fn label(&self) -> &'a str {
        self.label
    }

    /// The block among those of the text, counted from 1.
    pub fn number(&self) -> usize {
        self.number
    }

    /// The number of the BEGIN line, counted from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// Whether there is only white space between the BEGIN and END lines.
    pub fn is_empty(&self) -> bool {
        self.body.trim().is_empty()
    }

    /// Whether an RFC 1421 header marks the content as encrypted.
    pub fn is_encrypted(&self) -> bool {
        let (headers, _) = self.split_headers();
        headers
            .lines()
            .any(|line| line.trim_start().starts_with("Proc-Type:") && line.contains("ENCRYPTED"))
    }

    /// The bytes that the base64 stands for.
    ///
    /// # Errors
    /// [`Problem::Base64`], with the line of the first invalid character, or the BEGIN line if the
    /// length is wrong.
    pub fn decode(&self) -> Result<Vec<u8>, Defect> {
        self.decode_secret().map(|mut bytes| std::mem::take(&mut *bytes))
    }

    /// The bytes of a private key, wiped when dropped.
    ///
    /// # Errors
    /// As for [`decode`](Self::decode).
    pub fn decode_secret(&self) -> Result<Zeroizing<Vec<u8>>, Defect> {
        let (_, base64) = self.split_headers();
        let mut bytes = Zeroizing::new(Vec::with_capacity(base64.len()));
        // Where lines are of one length, as they should be, no break is left to be looked for.
        let line = base64.find('\n').map_or(base64.len(), |end| end + 1);
        for line in base64.as_bytes().chunks(line.max(1)) {
            bytes.extend_from_slice(line.strip_suffix(b"\n").unwrap_or(line));
        }
        let Ok(decoded) = forgiving_decode_inplace(&mut bytes) else {
            return Err(self.base64_defect(base64));
        };
        let length = decoded.len();
        bytes.truncate(length);
        Ok(bytes)
    }

    /// The block as text again, with its BEGIN and END lines and headers. The capacity is exact, so that
    /// a key leaves no copy behind by growing.
    pub(crate) fn to_text(self) -> String {
        ["-----BEGIN ", self.label, "-----\n", self.body, "-----END ", self.label, "-----\n"]
            .concat()
    }

    /// Parts the RFC 1421 headers from the base64, which never holds a colon.
    fn split_headers(&self) -> (&'a str, &'a str) {
        let mut end = 0;
        for line in self.body.split_inclusive('\n') {
            let continued = end > 0 && line.starts_with([' ', '\t']);
            if !line.contains(':') && !continued {
                break;
            }
            end += line.len();
        }
        self.body.split_at(end)
    }

    fn base64_defect(&self, base64: &str) -> Defect {
        let of_base64 = |b: u8| b.is_ascii_alphanumeric() || b"+/= \t\r".contains(&b);
        let headers = self.body[..self.body.len() - base64.len()].lines().count();
        let bad = base64.lines().position(|line| !line.bytes().all(of_base64));
        let line = bad.map_or(self.line, |bad| self.line + 1 + headers + bad);
        Defect { block: self.number, line, problem: Problem::Base64 }
    }
}

/// Shows where the block is, never its content: it may be a key.
impl fmt::Debug for Block<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Block")
            .field("label", &self.label)
            .field("number", &self.number)
            .field("line", &self.line)
            .finish_non_exhaustive()
    }
}
