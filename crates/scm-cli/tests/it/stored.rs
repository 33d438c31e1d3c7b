//! Deleting, and what concerns every command that asks a server: what leaves the machine, and what is
//! said when nobody knows what became of it.

use serde_json::{Value, json};

use crate::{
    list::keeping,
    server::{Server, TOKEN},
    text,
};

const UNKNOWN: &str = r#"{"error_code":"SCM.0020","error_msg":"Incorrect certificate ID."}"#;

#[test]
fn a_deletion_is_confirmed_and_one_refusal_does_not_keep_the_others() {
    let server = Server::start(|request| match request.contains("scs0000000000002") {
        true => (404, UNKNOWN.to_owned()),
        false => (204, String::new()),
    });
    let ids = ["scs0000000000001", "scs0000000000002", "scs0000000000003"];
    let asked = server.scm(&[&["delete"], &ids[..]].concat());
    assert_eq!(asked.status.code(), Some(2), "{}", text(&asked.stderr));
    assert!(text(&asked.stderr).contains("`--yes`"));
    assert!(server.requests().is_empty());

    let deleted = server.scm(&[&["delete", "--yes"], &ids[..]].concat());
    assert_eq!(deleted.status.code(), Some(1));
    assert_eq!(text(&deleted.stdout), "scs0000000000001\nscs0000000000003\n");
    let told = text(&deleted.stderr);
    assert!(told.starts_with("scs0000000000002\nrefused: SCM.0020 "), "{told}");
    assert!(server.requests().iter().all(|request| request.starts_with("DELETE ")));

    let deleted = server.scm(&["delete", "--yes", "--json", ids[0], ids[0]]);
    let json: Value = serde_json::from_slice(&deleted.stdout).unwrap();
    assert_eq!(json, json!({"deleted": [ids[0]]}));
}

#[test]
fn an_access_key_signs_and_needs_no_file() {
    let server = keeping(1, 0);
    let variables = [("SCM_ACCESS_KEY", "AKEXAMPLE"), ("SCM_SECRET_KEY", "s3cret")];
    let listed = server.run(&server.url(), &variables, &["list"]);
    assert_eq!(listed.status.code(), Some(0), "{}", text(&listed.stderr));
    let request = server.requests().remove(0);
    assert!(request.contains("authorization: SDK-HMAC-SHA256 Access=AKEXAMPLE, "), "{request}");
    assert!(!request.contains("s3cret") && !request.contains("x-auth-token"), "{request}");
}

#[test]
fn nothing_leaves_the_machine_in_the_clear_unless_that_is_meant() {
    let server = keeping(1, 0);
    let token = [("SCM_TOKEN", TOKEN)];
    let refused = server.run(&server.url_beyond_loopback(), &token, &["list"]);
    assert_eq!(refused.status.code(), Some(2));
    let told = text(&refused.stderr);
    assert!(told.contains(" is not encrypted: ") && told.contains("`--insecure-http`"), "{told}");
    assert!(server.requests().is_empty());
    let meant = ["list", "--insecure-http"];
    let listed = server.run(&server.url_beyond_loopback(), &token, &meant);
    assert_eq!(text(&listed.stderr), "1 certificate\n");
    assert_eq!(text(&server.scm(&["list"]).stderr), "1 certificate\n");
}

#[test]
fn what_is_in_the_file_goes_to_its_own_server_only() {
    let (ours, theirs) = (keeping(1, 0), keeping(1, 0));
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
    let told = text(&refused.stderr);
    assert!(told.contains(&ours.url()) && told.contains(&theirs.url()), "{told}");
    assert!(told.contains("SCM_TOKEN") && !told.contains(TOKEN), "{told}");
    assert!(theirs.requests().is_empty());
    let by_name = ours.url().replace("127.0.0.1", "localhost");
    let listed = ours.run(&by_name, &variables, &["list"]);
    assert_eq!(listed.status.code(), Some(0), "{}", text(&listed.stderr));
    assert!(ours.requests()[0].contains(TOKEN));
}

#[test]
fn an_unknown_fate_is_told_where_something_may_have_changed() {
    let server = Server::start(|_| (500, r#"{"error_code":"SCM.3000","error_msg":"Oh."}"#.into()));
    let advice = "The server may have done what was asked all the same";
    let changed = server.scm(&["set", "scs0000000000001", "--name", "www"]);
    assert_eq!(changed.status.code(), Some(3));
    assert!(text(&changed.stderr).contains(advice), "{}", text(&changed.stderr));
    let looked = server.scm(&["show", "scs0000000000001"]);
    assert_eq!(looked.status.code(), Some(3));
    assert!(!text(&looked.stderr).contains(advice), "{}", text(&looked.stderr));
}
