//! Why a call has no reply. Errors contain no secrets.

use scm_model::{Condition, Violations};

/// The cause of an error, whichever library it comes from.
pub(crate) type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why a call has no reply.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The address of the server is invalid. The text is the reason.
    #[error("invalid server address: {0}")]
    Address(&'static str),
    /// The token contains characters that a header cannot contain.
    #[error("invalid token: it must contain only visible ASCII characters")]
    TokenMalformed,
    /// The HTTP client could not be set up, for example because the system has no root
    /// certificates to trust.
    #[error("cannot set up the HTTP client")]
    SetUp(#[source] Cause),
    /// The trust anchors are not certificates in PEM format.
    #[error("cannot read the trust anchors: expected certificates in PEM format")]
    Roots(#[source] Cause),
    /// The request cannot be signed: access key, secret or project is invalid.
    #[error("cannot sign the request")]
    Unsigned(#[source] Cause),
    /// The operation requires authentication, and the client has no credentials.
    #[error("{operation} requires authentication: set an access key, a token or a log-in")]
    NoLogIn {
        /// The operation's public name.
        operation: &'static str,
    },
    /// The call breaks rules of the API. It was not sent.
    #[error("the request breaks the rules of the API: {0}")]
    Invalid(Violations),
    /// The server refused the request.
    #[error("refused with {code}: {message}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The error code of the server, such as `SCM.0014`, or the HTTP status if there is none.
        code: String,
        /// The message of the server, with control characters escaped, or the beginning of the answer if
        /// it has none of the published shapes.
        message: String,
        /// The id of the request, as in the server's log.
        request_id: Option<String>,
    },
    /// The server refused a signature, and the clocks of this machine and the server differ by more than
    /// the accepted age of a signature.
    #[error(
        "the clock of this machine is {} seconds {} the clock of the server, which accepts signatures \
         of the last 15 minutes: correct the clock",
        seconds_ahead.unsigned_abs(),
        if *seconds_ahead < 0 { "behind" } else { "ahead of" }
    )]
    ClockOff {
        /// The seconds by which this machine's clock is ahead. Negative if it is behind.
        seconds_ahead: i64,
        /// The refusal of the server.
        #[source]
        refusal: Box<Self>,
    },
    /// No connection could be made. Nothing was sent.
    #[error("cannot reach {url}")]
    Unreachable {
        /// The server.
        url: String,
        /// The reason.
        #[source]
        source: Cause,
    },
    /// The connection broke before the answer was complete.
    #[error("the connection to {url} broke before the answer was complete")]
    Interrupted {
        /// The server.
        url: String,
        /// The reason.
        #[source]
        source: Cause,
    },
    /// The answer did not arrive in time.
    #[error("{url} did not answer in time")]
    TimedOut {
        /// The server.
        url: String,
    },
    /// The status of the answer is a success, but the answer is not a reply of the operation.
    #[error("cannot read the answer of {url} to {operation} (status {status})")]
    Unreadable {
        /// The server.
        url: String,
        /// The operation's public name.
        operation: &'static str,
        /// The HTTP status.
        status: u16,
        /// The reason.
        #[source]
        source: Cause,
    },
    /// The list repeats itself.
    #[error("the list of {url} repeats itself")]
    Endless {
        /// The server.
        url: String,
    },
    /// The answer exceeds the size limit.
    #[error("the answer of {url} exceeds {limit} bytes")]
    TooLong {
        /// The server.
        url: String,
        /// The limit in bytes.
        limit: usize,
    },
}

impl Error {
    /// Whether the request may have taken effect although there is no reply. For example, an import may
    /// be stored.
    pub fn may_have_taken_effect(&self) -> bool {
        match self {
            Self::Interrupted { .. }
            | Self::TimedOut { .. }
            | Self::Unreadable { .. }
            | Self::TooLong { .. } => true,
            // A server that is unavailable refuses requests, unless it failed during a commit.
            Self::Refused { status: 503, code, .. } => code == Condition::OutcomeUnknown.code(),
            Self::Refused { status, .. } => *status >= 500,
            Self::Address(_)
            | Self::TokenMalformed
            | Self::SetUp(_)
            | Self::Roots(_)
            | Self::Unsigned(_)
            | Self::ClockOff { .. }
            | Self::Endless { .. }
            | Self::NoLogIn { .. }
            | Self::Invalid(_)
            | Self::Unreachable { .. } => false,
        }
    }
}

impl From<Violations> for Error {
    fn from(violations: Violations) -> Self {
        Self::Invalid(violations)
    }
}
