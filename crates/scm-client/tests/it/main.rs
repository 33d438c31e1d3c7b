//! The client against a scripted server: what is sent, and what becomes of answers that no real
//! server gives on command. The real one is asked in the workspace's own tests.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod faults;
mod lists;
mod operations;
mod server;
mod signing;
