//! Imports: repeated certificates of a chain are left out.

use serde_json::{Value, json};

use crate::{
    files::{Files, authority},
    server::{Server, TOKEN},
    text,
};

const ID: &str = "scs0000000000001";

fn run(files: &Files, server: &Server, arguments: &[&str]) -> std::process::Output {
    let mut import = files.command(&["import", "leaf.pem", "chain.pem", "twice.pem", "key.pem"]);
    import.env("SCM_TOKEN", TOKEN).args(["--endpoint", &server.url()]).args(arguments);
    files.run(import)
}

#[test]
fn repeated_certificates_are_left_out_and_reported() {
    let bundle = authority().leaf("www.example.com").issue();
    let files = Files::of(&bundle);
    files.write("twice.pem", &format!("{}{}", bundle.certificate, bundle.certificate_chain));
    let server = Server::start(|_| (200, json!({ "certificate_id": ID }).to_string()));

    let imported = run(&files, &server, &[]);
    assert_eq!(text(&imported.stdout), format!("{ID}\n"), "{}", text(&imported.stderr));
    let notes = text(&imported.stderr);
    let leaf = "note: twice.pem, line 1: left out: repeats the certificate \
                \"O=Example, CN=www.example.com\" of leaf.pem, line 1\n";
    assert!(notes.starts_with(leaf), "{notes}");
    let issuer = "\"O=Example, CN=Test Intermediate\" of chain.pem, line 1\n";
    assert!(notes.contains(issuer), "{notes}");
    let request = server.requests().remove(0);
    let body: Value = serde_json::from_str(request.split_once("\r\n\r\n").unwrap().1).unwrap();
    assert_eq!(body["certificate"].as_str(), Some(bundle.certificate.as_str()));
    assert_eq!(body["certificate_chain"].as_str(), Some(bundle.certificate_chain.as_str()));

    let imported = run(&files, &server, &["--json"]);
    let json: Value = serde_json::from_slice(&imported.stdout).unwrap();
    assert_eq!(json["certificate_id"], ID);
    let first = json!({"file": "twice.pem", "line": 1, "subject": "O=Example, CN=www.example.com"});
    assert_eq!(json["left_out"][0], first);
    assert_eq!(json["left_out"].as_array().unwrap().len(), 2);
    assert_eq!(json["warnings"], json!([]));
}
