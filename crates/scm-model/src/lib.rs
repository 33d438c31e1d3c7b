//! The wire of the SCM v3 API: every operation, body, limit and error code, as types.
//!
//! [`api`] is the table of operations. Both ends of the wire read it: a server finds the row of a
//! request and [reads](Call::read) a [`Call`] from it, a client [makes](Call::new) a [`Call`] and
//! [writes](Call::write) it as an [`http::Request`]. With the feature `openapi` the same table
//! becomes an OpenAPI document ([`openapi::document`]).
//!
//! Deliberately absent: I/O, async, cryptography, and any opinion on whether a certificate is
//! sound.

pub mod api;
mod call;
pub mod certificates;
mod credentials;
mod field;
pub mod identity;
pub mod limits;
mod narrow;
#[cfg(feature = "openapi")]
pub mod openapi;
mod operation;
mod payload;
mod problem;
mod revision;
#[cfg(feature = "openapi")]
mod schema;
mod secret;
mod violation;

pub use call::{Call, Received, header_name};
pub use credentials::Credentials;
pub use field::{Field, FieldType, Kind, Wire};
pub use limits::Length;
pub use operation::{Access, Action, ErrorShape, Operation, Visitor};
pub use payload::{Body, Empty, Parameters, Reply, ReplyParts, Unreadable};
pub use problem::{Condition, ErrorBody};
pub use revision::{NameRule, Revision};
pub use secret::SecretText;
pub use violation::{Rule, Violation, Violations};
