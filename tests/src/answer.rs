//! An answer of the server, with what tests read in it.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use serde_json::Value;

/// A whole answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
}

impl Answer {
    pub(crate) async fn read(response: Response<Incoming>) -> hyper::Result<Self> {
        let (parts, body) = response.into_parts();
        let body = body.collect().await?.to_bytes();
        Ok(Self { status: parts.status, headers: parts.headers, body })
    }

    /// Reads the answer with which a text begins, if it begins with one. It must state its length.
    pub fn parse(text: &str) -> Option<Self> {
        let (head, rest) = text.split_once("\r\n\r\n")?;
        let mut lines = head.split("\r\n");
        let status = lines.next()?.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()?;
        let mut headers = HeaderMap::new();
        for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
            headers.append(HeaderName::try_from(name).ok()?, HeaderValue::from_str(value).ok()?);
        }
        let length =
            headers.get("content-length").map(|length| length.to_str().unwrap_or_default());
        let body = rest.get(..length.unwrap_or("0").parse().ok()?)?.to_owned();
        Some(Self { status, headers, body: body.into() })
    }

    /// A header, if it is there and is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// If it is none.
    pub fn json(&self) -> Value {
        assert_eq!(self.header("content-type"), Some("application/json"), "{self:?}");
        serde_json::from_slice(&self.body).expect("the content type says JSON")
    }

    /// A text of the body.
    ///
    /// # Panics
    /// If it is not there.
    pub fn text(&self, field: &str) -> String {
        let json = self.json();
        json[field].as_str().unwrap_or_else(|| panic!("no text {field} in {json}")).to_owned()
    }

    /// Status, code and message of a refusal in SCM's shape.
    pub fn refusal(&self) -> (u16, String, String) {
        (self.status.as_u16(), self.text("error_code"), self.text("error_msg"))
    }
}
