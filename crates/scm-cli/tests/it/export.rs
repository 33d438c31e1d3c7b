//! Exports: files that only their owner may read, under names that lead nowhere else.

use std::{fs, process::Output};

use scm_pki::testing::TestBundle;
use serde_json::{Value, json};

use crate::{
    files::{Files, authority},
    server::{Server, TOKEN, detail},
    text,
};

const ID: &str = "scs0000000000001";

#[test]
fn four_private_files_are_written_and_existing_ones_stay() {
    let (bundle, files, server) = exporting("../www");
    let exported = run(&files, &server, &["export", ID, "--out", "tls"]);
    assert_eq!(exported.status.code(), Some(0), "{}", text(&exported.stderr));
    let whole = bundle.certificate.clone() + &bundle.certificate_chain;
    let parts = [
        ("tls/_._www.pem", &bundle.certificate),
        ("tls/_._www-chain.pem", &bundle.certificate_chain),
        ("tls/_._www-fullchain.pem", &whole),
        ("tls/_._www-key.pem", &bundle.private_key),
    ];
    assert_eq!(text(&exported.stdout), parts.map(|(path, _)| format!("{path}\n")).concat());
    for (path, expected) in parts {
        assert_eq!(&files.read(path), expected, "{path}");
        assert_private(&files, path);
    }

    files.write("tls/_._www-key.pem", "precious");
    let seen = server.requests().len();
    let again = run(&files, &server, &["export", ID, "--out", "tls"]);
    assert_eq!(again.status.code(), Some(1));
    assert!(text(&again.stderr).contains("tls/_._www.pem already exists"));
    assert_eq!(files.read("tls/_._www-key.pem"), "precious");
    let requests = server.requests().split_off(seen);
    assert!(requests.iter().all(|request| request.starts_with("GET ")), "the key was not fetched");

    let forced = run(&files, &server, &["export", ID, "--out", "tls", "--force", "--json"]);
    assert_eq!(files.read("tls/_._www-key.pem"), bundle.private_key);
    let json: Value = serde_json::from_slice(&forced.stdout).unwrap();
    assert_eq!(json["private_key"], "tls/_._www-key.pem");
}

#[test]
fn what_is_exported_to_standard_output_is_a_bundle_again() {
    let (bundle, files, server) = exporting("www");
    let printed = server.scm(&["export", ID, "--stdout"]);
    let TestBundle { certificate, certificate_chain, private_key } = &bundle;
    assert_eq!(text(&printed.stdout), format!("{certificate}{certificate_chain}{private_key}"));
    files.write("all.pem", &text(&printed.stdout));
    assert_eq!(files.scm(&["check", "all.pem"]).status.code(), Some(0));
    let json = server.scm(&["export", ID, "--stdout", "--json"]);
    let json: Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(json["private_key"].as_str(), Some(private_key.as_str()));
}

#[test]
fn a_file_that_cannot_be_written_is_an_error() {
    let (_, files, server) = exporting("www");
    files.write("tls", "a file, not a folder");
    let refused = run(&files, &server, &["export", ID, "--out", "tls"]);
    assert_eq!(refused.status.code(), Some(3));
    assert!(text(&refused.stderr).starts_with("error: cannot write tls\n"));
    assert_eq!(fs::read_dir(files.path("")).unwrap().count(), 4, "nothing is left behind");
}

/// A bundle, a person's files, and a server that keeps the bundle under a name.
fn exporting(name: &'static str) -> (TestBundle, Files, Server) {
    let bundle = authority().leaf("www.example.com").issue();
    let files = Files::of(&bundle);
    let exported = json!({
        "certificate": bundle.certificate, "certificate_chain": bundle.certificate_chain,
        "entire_certificate": bundle.certificate.clone() + &bundle.certificate_chain,
        "private_key": bundle.private_key,
    });
    let server = Server::start(move |request| match request.starts_with("POST ") {
        true => (200, exported.to_string()),
        false => (200, detail(name, &["www.example.com"], "2027-05-27 16:46:25.0")),
    });
    (bundle, files, server)
}

fn run(files: &Files, server: &Server, words: &[&str]) -> Output {
    let mut command = files.command(words);
    command.env("SCM_TOKEN", TOKEN).args(["--endpoint", &server.url()]);
    files.run(command)
}

#[cfg(unix)]
fn assert_private(files: &Files, path: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = fs::metadata(files.path(path)).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "{path}");
}

#[cfg(not(unix))]
fn assert_private(_: &Files, _: &str) {}
