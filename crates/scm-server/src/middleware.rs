//! The middleware of every request: an id, sensitive headers, a span and a line of the log, and a
//! response even if the program panics.

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
    HeaderMap, HeaderValue, Request,
    header::{AUTHORIZATION, Entry},
};
use hyper::body::Incoming;
use scm_model::{Condition, ErrorShape};
use tracing::{Span, field};

use crate::{
    error::ApiError,
    headers::{AUTH_TOKEN, REQUEST_ID},
    origin::Origin,
    random_id::random_id,
    response::HttpResponse,
    service::Service,
};

/// The length after which the log cuts a path.
const SHOWN_PATH: usize = 200;

/// Handles a request.
pub async fn pass(
    service: &Service,
    peer: SocketAddr,
    mut request: Request<Incoming>,
) -> HttpResponse {
    let start = Instant::now();
    // Before anything that might print headers.
    hide_secrets(request.headers_mut());
    let id = random_id();
    let id_header = HeaderValue::try_from(&id).expect("digits are visible ASCII");
    let origin = Origin::of(peer, id, request.headers(), service.trusted_proxies());
    let span = span(&origin, &request);
    let mut handling = pin!(service.respond(origin, request));
    let mut response = poll_fn(|context| {
        let _guard = span.enter();
        catch_unwind(AssertUnwindSafe(|| handling.as_mut().poll(context)))
            .unwrap_or_else(|panic| Poll::Ready(panicked(&*panic)))
    })
    .await;
    span.in_scope(|| log(&response, start.elapsed()));
    response.headers_mut().insert(REQUEST_ID, id_header);
    response
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

fn log(response: &HttpResponse, latency: Duration) {
    let status = response.status().as_u16();
    let micros = u64::try_from(latency.as_micros()).unwrap_or(u64::MAX);
    match response.extensions().get::<Condition>() {
        Some(condition) => {
            let code = condition.code();
            tracing::info!(
                status,
                code,
                reason = field::debug(condition),
                micros,
                "a request is refused"
            );
        }
        None => tracing::info!(status, micros, "a request is answered"),
    }
}

fn panicked(panic: &(dyn Any + Send)) -> HttpResponse {
    let message = panic.downcast_ref::<&str>().copied();
    let message = message.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    ApiError::internal(format!("panicked: {}", message.unwrap_or("without a message")))
        .into_response(ErrorShape::Scm)
}
