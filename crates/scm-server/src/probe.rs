//! The two questions that orchestrators ask: are you alive, can you work. Not part of the API.

use bytes::Bytes;
use http::{
    HeaderValue, Method, Response, StatusCode, Uri,
    header::{ALLOW, CONTENT_TYPE},
};
use http_body_util::Full;

use crate::{causes::chain, context::Context, response::HttpResponse};

const UNFIT_KEYRING: &str = "the keyring file has changed and does not fit the store; the server continues \
                             with the keyring that it read before";

/// The answer to a probe, if it is one.
///
/// `/healthz`: 200 as long as the process answers at all. `/readyz`: 200 while the store works and the
/// keyring file fits it, else 503.
pub async fn answer(ctx: &Context, method: &Method, uri: &Uri) -> Option<HttpResponse> {
    let path = uri.path();
    if !matches!(path, "/healthz" | "/readyz") {
        return None;
    }
    // What answers HEAD, hyper sends without its body.
    if !matches!(*method, Method::GET | Method::HEAD) {
        let mut answer = text(StatusCode::METHOD_NOT_ALLOWED, "ask by GET or HEAD");
        answer.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
        return Some(answer);
    }
    Some(match path {
        "/healthz" => text(StatusCode::OK, "ok"),
        _ if ctx.keyring_is_unfit().await => text(StatusCode::SERVICE_UNAVAILABLE, UNFIT_KEYRING),
        _ => match ctx.readiness().once(async || is_ready(ctx).await).await {
            true => text(StatusCode::OK, "ready"),
            false => text(StatusCode::SERVICE_UNAVAILABLE, "the store is not available"),
        },
    })
}

async fn is_ready(ctx: &Context) -> bool {
    let ready = ctx.store().ready().await;
    if let Err(error) = &ready {
        tracing::warn!(error = %chain(error), "not ready");
    }
    ready.is_ok()
}

fn text(status: StatusCode, words: &'static str) -> HttpResponse {
    let body = Full::new(Bytes::from_static(words.as_bytes()));
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let plain = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, plain);
    response
}
