//! The cloud's own SDK, unchanged, against the real program.
//!
//! It comes from PyPI, into `target/tools/sdk`; `cargo xtask test` puts it there.

use std::{fs, path::Path, process::Command};

use scm_tests::{Binary, Folder, NOW, Person, TestServer, import_body, sound, tool};
use serde_json::json;
use time::OffsetDateTime;

use crate::contract::now;

/// Runs a program of `tests/sdk` under the SDK, to its last word.
fn run(program: &str, arguments: &[&Path]) -> Result<(), String> {
    let ran = Command::new(tool("sdk", "python"))
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("sdk").join(program))
        .args(arguments)
        .output()
        .map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&ran.stdout);
    if ran.status.success() && said == "every answer is what the SDK's users read\n" {
        return Ok(());
    }
    Err(format!("{said}\n{}", String::from_utf8_lossy(&ran.stderr)))
}

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
    let ran = run("life.py", &[&folder.file("credentials.json"), files.path()]);
    ran.unwrap_or_else(|said| panic!("{said}\n{}", server.stop().log));
}

/// A read-only key, and a locked one, as the SDK reports them.
#[tokio::test]
async fn the_official_sdk_reads_what_a_reader_is_refused() {
    let server = TestServer::start().await;
    let body = import_body(&sound("www.example.com"));
    let id = server.by(Person::FullAccess).import(&body).await.text("certificate_id");
    // The SDK signs by the clock of the machine.
    server.clock().advance(OffsetDateTime::now_utc() - NOW);
    let reader = server.signer_of(Person::Reader).await;
    let known = server.folder().file("reader.json");
    let text = json!({
        "base_url": format!("http://{}", server.address()),
        "access_key": reader.access_key,
        "secret_key": reader.secret.secret_str(),
        "certificate_id": id,
    });
    fs::write(&known, text.to_string()).unwrap();
    let ran = tokio::task::spawn_blocking(move || run("reader.py", &[&known])).await.unwrap();
    ran.unwrap_or_else(|said| panic!("{said}"));
}
