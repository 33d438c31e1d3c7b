//! Support of the end-to-end tests: a server on a real socket, its users, and connections that send
//! arbitrary requests.
//!
//! [`TestServer`] runs in the test's own process, under a clock that stands still; [`Binary`] is the
//! real program, for what only a process can show: its log, its end, its start. Nothing is mocked:
//! store, keyring, sockets and passwords are the real ones.

mod answer;
mod binary;
mod bundles;
mod clock;
mod document;
mod folder;
mod haproxy;
mod keystone;
mod person;
mod ran;
mod server;
mod session;
mod signer;
mod tools;
mod wire;

pub use answer::Answer;
pub use binary::{Binary, Ended, built};
pub use bundles::{authority, import_body, sound};
pub use clock::{NOW, StillClock};
pub use document::{schema, written};
pub use folder::Folder;
pub use haproxy::Haproxy;
pub use keystone::Keystone;
pub use person::Person;
pub use ran::Ran;
pub use server::{TestServer, TestServerBuilder};
pub use session::Session;
pub use signer::{Signer, canonical, sha256, unsigned};
pub use tools::tool;
pub use wire::{Connection, Protocol, exchange, patiently, request, speak};
