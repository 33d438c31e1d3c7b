//! End-to-end tests: over real sockets, as every kind of user.
//!
//! The tree mirrors the operations; beside it stand the questions that concern all of them.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod access;
mod admin;
mod backup;
mod certificates;
mod cli;
mod contract;
mod directory;
mod docs;
mod durability;
mod examples;
mod full_disk;
mod hostile;
mod keystone;
mod openapi;
mod openssl;
mod postgres;
mod replay;
mod rotation;
mod sdk;
mod secrets;
mod signature;
mod start;
mod tls;
mod tokens;
