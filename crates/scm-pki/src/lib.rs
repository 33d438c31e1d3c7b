//! The rules of certificates: do this leaf, chain and private key make a sound bundle?
//!
//! Pure by design: no HTTP, no database, no I/O and no clock of its own; the time is an argument.
//!
//! ```text
//! three texts ── Bundle::read ──▶ Bundle ── Verifier::verify ──▶ VerifiedBundle
//!                (never fails)                      │
//!                                                   └──▶ Findings: everything that is wrong
//! ```
//!
//! [`Bundle::read`] takes what a person hands in and notes what it could not read. [`Verifier`]
//! judges the rest under a [`Policy`] at a given time. Only it can make a [`VerifiedBundle`], so
//! whoever holds one needs no further check. [`arrange`] sorts loose files into the three texts.
//!
//! Left out on purpose: revocation, trust in a particular root, name constraints, certificate
//! policies and transparency. Those are questions for whoever connects, not for a store.

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
