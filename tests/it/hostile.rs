//! Clients that mean harm, or are only broken: the server answers or hangs up, and goes on serving others.

mod host;
mod limits;
mod names;
mod properties;
mod wire;

use scm_tests::{Person, TestServer, import_body, sound};

/// The server still does what it is there for.
async fn still_serves(server: &TestServer) {
    let answer =
        server.by(Person::FullAccess).import(&import_body(&sound("www.example.com"))).await;
    assert_eq!(answer.status, 200, "{answer:?}");
}
