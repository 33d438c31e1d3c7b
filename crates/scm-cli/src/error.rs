//! Why a command failed, and its exit code.

use std::io;

use scm_client::Error;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CliError {
    /// A file cannot be read.
    #[error("cannot read {name}")]
    File {
        /// The file.
        name: String,
        /// The reason.
        source: io::Error,
    },
    /// A file exceeds the size limit.
    #[error("{name} exceeds {limit} bytes: it is not a certificate, chain or private key")]
    TooLarge {
        /// The file.
        name: String,
        /// The limit in bytes.
        limit: u64,
    },
    /// A file cannot be written.
    #[error("cannot write {name}")]
    Unwritable {
        /// The file.
        name: String,
        /// The reason.
        source: io::Error,
    },
    /// A file already exists.
    #[error("{name} already exists")]
    Exists {
        /// The file.
        name: String,
    },
    /// Standard input is named more than once.
    #[error("standard input (`-`) is given more than once")]
    StandardInputTwice,
    /// There is no terminal for the confirmation of a deletion.
    #[error("no terminal for the confirmation: use `--yes` to delete without it")]
    NoTerminal,
    /// The user did not confirm the deletion.
    #[error("nothing was deleted")]
    Declined,
    /// Only one of the two variables of an access key is set.
    #[error("an access key requires both variables, SCM_ACCESS_KEY and SCM_SECRET_KEY")]
    HalfAccessKey,
    /// The credentials file does not exist.
    #[error("credentials file {name} not found")]
    NoCredentials {
        /// The path of the file.
        name: String,
    },
    /// The credentials file is malformed.
    #[error("{name} is not a credentials file (line {line}, column {column})")]
    Credentials {
        /// The file.
        name: String,
        /// The line of the error, counted from 1.
        line: usize,
        /// The column of the error, counted from 1.
        column: usize,
    },
    /// The credentials of the file belong to another server.
    #[error("the credentials in {name} belong to {origin} and are not sent to {endpoint}")]
    OtherServer {
        /// The file.
        name: String,
        /// The server of the credentials.
        origin: String,
        /// The server of the command line.
        endpoint: String,
    },
    /// Credentials would be sent without encryption.
    #[error(
        "{endpoint} is not encrypted: others on the network could read credentials and private keys"
    )]
    Exposed {
        /// The server.
        endpoint: String,
    },
    /// The asynchronous runtime cannot be started.
    #[error("cannot start the runtime")]
    Runtime(#[source] io::Error),
    /// The server cannot be reached, failed, or refused the request.
    #[error(transparent)]
    Client(#[from] Error),
    /// A request that changes something failed, but may have taken effect.
    #[error(transparent)]
    OutcomeUnknown(Error),
}

impl CliError {
    /// The error of a request that changes something.
    pub(crate) fn changing(error: Error) -> Self {
        if error.may_have_taken_effect() {
            Self::OutcomeUnknown(error)
        } else {
            Self::Client(error)
        }
    }

    /// The error of the client, if it is one.
    pub(crate) fn client_error(&self) -> Option<&Error> {
        match self {
            Self::Client(error) | Self::OutcomeUnknown(error) => Some(error),
            _ => None,
        }
    }

    /// The exit code: 1 for a refusal, 2 for an invalid command line, 3 for other failures.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::TooLarge { .. } | Self::Exists { .. } | Self::Declined => 1,
            Self::StandardInputTwice
            | Self::NoTerminal
            | Self::HalfAccessKey
            | Self::OtherServer { .. }
            | Self::Exposed { .. } => 2,
            Self::File { .. }
            | Self::Unwritable { .. }
            | Self::NoCredentials { .. }
            | Self::Credentials { .. }
            | Self::Runtime(_) => 3,
            Self::Client(error) | Self::OutcomeUnknown(error) => match error {
                Error::Address(_) | Error::Roots(_) | Error::Unsigned(_) => 2,
                Error::Refused { status: 408 | 429, .. } => 3,
                Error::Invalid(_)
                | Error::Refused { status: 400..=499, .. }
                | Error::ClockOff { .. } => 1,
                _ => 3,
            },
        }
    }

    /// What the user can do, if it is known.
    pub(crate) fn advice(&self) -> Option<&'static str> {
        match self {
            Self::NoCredentials { .. } | Self::Credentials { .. } => Some(
                "The server writes the file to its data folder on the first start. Start one with \
                 `scm-server`, then pass `--credentials DIR/credentials.json` (or set \
                 SCM_CREDENTIALS). For a server on another machine, pass `--endpoint URL` and set \
                 SCM_TOKEN, or SCM_ACCESS_KEY and SCM_SECRET_KEY.",
            ),
            Self::OtherServer { .. } => Some(
                "Nothing was sent. Set SCM_TOKEN, or SCM_ACCESS_KEY and SCM_SECRET_KEY, to credentials of \
                 that server, or pass its file with `--credentials FILE`. If both addresses lead to one \
                 server, change `base_url` in a copy of the file.",
            ),
            Self::Exposed { .. } => Some(
                "Nothing was sent. Use https://, or pass `--insecure-http` to permit plain HTTP.",
            ),
            Self::Exists { .. } => Some("Nothing was written. Use `--force` to overwrite."),
            Self::Client(Error::Unreachable { .. }) => Some(
                "Nothing was sent. Check that the server is running and that the address is correct. \
                 `scm-server` starts a server, `--endpoint URL` sets the address, and `--ca FILE` the \
                 trust anchors.",
            ),
            Self::OutcomeUnknown(_) => Some(
                "The request may have taken effect: check with `scm list` or `scm show`. It is safe to \
                 import again with `--duplicate-check`: if the certificate is already stored, the error \
                 contains its id.",
            ),
            _ => None,
        }
    }
}
