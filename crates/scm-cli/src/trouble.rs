//! Everything that ends a command without what was asked, and the exit code that tells it.

use std::io;

use scm_client::Error;

/// Why there is no result.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Trouble {
    /// A file cannot be read.
    #[error("{name} cannot be read")]
    File {
        /// The file.
        name: String,
        /// Why.
        source: io::Error,
    },
    /// A file is far larger than any bundle.
    #[error("{name} is larger than {limit} bytes: that is no certificate, chain or key")]
    TooLarge {
        /// The file.
        name: String,
        /// The most that is read, in bytes.
        limit: u64,
    },
    /// A file cannot be written.
    #[error("{name} cannot be written")]
    Unwritable {
        /// The file.
        name: String,
        /// Why.
        source: io::Error,
    },
    /// A file is in the way.
    #[error("{name} exists already")]
    Exists {
        /// The file.
        name: String,
    },
    /// Standard input is named more than once.
    #[error("standard input (`-`) can be named only once")]
    StandardInputTwice,
    /// There is nobody to ask whether a deletion is meant.
    #[error("there is no terminal to ask at; `--yes` deletes without asking")]
    NobodyToAsk,
    /// The person who was asked said no.
    #[error("nothing was deleted")]
    Declined,
    /// Half an access key is none.
    #[error("an access key needs both variables, SCM_ACCESS_KEY and SCM_SECRET_KEY")]
    HalfAccessKey,
    /// There is no credentials file.
    #[error("there is no credentials file {name}")]
    NoCredentials {
        /// Where it was looked for.
        name: String,
    },
    /// The credentials file is not what a server writes.
    #[error("{name} is no credentials file of a server (line {line}, column {column})")]
    Credentials {
        /// The file.
        name: String,
        /// Where it differs, counted from 1.
        line: usize,
        /// Where in that line, counted from 1.
        column: usize,
    },
    /// What is in the credentials file would go to a server that it is not for.
    #[error("{name} is for {home}: what is in it is not sent to {endpoint}")]
    OtherServer {
        /// The file.
        name: String,
        /// Its server.
        home: String,
        /// The one that was named.
        endpoint: String,
    },
    /// Secrets would go over the network in the clear.
    #[error(
        "{endpoint} is not encrypted: whoever is on the way could read what proves who you are, and \
         private keys"
    )]
    Exposed {
        /// The server.
        endpoint: String,
    },
    /// The operating system does not give what the client runs on.
    #[error("the client cannot be started")]
    Runtime(#[source] io::Error),
    /// The server was not reached, failed or refused.
    #[error(transparent)]
    Client(#[from] Error),
    /// The same of a request that changes something, and may have done so.
    #[error(transparent)]
    Unsettled(Error),
}

impl Trouble {
    /// What became of a request that changes something.
    pub(crate) fn changing(error: Error) -> Self {
        if error.may_have_taken_effect() { Self::Unsettled(error) } else { Self::Client(error) }
    }

    /// The client's error, if it is one.
    pub(crate) fn client_error(&self) -> Option<&Error> {
        match self {
            Self::Client(error) | Self::Unsettled(error) => Some(error),
            _ => None,
        }
    }

    /// 1 for a refusal, 2 for a wrong command line, 3 for the rest.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::TooLarge { .. } | Self::Exists { .. } | Self::Declined => 1,
            Self::StandardInputTwice
            | Self::NobodyToAsk
            | Self::HalfAccessKey
            | Self::OtherServer { .. }
            | Self::Exposed { .. } => 2,
            Self::File { .. }
            | Self::Unwritable { .. }
            | Self::NoCredentials { .. }
            | Self::Credentials { .. }
            | Self::Runtime(_) => 3,
            Self::Client(error) | Self::Unsettled(error) => match error {
                Error::Address(_) | Error::Roots(_) | Error::Unsigned(_) => 2,
                Error::Refused { status: 408 | 429, .. } => 3,
                Error::Invalid(_)
                | Error::Refused { status: 400..=499, .. }
                | Error::ClockOff { .. } => 1,
                _ => 3,
            },
        }
    }

    /// What to do about it, where that is known.
    pub(crate) fn advice(&self) -> Option<&'static str> {
        match self {
            Self::NoCredentials { .. } | Self::Credentials { .. } => Some(
                "A server writes it on its first start, into its data folder: start one with \
                 `scm-server`, then pass `--credentials DIR/credentials.json` (or set \
                 SCM_CREDENTIALS). For a server elsewhere pass `--endpoint URL` and set \
                 SCM_TOKEN, or SCM_ACCESS_KEY and SCM_SECRET_KEY.",
            ),
            Self::OtherServer { .. } => Some(
                "Nothing was sent. Set SCM_TOKEN, or SCM_ACCESS_KEY and SCM_SECRET_KEY, to what that \
                 server gave you, or pass its own file with `--credentials FILE`. If it is the same \
                 server, write its address as `base_url` into a copy of the file.",
            ),
            Self::Exposed { .. } => {
                Some("Nothing was sent. Use https://, or pass `--insecure-http` if that is meant.")
            }
            Self::Exists { .. } => Some("Nothing was written. `--force` overwrites."),
            Self::Client(Error::Unreachable { .. }) => Some(
                "Nothing was sent. Is the server running, and is this its address? \
                 `scm-server` starts one; `--endpoint URL` names another address, `--ca FILE` the \
                 authority of its certificate.",
            ),
            Self::Unsettled(_) => Some(
                "The server may have done what was asked all the same: `scm list` and `scm show` \
                 tell. Importing again with `--duplicate-check` is safe: it tells the id if the \
                 certificate is kept already.",
            ),
            _ => None,
        }
    }
}
