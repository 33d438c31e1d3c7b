//! Responses that are the same for all clients while the server runs: each has a tag, and a client that
//! sends the tag gets 304 without a body.

use aws_lc_rs::digest::{Context, SHA256};
use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue, Method, Response, StatusCode,
    header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH},
};
use http_body_util::Full;

use crate::response::HttpResponse;

/// A content with its type and its tag.
#[derive(Debug)]
pub struct Cached {
    kind: HeaderValue,
    content: Bytes,
    tag: HeaderValue,
}

impl Cached {
    /// A content of a media type.
    pub fn new(kind: &'static str, content: impl Into<Bytes>) -> Self {
        let content = content.into();
        let tag = format!("\"{}\"", fingerprint(&[&content]));
        let tag = HeaderValue::try_from(tag).expect("digits are visible ASCII");
        Self { kind: HeaderValue::from_static(kind), content, tag }
    }

    /// The content, or that it is still the same.
    pub fn answer(&self, headers: &HeaderMap) -> HttpResponse {
        let known = headers.get_all(IF_NONE_MATCH).iter().any(|tags| self.is_among(tags));
        let mut response = if known {
            let mut unchanged = Response::new(Full::default());
            *unchanged.status_mut() = StatusCode::NOT_MODIFIED;
            unchanged
        } else {
            Response::new(Full::new(self.content.clone()))
        };
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, self.kind.clone());
        headers.insert(ETAG, self.tag.clone());
        // The client stores it, and validates it with each request.
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        response
    }

    fn is_among(&self, tags: &HeaderValue) -> bool {
        let tags = tags.to_str().unwrap_or_default().split(',').map(str::trim);
        tags.map(|tag| tag.strip_prefix("W/").unwrap_or(tag))
            .any(|tag| tag == "*" || tag.as_bytes() == self.tag.as_bytes())
    }
}

/// Whether a method only reads.
pub fn reads(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

/// 32 digits that are others for other contents.
pub fn fingerprint(contents: &[&[u8]]) -> String {
    let mut context = Context::new(&SHA256);
    contents.iter().for_each(|content| context.update(content));
    let all = context.finish();
    let (half, _) = all.as_ref().split_first_chunk().expect("it has 32 bytes");
    format!("{:032x}", u128::from_be_bytes(*half))
}
