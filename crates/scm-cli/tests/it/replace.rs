//! Replacements: checked like imports, with the end of validity before and after.

use scm_pki::testing::Flaw;
use serde_json::Value;

use crate::{
    files::{Files, authority},
    server::{Server, TOKEN, detail},
    text,
};

const ID: &str = "scs0000000000001";

#[test]
fn old_and_new_validity_and_missing_names_are_shown() {
    let bundle = authority().leaf("www.example.com").issue();
    let (files, server) = (Files::of(&bundle), replacing());
    let mut replace = files.command(&["replace", ID, "key.pem", "chain.pem", "leaf.pem"]);
    replace.env("SCM_TOKEN", TOKEN).args(["--endpoint", &server.url()]);
    let replaced = files.run(replace);
    assert_eq!(replaced.status.code(), Some(0), "{}", text(&replaced.stderr));
    let shown = text(&replaced.stdout);
    assert!(
        shown.starts_with(&format!("✓ replaced www ({ID})\n  before 2020-05-27, expired ")),
        "{shown}"
    );
    assert!(shown.contains("\n  now    9999-05-27, "), "{shown}");
    let noted = text(&replaced.stderr);
    assert_eq!(noted, "note: the new certificate does not include old.example.com\n");
    let [_, put] = server.requests().try_into().unwrap();
    assert!(put.starts_with(&format!("PUT /v3/scm/certificates/{ID} ")), "{put}");
    let body: Value = serde_json::from_str(put.split_once("\r\n\r\n").unwrap().1).unwrap();
    assert_eq!(body["certificate"].as_str(), Some(bundle.certificate.as_str()));
    assert_eq!(body["certificate_chain"].as_str(), Some(bundle.certificate_chain.as_str()));
    assert_eq!(body["private_key"].as_str(), Some(bundle.private_key.as_str()));
}

#[test]
fn an_invalid_bundle_is_not_sent() {
    let bundle = authority().leaf("www.example.com").flaw(Flaw::WrongKey).issue();
    let (files, server) = (Files::of(&bundle), replacing());
    let mut replace = files.command(&["replace", ID, "key.pem", "chain.pem", "leaf.pem"]);
    replace.env("SCM_TOKEN", TOKEN).args(["--endpoint", &server.url()]);
    let refused = files.run(replace);
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("Nothing was sent."), "{}", text(&refused.stderr));
    assert!(server.requests().is_empty());
}

fn replacing() -> Server {
    Server::start(|request| match request.starts_with("PUT ") {
        true => (200, detail("www", &["www.example.com"], "9999-05-27 16:46:25.0")),
        false => {
            let names = ["WWW.example.com", "old.example.com"];
            (200, detail("www", &names, "2020-05-27 16:46:25.0"))
        }
    })
}
