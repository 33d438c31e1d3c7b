//! Why verifiers reject a bundle whose keys and signatures are sound.

use super::sentence::Name;
use crate::Place;

/// A reason for which the usual verifiers (OpenSSL, rustls, browsers) reject the bundle of a TLS
/// server, although key and signatures are sound. `Display` is one sentence, as of a
/// [`Finding`](crate::Finding).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Warning {
    /// A critical extension that verifiers do not know (RFC 5280 4.2).
    #[error(
        "{place} ({}) has the critical extension {oid}, which verifiers do not know and must \
         reject; request a certificate without it",
        Name(subject)
    )]
    UnknownCriticalExtension {
        /// The certificate.
        place: Place,
        /// Its subject.
        subject: String,
        /// The identifier of the extension, dotted.
        oid: String,
    },
    /// extKeyUsage without serverAuth (RFC 5280 4.2.1.12).
    #[error(
        "{place} ({}) is not valid for TLS servers: its extKeyUsage lacks serverAuth; request a \
         certificate for server authentication",
        Name(subject)
    )]
    NotForServers {
        /// The leaf or an intermediate.
        place: Place,
        /// Its subject.
        subject: String,
    },
    /// A name of the leaf that an issuer may not certify (nameConstraints, RFC 5280 4.2.1.10).
    #[error(
        "{leaf} has the name \"{name}\", which nameConstraints of {issuer} ({}) do not permit; \
         request the certificate from another issuer",
        Name(subject)
    )]
    NameNotPermitted {
        /// The leaf.
        leaf: Place,
        /// The first of its names that is not permitted.
        name: String,
        /// The issuer.
        issuer: Place,
        /// The subject of the issuer.
        subject: String,
    },
    /// An issuer's nameConstraints cannot be parsed, so that verifiers cannot apply them.
    #[error(
        "{issuer} ({}) has nameConstraints that cannot be parsed, so verifiers reject what it \
         issued; request the certificate from another issuer",
        Name(subject)
    )]
    UnreadableConstraints {
        /// The issuer.
        issuer: Place,
        /// Its subject.
        subject: String,
    },
    /// The last certificate was issued by one below it, so that the chain reaches no root.
    #[error(
        "the chain is a loop: {top} was issued by {below} ({}), which stands below it; send the \
         chain that leads to a root",
        Name(subject)
    )]
    Loop {
        /// The last certificate.
        top: Place,
        /// Its issuer.
        below: Place,
        /// The subject of the issuer.
        subject: String,
    },
}

impl Warning {
    /// The certificate that the warning is about.
    pub fn place(&self) -> Place {
        match self {
            Self::UnknownCriticalExtension { place, .. }
            | Self::NotForServers { place, .. }
            | Self::NameNotPermitted { leaf: place, .. }
            | Self::UnreadableConstraints { issuer: place, .. }
            | Self::Loop { top: place, .. } => *place,
        }
    }
}
