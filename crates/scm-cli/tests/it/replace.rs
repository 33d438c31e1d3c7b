//! Replacing: judged like an import, and told with the ends of old and new.

use scm_pki::testing::Flaw;
use serde_json::Value;

use crate::{
    files::{Files, authority},
    server::{Server, TOKEN, detail},
    text,
};

const ID: &str = "scs0000000000001";

#[test]
fn old_and_new_are_shown_and_lost_names_pointed_out() {
    let bundle = authority().leaf("www.example.com").issue();
    let (files, server) = (Files::of(&bundle), replacing());
    let mut replace = files.command(&["replace", ID, "key.pem", "chain.pem", "leaf.pem"]);
    replace.env("SCM_TOKEN", TOKEN).args(["--endpoint", &server.url()]);
    let replaced = files.run(replace);
    assert_eq!(replaced.status.code(), Some(0), "{}", text(&replaced.stderr));
    let said = text(&replaced.stdout);
    assert!(
        said.starts_with(&format!("✓ replaced www ({ID})\n  before 2020-05-27, expired ")),
        "{said}"
    );
    assert!(said.contains("\n  now    9999-05-27, "), "{said}");
    let noted = text(&replaced.stderr);
    assert_eq!(noted, "note: the new certificate is not for old.example.com\n");
    let [_, put] = server.requests().try_into().unwrap();
    assert!(put.starts_with(&format!("PUT /v3/scm/certificates/{ID} ")), "{put}");
    let body: Value = serde_json::from_str(put.split_once("\r\n\r\n").unwrap().1).unwrap();
    assert_eq!(body["certificate"].as_str(), Some(bundle.certificate.as_str()));
    assert_eq!(body["certificate_chain"].as_str(), Some(bundle.certificate_chain.as_str()));
    assert_eq!(body["private_key"].as_str(), Some(bundle.private_key.as_str()));
}

#[test]
fn what_is_not_sound_is_not_sent() {
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
