//! What the end-to-end tests stand on: a server on a real socket, people who ask it, and a wire that
//! sends whatever it is given.
//!
//! [`TestServer`] runs in the test's own process, under a clock that stands still; [`Binary`] is the
//! real program, for what only a process can show: its log, its death, its start. Nothing is faked:
//! store, keyring, sockets and passwords are the real ones.

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
pub use wire::{Answer, Connection, Protocol, heard, patiently, request, speak};
