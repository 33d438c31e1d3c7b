//! The cloud's own SDK, unchanged, against the real program.
//!
//! It comes from PyPI, into `target/tools/sdk`; `cargo xtask test` puts it there.

use std::{fs, process::Command};

use scm_tests::{Binary, Folder, tool};

use crate::contract::now;

#[test]
fn the_official_sdk_works_as_it_is() {
    let folder = Folder::new();
    let server = Binary::start(&folder, &["--api-revision", "2025"]).unwrap();
    let files = Folder::new();
    let bundle = now::authority().leaf("www.example.com").also("example.com").issue();
    let other = now::sound("other.example.com");
    for (name, text) in [
        ("leaf.pem", &bundle.certificate),
        ("chain.pem", &bundle.certificate_chain),
        ("key.pem", &bundle.private_key),
        ("other-key.pem", &other.private_key),
    ] {
        fs::write(files.file(name), text).unwrap();
    }
    let ran = Command::new(tool("sdk", "python"))
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/sdk/life.py"))
        .args([folder.file("credentials.json"), files.path().to_owned()])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ran.stdout);
    let noted = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{said}\n{noted}\n{}", server.stop().log);
    assert_eq!(said, "every answer is what the SDK's users read\n");
}
