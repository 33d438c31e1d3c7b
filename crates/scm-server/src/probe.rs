//! The two questions that orchestrators ask: are you alive, can you work. Not part of the API.

use bytes::Bytes;
use http::{Method, Response, StatusCode, Uri, header::CONTENT_TYPE};
use http_body_util::Full;

use crate::{ctx::Ctx, error::chain, router::Answer};

/// The answer to a probe, if it is one.
///
/// `/healthz`: 200 as long as the process answers at all. `/readyz`: 200 while the store works,
/// else 503.
pub async fn answer(ctx: &Ctx, method: &Method, uri: &Uri) -> Option<Answer> {
    if *method != Method::GET {
        return None;
    }
    match uri.path() {
        "/healthz" => Some(text(StatusCode::OK, "ok")),
        "/readyz" => Some(match ctx.store().ready().await {
            Ok(()) => text(StatusCode::OK, "ready"),
            Err(error) => {
                tracing::warn!(error = %chain(&error), "not ready");
                text(StatusCode::SERVICE_UNAVAILABLE, "the store is not available")
            }
        }),
        _ => None,
    }
}

fn text(status: StatusCode, words: &'static str) -> Answer {
    let body = Full::new(Bytes::from_static(words.as_bytes()));
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let plain = http::HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, plain);
    response
}
