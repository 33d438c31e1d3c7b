//! The OpenAPI document of this server's revision.
//!
//! It is made at its first request, then cached. It is not part of the API that it describes.

use std::sync::OnceLock;

use http::{HeaderMap, Method, Uri};
use scm_model::{
    Revision,
    openapi::{document, downgraded},
};
use serde_json::{Value, json};

use crate::{
    cached::{Cached, reads},
    response::HttpResponse,
};

/// The document in OpenAPI 3.1 and 3.0.
#[derive(Debug)]
pub struct Documents {
    revision: Revision,
    v3_1: OnceLock<Cached>,
    v3_0: OnceLock<Cached>,
}

impl Documents {
    /// The documents of a revision.
    pub fn new(revision: Revision) -> Self {
        Self { revision, v3_1: OnceLock::new(), v3_0: OnceLock::new() }
    }

    /// The response, if the request is for one of them.
    pub fn answer(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Option<HttpResponse> {
        let document = match uri.path() {
            "/openapi.json" if reads(method) => self.v3_1(),
            "/openapi-3.0.json" if reads(method) => self.v3_0(),
            _ => return None,
        };
        Some(document.answer(headers))
    }

    fn v3_1(&self) -> &Cached {
        self.v3_1.get_or_init(|| written(&served(self.revision)))
    }

    fn v3_0(&self) -> &Cached {
        self.v3_0.get_or_init(|| written(&downgraded(&served(self.revision))))
    }
}

fn written(document: &Value) -> Cached {
    Cached::new("application/json", document.to_string())
}

/// The document with this server at the head of its list of servers.
fn served(revision: Revision) -> Value {
    let mut document = document(revision);
    let servers = document["servers"].as_array_mut().expect("a document has servers");
    servers.insert(0, json!({ "url": "/", "description": "This server" }));
    document
}
