//! What every request and every answer passes through, outermost first.

use std::{any::Any, convert::Infallible, time::Duration};

use aws_lc_rs::rand;
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request, Response, header::AUTHORIZATION};
use http_body::Body;
use http_body_util::Full;
use hyper::body::Incoming;
use scm_model::{Condition, ErrorShape};
use tower::{BoxError, Service, ServiceBuilder, service_fn};
use tower_http::{
    catch_panic::CatchPanicLayer,
    request_id::{MakeRequestId, PropagateRequestIdLayer, RequestId, SetRequestIdLayer},
    sensitive_headers::SetSensitiveRequestHeadersLayer,
    trace::TraceLayer,
};
use tracing::{Span, field};

use crate::{auth::AUTH_TOKEN, error::ApiError, router::Desk};

/// The header that names a request.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The name that a client gave its request: for its signature, and for nothing else.
#[derive(Debug, Clone)]
pub struct Sent(pub HeaderValue);

/// The longest path that the log shows.
const SHOWN_PATH: usize = 200;

/// A service as hyper wants it for each of its connections.
pub trait Layered:
    Service<
        Request<Incoming>,
        Response = Response<Self::Answer>,
        Error = Infallible,
        Future: Send + 'static,
    > + Clone
    + Send
    + 'static
{
    /// The body of its answers.
    type Answer: Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static;
}

impl<S, B> Layered for S
where
    S: Service<
            Request<Incoming>,
            Response = Response<B>,
            Error = Infallible,
            Future: Send + 'static,
        >,
    S: Clone + Send + 'static,
    B: Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    type Answer = B;
}

/// The stack around a desk.
pub fn around(desk: Desk) -> impl Layered {
    ServiceBuilder::new()
        // Ours is the only name of a request: one that was sent could be forged or anything.
        .map_request(|mut request: Request<Incoming>| {
            if let Some(sent) = request.headers_mut().remove(REQUEST_ID) {
                request.extensions_mut().insert(Sent(sent));
            }
            request
        })
        .layer(SetRequestIdLayer::new(REQUEST_ID, Random))
        .layer(PropagateRequestIdLayer::new(REQUEST_ID))
        // Before anything that might print headers.
        .layer(SetSensitiveRequestHeadersLayer::new([AUTHORIZATION, AUTH_TOKEN]))
        .layer(
            TraceLayer::new_for_http()
                .make_span_with(span)
                .on_request(())
                .on_response(log)
                .on_failure(()),
        )
        // Inside the trace, so that a panic is logged with its request.
        .layer(CatchPanicLayer::custom(panicked))
        .service(service_fn(move |request| {
            let desk = desk.clone();
            async move { Ok::<_, Infallible>(desk.answer(request).await) }
        }))
}

#[derive(Debug, Clone, Copy)]
struct Random;

impl MakeRequestId for Random {
    fn make_request_id<B>(&mut self, _: &Request<B>) -> Option<RequestId> {
        let mut random = [0; 16];
        rand::fill(&mut random).ok()?;
        let id = format!("{:032x}", u128::from_be_bytes(random));
        HeaderValue::try_from(id).ok().map(RequestId::new)
    }
}

fn span<B>(request: &Request<B>) -> Span {
    let id = request.headers().get(REQUEST_ID).and_then(|id| id.to_str().ok()).unwrap_or_default();
    let path: String = request.uri().path().chars().take(SHOWN_PATH).collect();
    tracing::info_span!("request", id, method = %request.method(), path)
}

fn log<B>(response: &Response<B>, latency: Duration, _: &Span) {
    let status = response.status().as_u16();
    let micros = u64::try_from(latency.as_micros()).unwrap_or(u64::MAX);
    match response.extensions().get::<Condition>() {
        Some(condition) => {
            let code = condition.code();
            tracing::info!(status, code, reason = field::debug(condition), micros, "refused");
        }
        None => tracing::info!(status, micros, "answered"),
    }
}

fn panicked(panic: Box<dyn Any + Send>) -> Response<Full<Bytes>> {
    let words = panic.downcast_ref::<&str>().copied();
    let words = words.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    ApiError::internal(format!("panicked: {}", words.unwrap_or("without words")))
        .answer(ErrorShape::Scm)
}
