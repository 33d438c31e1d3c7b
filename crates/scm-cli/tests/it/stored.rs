//! Deletions and changes, credentials, and requests whose outcome is unknown.

use serde_json::{Value, json};

use crate::{
    list::storing,
    server::{Server, TOKEN},
    text,
};

const UNKNOWN: &str = r#"{"error_code":"SCM.0020","error_msg":"Incorrect certificate ID."}"#;

#[test]
fn a_deletion_is_confirmed_and_one_refusal_does_not_stop_the_others() {
    let server = Server::start(|request| match request.contains("scs0000000000002") {
        true => (404, UNKNOWN.to_owned()),
        false => (204, String::new()),
    });
    let ids = ["scs0000000000001", "scs0000000000002", "scs0000000000003"];
    let unconfirmed = server.scm(&[&["delete"], &ids[..]].concat());
    assert_eq!(unconfirmed.status.code(), Some(2), "{}", text(&unconfirmed.stderr));
    assert!(text(&unconfirmed.stderr).contains("`--yes`"));
    assert!(server.requests().is_empty());

    let deleted = server.scm(&[&["delete", "--yes"], &ids[..]].concat());
    assert_eq!(deleted.status.code(), Some(1));
    assert_eq!(text(&deleted.stdout), "scs0000000000001\nscs0000000000003\n");
    let message = text(&deleted.stderr);
    assert!(message.starts_with("scs0000000000002\nrefused: SCM.0020 "), "{message}");
    assert!(server.requests().iter().all(|request| request.starts_with("DELETE ")));

    let deleted = server.scm(&["delete", "--yes", "--json", ids[0], ids[0]]);
    let json: Value = serde_json::from_slice(&deleted.stdout).unwrap();
    assert_eq!(json, json!({"deleted": [ids[0]]}));
}

#[test]
fn an_access_key_signs_without_a_file() {
    let server = storing(1, 0);
    let variables = [("SCM_ACCESS_KEY", "AKEXAMPLE"), ("SCM_SECRET_KEY", "s3cret")];
    let listed = server.run(&server.url(), &variables, &["list"]);
    assert_eq!(listed.status.code(), Some(0), "{}", text(&listed.stderr));
    let request = server.requests().remove(0);
    assert!(request.contains("authorization: SDK-HMAC-SHA256 Access=AKEXAMPLE, "), "{request}");
    assert!(!request.contains("s3cret") && !request.contains("x-auth-token"), "{request}");
}

#[test]
fn nothing_is_sent_without_encryption_unless_it_is_permitted() {
    let server = storing(1, 0);
    let token = [("SCM_TOKEN", TOKEN)];
    let refused = server.run(&server.url_beyond_loopback(), &token, &["list"]);
    assert_eq!(refused.status.code(), Some(2));
    let message = text(&refused.stderr);
    assert!(
        message.contains(" is not encrypted: ") && message.contains("`--insecure-http`"),
        "{message}"
    );
    assert!(server.requests().is_empty());
    let permitted = ["list", "--insecure-http"];
    let listed = server.run(&server.url_beyond_loopback(), &token, &permitted);
    assert_eq!(text(&listed.stderr), "1 certificate\n");
    assert_eq!(text(&server.scm(&["list"]).stderr), "1 certificate\n");
}

#[test]
fn credentials_are_sent_to_their_own_server_only() {
    let (ours, theirs) = (storing(1, 0), storing(1, 0));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("credentials.json");
    let credentials = json!({
        "base_url": ours.url(), "domain_id": "d", "domain_name": "default", "project_id": "p",
        "project_name": "default", "user": "admin", "password": "s3cret", "token": TOKEN,
    });
    std::fs::write(&file, credentials.to_string()).unwrap();
    let variables = [("SCM_CREDENTIALS", file.to_str().unwrap())];
    let refused = theirs.run(&theirs.url(), &variables, &["list"]);
    assert_eq!(refused.status.code(), Some(2));
    let message = text(&refused.stderr);
    assert!(message.contains(&ours.url()) && message.contains(&theirs.url()), "{message}");
    assert!(message.contains("SCM_TOKEN") && !message.contains(TOKEN), "{message}");
    assert!(theirs.requests().is_empty());
    let by_name = ours.url().replace("127.0.0.1", "localhost");
    let listed = ours.run(&by_name, &variables, &["list"]);
    assert_eq!(listed.status.code(), Some(0), "{}", text(&listed.stderr));
    assert!(ours.requests()[0].contains(TOKEN));
}

#[test]
fn an_unknown_outcome_is_mentioned_for_changes_only() {
    let server = Server::start(|_| (500, r#"{"error_code":"SCM.3000","error_msg":"Oh."}"#.into()));
    let advice = "The request may have taken effect";
    let changed = server.scm(&["set", "scs0000000000001", "--name", "www"]);
    assert_eq!(changed.status.code(), Some(3));
    assert!(text(&changed.stderr).contains(advice), "{}", text(&changed.stderr));
    let read = server.scm(&["show", "scs0000000000001"]);
    assert_eq!(read.status.code(), Some(3));
    assert!(!text(&read.stderr).contains(advice), "{}", text(&read.stderr));
}
