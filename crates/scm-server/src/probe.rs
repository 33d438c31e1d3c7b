//! The two questions that orchestrators ask: are you alive, can you work. Not part of the API.

use std::time::Instant;

use bytes::Bytes;
use http::{
    HeaderValue, Method, Response, StatusCode, Uri,
    header::{ALLOW, CONTENT_TYPE},
};
use http_body_util::Full;
use tokio::sync::Mutex;

use crate::{ctx::Ctx, error::chain, router::Answer};

/// The answer to a probe, if it is one.
///
/// `/healthz`: 200 as long as the process answers at all. `/readyz`: 200 while the store works,
/// else 503.
pub async fn answer(ctx: &Ctx, method: &Method, uri: &Uri) -> Option<Answer> {
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
        _ => match ctx.readiness().once(async || is_ready(ctx).await).await {
            true => text(StatusCode::OK, "ready"),
            false => text(StatusCode::SERVICE_UNAVAILABLE, "the store is not available"),
        },
    })
}

async fn is_ready(ctx: &Ctx) -> bool {
    let ready = ctx.store().ready().await;
    if let Err(error) = &ready {
        tracing::warn!(error = %chain(error), "not ready");
    }
    ready.is_ok()
}

/// When the store was last asked whether it works, and what it said. Anybody may want to know, so it
/// is asked once for all who wait: by the first of them, and never by two at a time.
#[derive(Debug, Default)]
pub struct Readiness(Mutex<Option<(Instant, bool)>>);

impl Readiness {
    /// What is said to a question that nobody put before this was called.
    async fn once(&self, ask: impl AsyncFnOnce() -> bool) -> bool {
        let came = Instant::now();
        let mut last = self.0.lock().await;
        if let Some((asked, ready)) = *last
            && asked >= came
        {
            return ready;
        }
        let asked = Instant::now();
        let ready = ask().await;
        *last = Some((asked, ready));
        ready
    }
}

fn text(status: StatusCode, words: &'static str) -> Answer {
    let body = Full::new(Bytes::from_static(words.as_bytes()));
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let plain = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, plain);
    response
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    use tokio::task::{JoinSet, yield_now};

    use super::*;

    #[tokio::test]
    async fn many_who_ask_at_once_are_two_questions_and_who_comes_later_is_another() {
        let readiness = Arc::new(Readiness::default());
        let questions = Arc::new(AtomicUsize::new(0));
        let ask = || {
            let (readiness, questions) = (Arc::clone(&readiness), Arc::clone(&questions));
            async move {
                let ask = async || {
                    yield_now().await;
                    questions.fetch_add(1, Ordering::Relaxed) != 2
                };
                readiness.once(ask).await
            }
        };
        let asking: JoinSet<_> = (0..100).map(|_| ask()).collect();
        assert_eq!(asking.join_all().await, [true; 100]);
        assert_eq!(questions.load(Ordering::Relaxed), 2, "the first one's, and all the others'");
        assert!(!ask().await, "what was said before is not said again");
    }
}
