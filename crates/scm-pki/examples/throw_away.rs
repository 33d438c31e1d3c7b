//! A bundle that is good for a hundred years, for the examples in the API's documentation.
//!
//! `cargo run -p scm-pki --example throw_away > crates/scm-model/src/openapi/throw_away.json`
//!
//! Its output is public, the key included: never trust it.

#![expect(clippy::print_stdout, reason = "a program that prints")]

use scm_pki::testing::{Algorithm, TestAuthority};
use time::{Duration, macros::datetime};

const CENTURY: Duration = Duration::days(36_525);

fn main() {
    let authority =
        TestAuthority::lasting(Algorithm::P256, datetime!(2026-01-01 0:00 UTC), CENTURY);
    let bundle = authority.leaf("throw-away.example.com").valid_for(CENTURY).issue();
    // PEM has nothing that JSON writes in another way than Rust does.
    println!("{{");
    println!("  \"certificate\": {:?},", bundle.certificate);
    println!("  \"certificate_chain\": {:?},", bundle.certificate_chain);
    println!("  \"private_key\": {:?}", bundle.private_key);
    println!("}}");
}
