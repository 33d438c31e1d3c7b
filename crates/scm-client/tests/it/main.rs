//! The client against a scripted server: requests, and answers that a real server does not give on
//! demand. The tests of the workspace use a real server.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod faults;
mod lists;
mod operations;
mod server;
mod signing;
