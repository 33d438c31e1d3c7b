//! The OpenAPI document of the revision that is served, for whoever asks.
//!
//! Not part of the API that it describes. It is made when it is asked for the first time, and kept.

use std::sync::OnceLock;

use aws_lc_rs::digest::{SHA256, digest};
use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue, Method, Response, StatusCode, Uri,
    header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH},
};
use http_body_util::Full;
use scm_model::{
    Revision,
    openapi::{document, downgraded},
};
use serde_json::{Value, json};

use crate::router::Answer;

/// The document in both versions of OpenAPI.
#[derive(Debug)]
pub struct Documents {
    revision: Revision,
    v3_1: OnceLock<Document>,
    v3_0: OnceLock<Document>,
}

#[derive(Debug)]
struct Document {
    text: Bytes,
    tag: HeaderValue,
}

impl Documents {
    /// Those of one revision.
    pub fn new(revision: Revision) -> Self {
        Self { revision, v3_1: OnceLock::new(), v3_0: OnceLock::new() }
    }

    /// The answer, if one of them is asked for.
    pub fn answer(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Option<Answer> {
        let document = match uri.path() {
            "/openapi.json" if reads(method) => self.v3_1(),
            "/openapi-3.0.json" if reads(method) => self.v3_0(),
            _ => return None,
        };
        Some(document.answer(headers))
    }

    fn v3_1(&self) -> &Document {
        self.v3_1.get_or_init(|| Document::new(&served(self.revision)))
    }

    fn v3_0(&self) -> &Document {
        self.v3_0.get_or_init(|| Document::new(&downgraded(&served(self.revision))))
    }
}

fn reads(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

/// The document with the server that serves it before those that anybody knows.
fn served(revision: Revision) -> Value {
    let mut document = document(revision);
    let servers = document["servers"].as_array_mut().expect("a document has servers");
    servers.insert(0, json!({ "url": "/", "description": "This server" }));
    document
}

impl Document {
    fn new(document: &Value) -> Self {
        let text = document.to_string();
        let digest = digest(&SHA256, text.as_bytes());
        let (half, _) = digest.as_ref().split_first_chunk().expect("it has 32 bytes");
        let tag = format!("\"{:032x}\"", u128::from_be_bytes(*half));
        let tag = HeaderValue::try_from(tag).expect("digits are visible ASCII");
        Self { text: text.into(), tag }
    }

    fn answer(&self, headers: &HeaderMap) -> Answer {
        let known = headers.get_all(IF_NONE_MATCH).iter().any(|tags| self.is_among(tags));
        let mut response = if known {
            let mut unchanged = Response::new(Full::default());
            *unchanged.status_mut() = StatusCode::NOT_MODIFIED;
            unchanged
        } else {
            Response::new(Full::new(self.text.clone()))
        };
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(ETAG, self.tag.clone());
        // Kept by whoever asks, who asks again whether it is still the same.
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        response
    }

    fn is_among(&self, tags: &HeaderValue) -> bool {
        let tags = tags.to_str().unwrap_or_default().split(',').map(str::trim);
        tags.map(|tag| tag.strip_prefix("W/").unwrap_or(tag))
            .any(|tag| tag == "*" || tag.as_bytes() == self.tag.as_bytes())
    }
}
