//! The rules of certificates: do this leaf, chain and private key make a sound bundle?
//!
//! Pure by design: no HTTP, database, I/O or clock; the time is an argument.
//!
//! ```text
//! three texts ── Bundle::read ──▶ Bundle ── Verifier::verify ──▶ VerifiedBundle
//!                (never fails)                      │
//!                                                   └──▶ Findings: every defect
//! ```
//!
//! [`Bundle::read`] parses the three texts and records what it cannot parse. [`Verifier`] checks
//! the rest under a [`Policy`] at a given time. Only it makes a [`VerifiedBundle`], which needs no
//! further check. [`arrange`] sorts loose files into the three texts.
//!
//! A bundle that is sound, but that the usual verifiers reject, has [`Warning`]s.
//!
//! Not checked: revocation, trust in a root, certificate policies and transparency. They are up to
//! the client that connects.

mod acceptance;
mod arrange;
mod bundle;
mod certificate;
mod chain;
mod content;
mod distinguished;
mod field;
mod finding;
mod fitness;
mod issuers;
mod key;
mod leaf;
mod name;
mod name_constraints;
mod oid;
mod order;
pub mod pem;
mod policy;
mod public_key;
mod signature;
#[cfg(feature = "testing")]
pub mod testing;
mod text;
mod tlv;
mod verifier;

pub use arrange::{ArrangeError, Arranged, LeftOver, Repeat, arrange};
pub use bundle::Bundle;
pub use certificate::{Certificate, CertificateError};
pub use content::{Content, Unmarked};
pub use field::{Field, Place};
pub use finding::{Finding, FindingClass, Findings, Ordered, PasswordForm, Warning};
pub use key::{KeyEncoding, KeyError, PrivateKey, RsaRule, UnknownEncoding};
pub use name::{NameDefect, NameRule, Names};
pub use policy::Policy;
pub use public_key::KeyAlgorithm;
pub use signature::SignatureAlgorithm;
pub use verifier::{VerifiedBundle, Verifier};
