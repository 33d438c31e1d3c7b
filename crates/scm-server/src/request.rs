//! A request with its row of the table, read step by step, each step within its limits.

use std::{borrow::Cow, error::Error, time::Duration};

use bytes::Bytes;
use http::{
    HeaderMap, Request,
    header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE},
    request::Parts,
};
use http_body::Body as _;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Incoming;
use percent_encoding::percent_decode_str;
use scm_model::{
    Body as _, Call, Condition, Operation, Parameters as _, Received, header_name,
    limits::BODY_BYTES,
};
use scm_store::Subject;
use tokio::time::timeout;

use crate::{context::Context, error::ApiError, origin::Origin};

/// How much of the body of a refused request is read, so that a client that is still sending it
/// receives the response.
const DRAINED_BYTES: usize = 8 * 1024 * 1024;
const DRAIN_TIME: Duration = Duration::from_secs(2);

/// Reads the id in a parameter of a path.
type ReadSubject = fn(&str) -> Option<Subject>;

/// The parameters of paths that name something, and how to read them.
const SUBJECTS: &[(&str, ReadSubject)] =
    &[("certificate_id", |id| id.parse().ok().map(Subject::Certificate))];

/// A request with its row of the table.
#[derive(Debug)]
pub struct RoutedRequest {
    /// The method, the URI and the headers.
    pub parts: Parts,
    /// The client's address and the request's id.
    pub origin: Origin,
    /// The parameters of the path, percent-encoded.
    pub path: Vec<(String, String)>,
    body: Option<Incoming>,
}

impl RoutedRequest {
    /// A request whose path is not matched yet.
    pub fn new(parts: Parts, origin: Origin, body: Incoming) -> Self {
        Self { parts, origin, path: Vec::new(), body: Some(body) }
    }

    /// What the path names, if it names something that this server can have.
    pub fn subject(&self) -> Option<Subject> {
        let mut subjects = self.path.iter().filter_map(|(name, value)| {
            let (_, read) = SUBJECTS.iter().find(|(parameter, _)| parameter == name)?;
            read(value)
        });
        subjects.next_back()
    }

    /// Reads the body.
    ///
    /// # Errors
    /// The content type is not the operation's, or the body is too large, too slow or incomplete.
    pub async fn load<O: Operation>(&mut self, ctx: &Context) -> Result<Bytes, ApiError> {
        if O::Body::IS_JSON && !is_json(&self.parts.headers) {
            let detail = "Send the body with Content-Type: application/json.";
            return Err(ApiError::refused_because(Condition::ContentType, detail));
        }
        if self.parts.headers.get_all(CONTENT_ENCODING).iter().any(|coding| coding != "identity") {
            let detail = "Send the body without a Content-Encoding.";
            return Err(ApiError::refused_because(Condition::ContentType, detail));
        }
        self.body(ctx).await
    }

    /// The call that the request makes.
    ///
    /// # Errors
    /// Every rule of the API that it breaks.
    pub fn call<O: Operation>(&self, ctx: &Context, body: &[u8]) -> Result<Call<O>, ApiError> {
        let path = decoded(&self.path)?;
        let query = self.parts.uri.query().unwrap_or_default();
        let query: Vec<(String, String)> = serde_urlencoded::from_str(query).map_err(|_| {
            ApiError::refused_because(Condition::BodyMalformed, "The query is unreadable.")
        })?;
        let headers = declared::<O>(&self.parts.headers);
        let call = Call::read(Received {
            path: &path.iter().map(|(name, value)| (*name, &**value)).collect::<Vec<_>>(),
            query: &query.iter().map(|(name, value)| (&**name, &**value)).collect::<Vec<_>>(),
            headers: &headers.iter().map(|(name, value)| (*name, &**value)).collect::<Vec<_>>(),
            body,
        });
        Ok(call.map_err(|violations| violations.restated(ctx.revision()))?)
    }

    /// Frees the head, which may be megabytes, and reads from an unread body: see [`DRAINED_BYTES`].
    pub async fn drain(&mut self) {
        (self.parts, ()) = Request::new(()).into_parts();
        self.path = Vec::new();
        if let Some(body) = self.body.take() {
            discard(body).await;
        }
    }

    /// Reads on beside the response, for a while, if the body was not read: see [`DRAINED_BYTES`]. So the
    /// connection can be used again, and the response waits for nothing.
    pub fn discard_body(&mut self) {
        if let Some(body) = self.body.take().filter(|body| !body.is_end_stream()) {
            tokio::spawn(discard(body));
        }
    }

    async fn body(&mut self, ctx: &Context) -> Result<Bytes, ApiError> {
        let announced =
            self.parts.headers.get(CONTENT_LENGTH).and_then(|n| n.to_str().ok()?.parse().ok());
        if announced.is_some_and(|length: usize| length > BODY_BYTES) {
            return Err(too_large());
        }
        let body = self.body.take().expect("a body is read once");
        if body.is_end_stream() {
            return Ok(Bytes::new());
        }
        let limit = Duration::from_secs(ctx.config().request_timeout.get().into());
        match timeout(limit, Limited::new(body, BODY_BYTES).collect()).await {
            Ok(Ok(body)) => Ok(body.to_bytes()),
            Ok(Err(error)) if is_too_large(&*error) => Err(too_large()),
            Ok(Err(_)) => {
                let detail = "The body ended before its announced length.";
                Err(ApiError::refused_because(Condition::BodyMalformed, detail))
            }
            Err(_) => Err(ApiError::refused(Condition::RequestTimeout)),
        }
    }
}

async fn discard(body: Incoming) {
    let mut body = Limited::new(body, DRAINED_BYTES);
    let drained = async { while let Some(Ok(_)) = body.frame().await {} };
    let _ = timeout(DRAIN_TIME, drained).await;
}

/// The headers that the operation declares, each as often as it was sent: a character for each byte,
/// since their encoding is not specified.
fn declared<O: Operation>(headers: &HeaderMap) -> Vec<(&'static str, Cow<'_, str>)> {
    let mut declared = Vec::new();
    for field in O::Headers::FIELDS {
        for value in headers.get_all(header_name(field.name)) {
            let characters = || value.as_bytes().iter().copied().map(char::from).collect();
            declared.push((field.name, value.to_str().map_or_else(|_| characters(), Cow::from)));
        }
    }
    declared
}

fn is_json(headers: &HeaderMap) -> bool {
    let sent = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = sent.and_then(|value| value.split(';').next()).map(str::trim);
    essence.is_some_and(|essence| essence.eq_ignore_ascii_case("application/json"))
}

fn is_too_large(error: &(dyn Error + 'static)) -> bool {
    error.downcast_ref::<LengthLimitError>().is_some()
}

fn too_large() -> ApiError {
    let detail = format!("Limit: {BODY_BYTES} bytes.");
    ApiError::refused_because(Condition::TooLarge, detail)
}

fn decoded(pairs: &[(String, String)]) -> Result<Vec<(&str, String)>, ApiError> {
    let decode = |text: &str| percent_decode_str(text).decode_utf8().map(|text| text.into_owned());
    let decoded = pairs.iter().map(|(name, value)| Ok((name.as_str(), decode(value)?)));
    decoded
        .collect::<Result<_, std::str::Utf8Error>>()
        .map_err(|_| ApiError::refused(Condition::UnknownPath))
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use http::Response;
    use hyper::{server::conn::http1, service::service_fn};
    use hyper_util::rt::TokioIo;
    use tokio::io::{AsyncWriteExt, duplex};

    use super::*;

    #[tokio::test]
    async fn a_drained_request_holds_no_head() {
        let (mut client, server) = duplex(1024);
        client
            .write_all(b"POST / HTTP/1.1\r\nx-auth-token: long\r\ncontent-length: 9\r\n\r\n")
            .await
            .unwrap();
        let service = service_fn(async |request: Request<Incoming>| {
            let (parts, body) = request.into_parts();
            let origin = Origin { address: [192, 0, 2, 1].into(), request_id: String::new() };
            let mut request = RoutedRequest::new(parts, origin, body);
            let drained = timeout(Duration::from_millis(1), request.drain()).await;
            assert!(drained.is_err(), "the body does not end");
            assert!(request.parts.headers.is_empty());
            Ok::<_, Infallible>(Response::new(String::new()))
        });
        let connection = http1::Builder::new().serve_connection(TokioIo::new(server), service);
        connection.await.unwrap();
    }
}
