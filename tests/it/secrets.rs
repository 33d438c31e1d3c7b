//! A hunt for secrets: in the log at its loudest, in answers, in files, in `Debug`.

mod debug;
mod hunt;

use std::{collections::BTreeSet, fs};

use http::Method;
use scm_pki::{
    KeyEncoding,
    testing::{Algorithm, Flaw, TestAuthority, TestBundle},
};
use scm_tests::{Answer, Binary, Folder, Protocol, Session, import_body, request};
use serde_json::json;
use time::OffsetDateTime;

use hunt::Prey;

const IMPORT: &str = "/v3/scm/certificates/import";

/// Sound bundles of several kinds, and a bad one of every kind.
fn bundles() -> Vec<TestBundle> {
    let now = OffsetDateTime::now_utc();
    let mut bundles = Vec::new();
    for (algorithm, encoding) in [
        (Algorithm::Rsa2048, KeyEncoding::Pkcs1),
        (Algorithm::Rsa2048, KeyEncoding::Pkcs8),
        (Algorithm::P256, KeyEncoding::Sec1),
        (Algorithm::Ed25519, KeyEncoding::Pkcs8),
    ] {
        let authority = TestAuthority::new(algorithm, now);
        bundles.push(authority.leaf("www.example.com").key_encoding(encoding).issue());
    }
    let authority = TestAuthority::new(Algorithm::P256, now);
    let bad = Flaw::ALL.map(|flaw| authority.leaf("www.example.com").flaw(flaw).issue());
    bundles.extend(bad);
    bundles
}

/// Bodies that hold a key where none is expected, or are cut in the middle of one.
fn misplaced(bundle: &TestBundle) -> Vec<String> {
    let key = &bundle.private_key;
    let body = |field: &str, value: serde_json::Value| {
        let mut body = import_body(bundle);
        body[field] = value;
        body
    };
    let good = import_body(bundle).to_string();
    let keys = ["name", "certificate", "certificate_chain", "enterprise_project_id"];
    let mut bodies: Vec<_> = keys.map(|field| body(field, json!(key)).to_string()).into();
    bodies.extend([
        body("enc_private_key", json!(key)).to_string(),
        body("private_key", json!([key])).to_string(),
        body("private_key", json!({ (key): key })).to_string(),
        body("duplicate_check", json!(key)).to_string(),
        body(key, json!(7)).to_string(),
        good.replacen('{', &format!("{{{}:1,{0}:2,", json!(key)), 1),
        good.replace("\"private_key\":", "\"private_key\""),
        good[..good.len() - 40].to_owned(),
        json!(key).to_string(),
        key.clone(),
    ]);
    bodies
}

/// Sends every request that holds a secret; returns every answer.
async fn ask_everything(session: &Session, folder: &Folder) -> Vec<Answer> {
    let mut answers = Vec::new();
    let bundles = bundles_of_the_hunt();
    for bundle in bundles {
        answers.push(session.import(&import_body(bundle)).await);
    }
    for body in bundles.iter().take(4).flat_map(misplaced) {
        for protocol in Protocol::ALL {
            let prepared = request(Method::POST, IMPORT, body.clone());
            answers.push(session.send_over(protocol, prepared).await.unwrap());
        }
    }
    let credentials = folder.credentials();
    let password = credentials.password.secret_str();
    for (name, domain) in [("admin", "default"), (password, "default"), ("admin", password)] {
        let user = json!({ "name": name, "password": password, "domain": { "name": domain } });
        let identity = json!({ "methods": ["password"], "password": { "user": user } });
        let body = json!({ "auth": { "identity": identity } });
        answers.push(session.send(Method::POST, "/v3/auth/tokens", body.to_string()).await);
        let body = json!({ "auth": { "identity": { "methods": password, "password": user } } });
        answers.push(session.send(Method::POST, "/v3/auth/tokens", body.to_string()).await);
    }
    answers
}

/// Every secret of [`ask_everything`].
fn prey(folder: &Folder, session: &Session) -> Prey {
    let mut prey = Prey::default();
    for bundle in bundles_of_the_hunt() {
        prey.key(bundle);
    }
    let credentials = folder.credentials();
    prey.text(credentials.password.secret_str());
    prey.text(session.token().unwrap());
    prey
}

/// The bundles are made once, so that those that are sent are those that are looked for.
fn bundles_of_the_hunt() -> &'static [TestBundle] {
    static BUNDLES: std::sync::OnceLock<Vec<TestBundle>> = std::sync::OnceLock::new();
    BUNDLES.get_or_init(bundles)
}

#[tokio::test]
async fn no_secret_reaches_the_log_an_answer_or_a_file() {
    let folder = Folder::new();
    let server = Binary::start(&folder, &["--log=trace"]).unwrap();
    let session = server.administrator(&folder);
    let prey = prey(&folder, &session);
    let answers = ask_everything(&session, &folder).await;
    let statuses: BTreeSet<_> = answers.iter().map(|answer| answer.status.as_u16()).collect();
    assert_eq!(statuses, BTreeSet::from([200, 201, 400, 401]));
    for answer in &answers {
        assert_eq!(prey.found_in(&answer.body), None, "{}", String::from_utf8_lossy(&answer.body));
    }
    let log = server.stop().log;
    assert!(log.contains("TRACE"), "the log is at its loudest");
    assert_eq!(prey.found_in(log.as_bytes()), None);
    for file in fs::read_dir(folder.path()).unwrap() {
        let path = file.unwrap().path();
        if !path.ends_with("credentials.json") {
            assert_eq!(prey.found_in(&fs::read(&path).unwrap()), None, "{}", path.display());
        }
    }
}

#[test]
fn the_hunt_finds_what_it_should() {
    let bundle = &bundles_of_the_hunt()[0];
    let mut prey = Prey::default();
    prey.key(bundle);
    prey.text("a password of some length");
    let der = hunt::der_of(&bundle.private_key);
    let middle = &der[der.len() / 2..][..40];
    let line = bundle.private_key.lines().nth(15).unwrap();
    for leak in [
        format!("key = {line}"),
        format!("key = {}", &line[7..40]),
        format!("{middle:?}"),
        format!("{middle:02x?}"),
        "... a password of some length ...".to_owned(),
    ] {
        assert!(prey.found_in(leak.as_bytes()).is_some(), "{leak}");
    }
    assert!(prey.found_in(middle).is_some());
    assert_eq!(prey.found_in(bundle.certificate.as_bytes()), None);
    assert_eq!(prey.found_in(&hunt::der_of(&bundle.certificate)), None);
}
