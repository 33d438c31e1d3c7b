//! The wire format of the SCM v3 API: every operation, body, limit and error code, as types.
//!
//! [`api`] is the table of operations. A client [makes](Call::new) a [`Call`] and
//! [writes](Call::write) it as an [`http::Request`]; a server finds the row of a request and
//! [reads](Call::read) a [`Call`] from it. With the feature `openapi` the table becomes an OpenAPI
//! document ([`openapi::document`]).
//!
//! Deliberately absent: I/O, async, cryptography, and the validation of certificates.

pub mod api;
mod call;
pub mod certificates;
mod credentials;
mod field;
pub mod identity;
pub mod limits;
mod narrow;
mod one_line;
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
