//! Replies with warnings about the certificate that was sent.

use std::fmt::Write as _;

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::{Reply, ReplyParts, Unreadable};

/// The header with the warnings: a JSON array of texts, in visible ASCII.
pub(crate) const WARNINGS: HeaderName = HeaderName::from_static("x-scm-warnings");

/// The longest value of the header, in bytes: proxies limit the headers of a response to 4 KiB and
/// more.
const LONGEST: usize = 2048;

/// A reply with warnings: reasons for which verifiers reject the certificate, although it is stored.
///
/// Extension (not part of the published API). Other servers send no warnings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warned<T> {
    /// The reply.
    pub reply: T,
    /// The warnings, one sentence each. The last one has the number of those that exceed the header.
    pub warnings: Vec<String>,
}

impl<T: Reply> Reply for Warned<T> {
    fn write(self) -> ReplyParts {
        let mut parts = self.reply.write();
        if let Some(warnings) = header(&self.warnings) {
            parts.headers.insert(WARNINGS, warnings);
        }
        parts
    }

    fn read(headers: &HeaderMap, body: &[u8]) -> Result<Self, Unreadable> {
        let warnings = headers.get(WARNINGS).map(HeaderValue::as_bytes);
        let warnings = warnings.and_then(|json| serde_json::from_slice(json).ok());
        Ok(Self { reply: T::read(headers, body)?, warnings: warnings.unwrap_or_default() })
    }

    #[cfg(feature = "openapi")]
    fn describe(schemas: &mut crate::schema::Schemas) -> Option<String> {
        T::describe(schemas)
    }

    #[cfg(feature = "openapi")]
    fn headers() -> &'static [(&'static str, &'static str)] {
        &[(
            "X-Scm-Warnings",
            "Reasons for which TLS clients reject the certificate, although it is stored: a JSON array \
             of sentences in visible ASCII, at most 2048 bytes. Absent if there are none. Extension (not \
             part of the published API).",
        )]
    }
}

/// The warnings as a JSON array, as many as fit, and the number of the others.
fn header(warnings: &[String]) -> Option<HeaderValue> {
    let mut texts = Vec::new();
    let mut length = "[\"And 1000 more.\"]".len();
    for warning in warnings {
        let text = ascii(warning);
        length += text.len() + ",".len();
        if length > LONGEST {
            texts.push(format!("\"And {} more.\"", warnings.len() - texts.len()));
            break;
        }
        texts.push(text);
    }
    let array = (!texts.is_empty()).then(|| format!("[{}]", texts.join(",")))?;
    Some(HeaderValue::from_str(&array).expect("JSON in visible ASCII"))
}

/// A text as JSON in visible ASCII and blanks.
fn ascii(text: &str) -> String {
    let json = serde_json::to_string(text).expect("a text is JSON");
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if matches!(c, ' '..='~') {
            out.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}").expect("a String takes every write");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Empty;

    fn sent(warnings: &[String]) -> (Option<String>, Vec<String>) {
        let parts = Warned { reply: Empty, warnings: warnings.to_vec() }.write();
        let value = parts.headers.get(WARNINGS).map(|value| value.to_str().unwrap().to_owned());
        let read = Warned::<Empty>::read(&parts.headers, &parts.body).unwrap();
        (value, read.warnings)
    }

    #[test]
    fn warnings_arrive_as_they_were_sent() {
        assert_eq!(sent(&[]), (None, vec![]));
        let texts = ["a \"b\" \\c".to_owned(), "é\n😀\u{7f}".to_owned()];
        let (value, read) = sent(&texts);
        assert_eq!(value.as_deref(), Some(r#"["a \"b\" \\c","\u00e9\n\ud83d\ude00\u007f"]"#));
        assert_eq!(read, texts);
    }

    #[test]
    fn what_is_too_long_is_counted() {
        let long = vec!["x".repeat(600); 7];
        let (value, read) = sent(&long);
        assert!(value.is_some_and(|value| value.len() <= LONGEST));
        assert_eq!(read, ["x".repeat(600), "x".repeat(600), "x".repeat(600), "And 4 more.".into()]);
        assert_eq!(sent(&["é".repeat(600)]).1, ["And 1 more."]);
    }

    #[test]
    fn a_header_that_is_no_array_of_texts_is_ignored() {
        let headers = HeaderMap::from_iter([(WARNINGS, HeaderValue::from_static("soon"))]);
        assert_eq!(Warned::<Empty>::read(&headers, b"").unwrap().warnings, [""; 0]);
    }
}
