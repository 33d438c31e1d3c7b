//! One server: sends a request, reads the answer, and retries if that is safe.

use std::time::SystemTime;

use bytes::Bytes;
use http::Request;
use scm_model::{Call, Operation, Reply as _, header_name};
use zeroize::Zeroizing;

use crate::{Error, answer::Answer, error::Cause, refusal::Refusal, retry};

/// The maximum size of an answer, in bytes. The largest answer of this API is a list of certificates.
const LONGEST_ANSWER: usize = 4 * 1024 * 1024;

/// The URL of a server, and the HTTP client for it.
#[derive(Debug, Clone)]
pub(crate) struct Endpoint {
    pub(crate) http: reqwest::Client,
    /// Its URL, without user, query and final slash.
    pub(crate) url: String,
    /// Whether requests are sent to another machine without encryption.
    pub(crate) exposed: bool,
    /// Whether it stores an import once that is sent again with its key.
    pub(crate) honors_idempotency_key: bool,
}

impl Endpoint {
    /// A call as a request to this server. The body is wiped when its last copy is dropped.
    pub(crate) fn request<O: Operation>(&self, call: &Call<O>) -> Result<Request<Bytes>, Error> {
        let request = call.write(&self.url).map_err(|error| Error::SetUp(error.into()))?;
        Ok(request.map(|body| Bytes::from_owner(Zeroizing::new(body))))
    }

    /// Sends a request, with retries if they are safe, and returns the last answer.
    pub(crate) async fn deliver(&self, request: &Request<Bytes>) -> Result<Answer, Error> {
        let repeatable = self.is_repeatable(request);
        let mut attempts = 1;
        loop {
            let outcome = self.once(request.clone()).await;
            let (now, jitter) = (SystemTime::now(), fastrand::f64());
            match retry::pause(attempts, repeatable, &outcome, now, jitter) {
                Some(pause) => tokio::time::sleep(pause).await,
                None => return outcome,
            }
            attempts += 1;
        }
    }

    /// Whether sending a request twice has the effect of sending it once.
    fn is_repeatable(&self, request: &Request<Bytes>) -> bool {
        let has_key = || request.headers().contains_key(header_name("idempotency_key"));
        request.method().is_idempotent() || self.honors_idempotency_key && has_key()
    }

    /// Reads the answer to an operation.
    pub(crate) fn read<O: Operation>(&self, answer: &Answer) -> Result<O::Reply, Error> {
        let Answer { status, headers, body } = answer;
        if !status.is_success() {
            return Err(Refusal::read(*status, headers, body).into());
        }
        O::Reply::read(headers, body).map_err(|unreadable| Error::Unreadable {
            url: self.url.clone(),
            operation: O::ID,
            status: status.as_u16(),
            source: unreadable.into(),
        })
    }

    async fn once(&self, request: Request<Bytes>) -> Result<Answer, Error> {
        let request = reqwest::Request::try_from(request).map_err(|error| self.failure(error))?;
        let response = self.http.execute(request).await.map_err(|error| self.failure(error))?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = self.body(response).await?;
        Ok(Answer { status, headers, body })
    }

    async fn body(&self, mut response: reqwest::Response) -> Result<Zeroizing<Vec<u8>>, Error> {
        // With capacity for the whole body, no reallocation leaves a copy behind.
        let announced = response.content_length().unwrap_or(0).min(LONGEST_ANSWER as u64);
        let capacity = usize::try_from(announced).unwrap_or(0);
        let mut body = Zeroizing::new(Vec::with_capacity(capacity));
        while let Some(chunk) = response.chunk().await.map_err(|error| self.failure(error))? {
            if body.len() + chunk.len() > LONGEST_ANSWER {
                return Err(Error::TooLong { url: self.url.clone(), limit: LONGEST_ANSWER });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    fn failure(&self, error: reqwest::Error) -> Error {
        let url = self.url.clone();
        let (connecting, late) = (error.is_connect(), error.is_timeout());
        let preparing = error.is_builder();
        let source = Cause::from(error.without_url());
        match () {
            () if preparing => Error::SetUp(source),
            () if connecting => Error::Unreachable { url, source },
            () if late => Error::TimedOut { url },
            () => Error::Interrupted { url, source },
        }
    }
}
