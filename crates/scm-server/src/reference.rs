//! The API reference at `/docs`: Swagger UI with the OpenAPI document of this server. All its files are
//! built in, so that the page makes no request to other hosts. It is not part of the API.

use bytes::Bytes;
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, Uri,
    header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS},
};

use crate::{
    cached::{Cached, fingerprint, reads},
    response::HttpResponse,
};

const PAGE: &str = include_str!("../assets/docs/index.html");

/// The files of the page: name, media type, content.
const PARTS: [(&str, &str, &[u8]); 4] = [
    ("docs.css", CSS, include_bytes!("../assets/docs/docs.css")),
    ("docs.js", JS, include_bytes!("../assets/docs/docs.js")),
    ("swagger-ui.css", CSS, include_bytes!("../assets/docs/swagger-ui/swagger-ui.css")),
    ("swagger-ui-bundle.js", JS, include_bytes!("../assets/docs/swagger-ui/swagger-ui-bundle.js")),
];
const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";

/// Headers that restrict what a browser does: no inline scripts, no other hosts. The only exception are
/// the `data:` images in the style sheet of Swagger UI.
const POLICIES: [(HeaderName, &str); 5] = [
    (
        CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
         connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// The page and its files.
#[derive(Debug)]
pub struct Docs {
    page: Cached,
    /// A part of the files' paths, so that browsers can cache them for ever.
    version: String,
    parts: Vec<(&'static str, Cached)>,
}

impl Docs {
    /// The page that is built in.
    pub fn new() -> Self {
        let version = fingerprint(&PARTS.map(|(_, _, content)| content));
        let page = PAGE.replace("{version}", &version);
        let parts = PARTS
            .map(|(name, kind, content)| (name, Cached::new(kind, Bytes::from_static(content))));
        Self { page: Cached::new("text/html; charset=utf-8", page), version, parts: parts.into() }
    }

    /// The response, if the request is for the page or one of its files.
    pub fn answer(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Option<HttpResponse> {
        let place = uri.path().strip_prefix("/docs").filter(|_| reads(method))?;
        let mut answer = match place.split('/').collect::<Vec<_>>()[..] {
            [""] | ["", ""] => self.page.answer(headers),
            ["", version, name] if version == self.version => {
                let (_, part) = self.parts.iter().find(|(part, _)| *part == name)?;
                let mut answer = part.answer(headers);
                let always = HeaderValue::from_static("public, max-age=31536000, immutable");
                answer.headers_mut().insert(CACHE_CONTROL, always);
                answer
            }
            _ => return None,
        };
        let policies = POLICIES.map(|(name, value)| (name, HeaderValue::from_static(value)));
        answer.headers_mut().extend(policies);
        Some(answer)
    }
}
