//! The two questions that orchestrators ask: are you alive, can you work. Not part of the API.

use bytes::Bytes;
use http::{
    HeaderValue, Method, Response, StatusCode, Uri,
    header::{ALLOW, CONTENT_TYPE},
};
use http_body_util::Full;
use scm_store::Location;

use crate::{
    causes::chain, config::Config, context::Context, data_dir::free_bytes, response::HttpResponse,
};

const UNFIT_KEYRING: &str = "the keyring file has changed and does not fit the store; the server continues \
                             with the keyring that it read before";

/// The free space that a commit may need: a full group of imports, in the log and in the indexes.
const FREE_BYTES: u64 = 4 * 1024 * 1024;
const FULL: &str = "less than 4 MiB are free for the store: writes may be refused";

/// The answer to a probe, if it is one.
///
/// `/healthz`: 200 as long as the process answers at all. `/readyz`: 200 while the store works, the
/// keyring file fits it, and an embedded store has room for a commit; else 503.
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
        _ if is_nearly_full(ctx.config()) => text(StatusCode::SERVICE_UNAVAILABLE, FULL),
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

/// Whether the disk of an embedded store is nearly full. If it cannot be queried, the store decides.
fn is_nearly_full(config: &Config) -> bool {
    let embedded = matches!(config.location(), Ok(Location::Sqlite(_)));
    embedded && free_bytes(&config.data_dir).is_ok_and(|free| free < FREE_BYTES)
}

fn text(status: StatusCode, words: &'static str) -> HttpResponse {
    let body = Full::new(Bytes::from_static(words.as_bytes()));
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let plain = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, plain);
    response
}
