//! Reads error answers of SCM, of its API gateway, of Keystone, and of proxies.

use http::{HeaderMap, StatusCode, header::LOCATION};
use serde_json::Value;

use crate::Error;

/// The maximum length of a message in one of the published shapes, in characters.
const LONGEST_MESSAGE: usize = 2048;
/// The maximum length of any other text, in characters.
const LONGEST_EXCERPT: usize = 200;

/// The content of an error answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    status: u16,
    code: String,
    message: String,
    request_id: Option<String>,
}

impl Refusal {
    /// Reads an answer. If it has none of the published shapes, the message is its beginning.
    pub(crate) fn read(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Self {
        let json = serde_json::from_slice(body).unwrap_or(Value::Null);
        let (code, message) =
            published(&json).unwrap_or_else(|| (None, foreign(status, headers, body)));
        let header = headers.get("x-request-id").and_then(|id| id.to_str().ok());
        let request_id = header.or_else(|| text(&json, "request_id"));
        Self {
            status: status.as_u16(),
            code: code.unwrap_or_else(|| status.as_str().to_owned()),
            message,
            request_id: request_id.map(|id| escaped(id, LONGEST_EXCERPT)),
        }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let Refusal { status, code, message, request_id } = refusal;
        Self::Refused { status, code, message, request_id }
    }
}

/// Code and message in the shapes of SCM, its gateway and Keystone, under each of the names that the
/// published clients support.
fn published(json: &Value) -> Option<(Option<String>, String)> {
    if let Some(inner) = json.get("error").filter(|inner| inner.is_object()) {
        return published(inner);
    }
    let names = [("error_code", "error_msg"), ("errorCode", "errorMsg"), ("code", "message")];
    names.into_iter().find_map(|(code, message)| {
        let message = escaped(text(json, message)?, LONGEST_MESSAGE);
        let code = match json.get(code) {
            Some(Value::String(code)) => Some(escaped(code, LONGEST_EXCERPT)),
            Some(Value::Number(code)) => Some(code.to_string()),
            _ => None,
        };
        Some((code, message))
    })
}

/// A message for an answer in none of the published shapes.
fn foreign(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> String {
    if let Some(target) = headers.get(LOCATION).filter(|_| status.is_redirection()) {
        let target = String::from_utf8_lossy(target.as_bytes());
        return format!(
            "redirected to {}: redirects are not followed",
            escaped(&target, LONGEST_EXCERPT)
        );
    }
    let reason = status.canonical_reason().unwrap_or("no reason given");
    let start = &body[..body.len().min(LONGEST_EXCERPT * 8)];
    let words: Vec<_> =
        String::from_utf8_lossy(start).split_whitespace().map(str::to_owned).collect();
    match escaped(&words.join(" "), LONGEST_EXCERPT) {
        excerpt if excerpt.is_empty() => reason.to_owned(),
        excerpt => format!("{reason}; the answer begins: {excerpt}"),
    }
}

fn text<'a>(json: &'a Value, name: &str) -> Option<&'a str> {
    json.get(name)?.as_str().filter(|text| !text.is_empty())
}

/// A text with control characters escaped, so that it cannot control a terminal or forge a log line; cut
/// after `longest` characters.
fn escaped(text: &str, longest: usize) -> String {
    let mut escaped = String::new();
    for (at, c) in text.chars().enumerate() {
        match c {
            _ if at == longest => {
                escaped.push('…');
                break;
            }
            c if c.is_control() || bidirectional(c) => escaped.extend(c.escape_default()),
            c => escaped.push(c),
        }
    }
    escaped
}

/// Whether a character changes the direction in which its line is shown (Unicode UAX #9).
fn bidirectional(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;

    fn read(status: u16, headers: &[(&'static str, &'static str)], body: &str) -> Refusal {
        let headers = headers
            .iter()
            .map(|&(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        Refusal::read(StatusCode::from_u16(status).unwrap(), &headers.collect(), body.as_bytes())
    }

    fn refusal(status: u16, code: &str, message: &str, request_id: Option<&str>) -> Refusal {
        let request_id = request_id.map(str::to_owned);
        Refusal { status, code: code.to_owned(), message: message.to_owned(), request_id }
    }

    #[test]
    fn errors_of_scm_are_read() {
        let body = r#"{"error_code":"SCM.0014","error_msg":"The two do not match."}"#;
        assert_eq!(
            read(400, &[("x-request-id", "7f")], body),
            refusal(400, "SCM.0014", "The two do not match.", Some("7f")),
        );
    }

    #[test]
    fn errors_of_the_gateway_are_read() {
        let body = r#"{"error_msg":"Too many.","error_code":"APIGW.0308","request_id":"9a"}"#;
        assert_eq!(read(429, &[], body), refusal(429, "APIGW.0308", "Too many.", Some("9a")));
    }

    #[test]
    fn errors_of_keystone_are_read() {
        let body = r#"{"error":{"code":401,"message":"Wrong.","title":"Unauthorized"}}"#;
        assert_eq!(read(401, &[], body), refusal(401, "401", "Wrong.", None));
    }

    #[test]
    fn the_message_of_an_unknown_answer_is_its_beginning() {
        let body = format!("<html>\r\n  <h1>Bad\u{1b}[31m gateway</h1>{}", "x".repeat(5000));
        let Refusal { code, message, .. } = read(502, &[], &body);
        assert_eq!(code, "502");
        assert!(message.starts_with("Bad Gateway; the answer begins: <html> <h1>Bad\\u{1b}[31m"));
        assert!(message.chars().count() < 260, "{message}");
        assert_eq!(read(500, &[], "").message, "Internal Server Error");
        assert_eq!(read(404, &[], "[1]").message, "Not Found; the answer begins: [1]");
    }

    #[test]
    fn the_message_of_a_redirect_has_its_target() {
        let found = read(302, &[("location", "https://elsewhere.example/")], "");
        assert_eq!(
            found.message,
            "redirected to https://elsewhere.example/: redirects are not followed"
        );
    }
}
