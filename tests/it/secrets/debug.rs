//! What holds a secret shows nothing of it by `Debug`.

use std::fmt::Debug;

use scm_client::{Client, LogIn};
use scm_model::{
    Call, Credentials, SecretText, api::ImportCertificate, certificates::CertificateImport,
    identity::TokenRequest,
};
use scm_pki::{KeyEncoding, Policy, PrivateKey, Verifier, pem};
use scm_seal::Keyring;
use scm_server::{NewSecret, PasswordHasher};
use scm_store::{CertificateId, NewCertificate, NewUser, UserId};
use scm_tests::{Folder, NOW, import_body, sound};
use serde_json::json;

use super::hunt::{Prey, der_of};

fn shown(things: &[&dyn Debug]) -> String {
    things.iter().map(|thing| format!("{thing:?}\n{thing:#?}\n")).collect()
}

#[test]
fn whatever_holds_a_key_elides_it() {
    let bundle = sound("www.example.com");
    let mut prey = Prey::default();
    prey.key(&bundle);
    let body: CertificateImport = serde_json::from_value(import_body(&bundle)).unwrap();
    let call = Call::<ImportCertificate>::with_body(body).unwrap();
    let read = bundle.read();
    let block = pem::scan(&bundle.private_key).next().unwrap();
    let key = PrivateKey::from_der(KeyEncoding::Pkcs8, der_of(&bundle.private_key).into()).unwrap();
    let folder = Folder::new();
    let ring = Keyring::create(&folder.file("ring.json")).unwrap();
    let id = CertificateId::from_number(7).unwrap();
    let sealed = ring.seal("id", "project", key.public_key(), &key);
    let verified = Verifier::new(Policy::default()).verify(bundle.read(), NOW).unwrap();
    let all = shown(&[&call, &call.body, &read, &block, &key, &ring, &sealed, &verified]);
    assert_eq!(prey.found_in(all.as_bytes()), None, "{all}");
    let new = NewCertificate::new(id, "name", verified, sealed, NOW);
    assert_eq!(prey.found_in(shown(&[&new]).as_bytes()), None);
    assert!(all.contains("SecretText(…)"), "{all}");
}

#[test]
fn whatever_holds_a_password_or_a_token_elides_it() {
    let secret = "correct horse battery staple";
    let text = || SecretText::from(secret.to_owned());
    let mut prey = Prey::default();
    prey.text(secret);
    let user = json!({ "name": "n", "password": secret, "domain": { "name": "d" } });
    let identity = json!({ "methods": ["password"], "password": { "user": user } });
    let body = json!({ "auth": { "identity": identity } });
    let request: TokenRequest = serde_json::from_value(body).unwrap();
    let credentials = json!({
        "base_url": "http://127.0.0.1:1", "domain_id": "1", "domain_name": "d",
        "project_id": "2", "project_name": "p", "user": "u", "password": secret,
        "token": secret.replace(' ', "-"),
    });
    let credentials: Credentials = serde_json::from_value(credentials).unwrap();
    prey.text(credentials.token.secret_str());
    let log_in = LogIn::from(&credentials);
    let builder = Client::builder("http://127.0.0.1:1").token(text());
    let client = Client::from_credentials(&credentials).unwrap();
    let all = shown(&[&text(), &request, &credentials, &log_in, &builder, &client]);
    assert_eq!(prey.found_in(all.as_bytes()), None, "{all}");

    let (hash, token) = (PasswordHasher::hash(&text()), NewSecret::token());
    prey.text(hash.secret_phc());
    prey.text(token.0.secret_str());
    let user = NewUser { id: UserId::new("u"), name: "n".into(), password: hash.clone() };
    let all = shown(&[&hash, &token, &user]);
    assert_eq!(prey.found_in(all.as_bytes()), None, "{all}");
}
