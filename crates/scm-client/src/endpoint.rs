//! One server: sends it a request, reads its answer, tries again where that is safe.

use std::time::SystemTime;

use bytes::Bytes;
use http::Request;
use scm_model::{Call, Operation, Reply as _, header_name};
use zeroize::Zeroizing;

use crate::{Error, answer::Answer, error::Cause, refusal::Refusal, retry};

/// The most that is read of an answer, in bytes. The longest of this API is a list of certificates.
const LONGEST_ANSWER: usize = 4 * 1024 * 1024;

/// A server, and how to reach it.
#[derive(Debug, Clone)]
pub(crate) struct Endpoint {
    pub(crate) http: reqwest::Client,
    /// Its URL, without user, query and final slash.
    pub(crate) url: String,
    /// Whether what is sent there can be read on the way.
    pub(crate) exposed: bool,
    /// Whether it keeps an import once that is sent again with its key.
    pub(crate) remembers_imports: bool,
}

impl Endpoint {
    /// A call as a request to this server. Its body is wiped when the last copy of it goes.
    pub(crate) fn request<O: Operation>(&self, call: &Call<O>) -> Result<Request<Bytes>, Error> {
        let request = call.write(&self.url).map_err(|error| Error::SetUp(error.into()))?;
        Ok(request.map(|body| Bytes::from_owner(Zeroizing::new(body))))
    }

    /// Sends a request, more than once where that is safe, and gives the last answer.
    pub(crate) async fn deliver(&self, request: &Request<Bytes>) -> Result<Answer, Error> {
        let repeatable = self.is_repeatable(request);
        let mut tries = 1;
        loop {
            let outcome = self.once(request.clone()).await;
            let (now, jitter) = (SystemTime::now(), fastrand::f64());
            match retry::pause(tries, repeatable, &outcome, now, jitter) {
                Some(pause) => tokio::time::sleep(pause).await,
                None => return outcome,
            }
            tries += 1;
        }
    }

    /// Whether sending it twice is the same as sending it once.
    fn is_repeatable(&self, request: &Request<Bytes>) -> bool {
        let has_key = || request.headers().contains_key(header_name("idempotency_key"));
        request.method().is_idempotent() || self.remembers_imports && has_key()
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
        // With room for all of it from the start, nothing is copied, and no copy left behind.
        let announced = response.content_length().unwrap_or(0).min(LONGEST_ANSWER as u64);
        let room = usize::try_from(announced).unwrap_or(0);
        let mut body = Zeroizing::new(Vec::with_capacity(room));
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
