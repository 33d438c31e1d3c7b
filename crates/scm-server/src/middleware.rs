//! What every request and every answer passes through.

use std::{
    any::Any,
    future::{Future as _, poll_fn},
    net::SocketAddr,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    task::Poll,
    time::{Duration, Instant},
};

use http::{
    HeaderMap, HeaderName, HeaderValue, Request,
    header::{AUTHORIZATION, Entry},
};
use hyper::body::Incoming;
use scm_model::{Condition, ErrorShape};
use tracing::{Span, field};

use crate::{
    auth::AUTH_TOKEN, error::ApiError, origin::Origin, random_id::random_id,
    response::HttpResponse, service::Service,
};

/// The header that names a request in its answer. Ours is the only name of a request: one that a client
/// sent could be forged or anything, and counts for its signature alone.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest path that the log shows.
const SHOWN_PATH: usize = 200;

/// Has a request answered: under a name, with a line in the log, even where the program panics.
pub async fn pass(
    service: &Service,
    peer: SocketAddr,
    mut request: Request<Incoming>,
) -> HttpResponse {
    let begun = Instant::now();
    // Before anything that might print headers.
    hide_secrets(request.headers_mut());
    let id = random_id();
    let name = HeaderValue::try_from(&id).expect("digits are visible ASCII");
    let origin = Origin::of(peer, id, request.headers(), service.trusted_proxies());
    let span = span(&origin, &request);
    let mut answering = pin!(service.answer(origin, request));
    let mut answer = poll_fn(|context| {
        let _under_its_name = span.enter();
        catch_unwind(AssertUnwindSafe(|| answering.as_mut().poll(context)))
            .unwrap_or_else(|panic| Poll::Ready(panicked(&*panic)))
    })
    .await;
    span.in_scope(|| log(&answer, begun.elapsed()));
    answer.headers_mut().insert(REQUEST_ID, name);
    answer
}

fn hide_secrets(headers: &mut HeaderMap) {
    for name in [AUTHORIZATION, AUTH_TOKEN] {
        if let Entry::Occupied(mut sent) = headers.entry(name) {
            sent.iter_mut().for_each(|value| value.set_sensitive(true));
        }
    }
}

fn span<B>(origin: &Origin, request: &Request<B>) -> Span {
    let path = request.uri().path();
    let path = path.char_indices().nth(SHOWN_PATH).map_or(path, |(end, _)| &path[..end]);
    let Origin { request_id: id, address } = origin;
    tracing::info_span!("request", id, %address, method = %request.method(), path)
}

fn log(answer: &HttpResponse, latency: Duration) {
    let status = answer.status().as_u16();
    let micros = u64::try_from(latency.as_micros()).unwrap_or(u64::MAX);
    match answer.extensions().get::<Condition>() {
        Some(condition) => {
            let code = condition.code();
            tracing::info!(status, code, reason = field::debug(condition), micros, "refused");
        }
        None => tracing::info!(status, micros, "answered"),
    }
}

fn panicked(panic: &(dyn Any + Send)) -> HttpResponse {
    let words = panic.downcast_ref::<&str>().copied();
    let words = words.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    ApiError::internal(format!("panicked: {}", words.unwrap_or("without words")))
        .into_response(ErrorShape::Scm)
}
