//! Everything that can come between a call and its reply. None of it holds a secret.

use scm_model::{Condition, Violations};

/// The cause of an error, whichever library it comes from.
pub(crate) type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why a call gave no reply.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// What was given as the server's address is not one; the text says why.
    #[error("not an address of a server: {0}")]
    Address(&'static str),
    /// The token holds what no header can carry.
    #[error("the token is malformed: it must be made of visible ASCII characters")]
    TokenMalformed,
    /// The HTTP client could not be set up, for example because the system has no root
    /// certificates to trust.
    #[error("the HTTP client cannot be set up")]
    SetUp(#[source] Cause),
    /// The root certificates are none.
    #[error("not PEM with root certificates")]
    Roots(#[source] Cause),
    /// The request cannot be signed: access key, secret or project are none.
    #[error("the request cannot be signed")]
    Unsigned(#[source] Cause),
    /// The operation demands a proof of who asks, and the client was given none.
    #[error("{operation} needs a log-in, and there is no access key, no token and no password")]
    NoLogIn {
        /// The operation's public name.
        operation: &'static str,
    },
    /// The call breaks rules of the wire, so it was not sent.
    #[error("the request breaks the rules of the API: {0}")]
    Invalid(Violations),
    /// The server refused.
    #[error("refused with {code}: {message}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The code as the server gave it, such as `SCM.0014`; the HTTP status where it gave none.
        code: String,
        /// What the server said, control characters escaped; the beginning of the answer where it
        /// is none of the published shapes.
        message: String,
        /// The request's id, as it stands in the server's log.
        request_id: Option<String>,
    },
    /// The server refused a signature, and this machine's clock is further from the server's than
    /// a signature may be old.
    #[error(
        "the clock of this machine is {} seconds {} that of the server, which takes signatures of \
         the last 15 minutes",
        seconds_ahead.unsigned_abs(),
        if *seconds_ahead < 0 { "behind" } else { "ahead of" }
    )]
    ClockOff {
        /// How far this machine's clock is ahead; negative if it is behind.
        seconds_ahead: i64,
        /// What the server said.
        #[source]
        refusal: Box<Self>,
    },
    /// No connection could be made: nothing was sent.
    #[error("{url} cannot be reached")]
    Unreachable {
        /// The server.
        url: String,
        /// Why.
        #[source]
        source: Cause,
    },
    /// The connection broke before the answer was there.
    #[error("the connection to {url} broke before the answer was there")]
    Interrupted {
        /// The server.
        url: String,
        /// Why.
        #[source]
        source: Cause,
    },
    /// The answer did not come in time.
    #[error("{url} did not answer in time")]
    TimedOut {
        /// The server.
        url: String,
    },
    /// The server agreed, but its answer is not what the operation gives.
    #[error("the answer of {url} to {operation} (status {status}) is not readable")]
    Unreadable {
        /// The server.
        url: String,
        /// The operation's public name.
        operation: &'static str,
        /// The HTTP status.
        status: u16,
        /// What is wrong with it.
        #[source]
        source: Cause,
    },
    /// The list begins again where it should go on.
    #[error("the list of {url} has no end: it repeats itself")]
    Endless {
        /// The server.
        url: String,
    },
    /// The answer is longer than any answer of this API.
    #[error("the answer of {url} is longer than {limit} bytes")]
    TooLong {
        /// The server.
        url: String,
        /// The most that is read, in bytes.
        limit: usize,
    },
}

impl Error {
    /// Whether the server may have done what was asked, although there is no reply: an import, say,
    /// may have been kept.
    pub fn may_have_taken_effect(&self) -> bool {
        match self {
            Self::Interrupted { .. }
            | Self::TimedOut { .. }
            | Self::Unreadable { .. }
            | Self::TooLong { .. } => true,
            // Out of service is who turns requests away, except where that came in the middle of one.
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
