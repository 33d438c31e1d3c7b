//! The life of a certificate, by hand: listed, named, exported, renewed, deleted.

use std::fs;

use scm_pki::testing::TestBundle;
use scm_tests::Ran;
use serde_json::Value;

use super::Workspace;
use crate::contract::now;

#[test]
fn a_certificate_lives_from_import_to_deletion_under_one_id() {
    let workspace = Workspace::new();
    let old = now::authority().leaf("www.example.com").also("example.com").issue();
    workspace.put(&old);
    let imported = workspace.scm(&["import", "leaf.pem", "chain.pem", "key.pem"]);
    let id = imported.id();

    let listed = workspace.scm(&["list"]);
    let [_, row] = listed.said.lines().collect::<Vec<_>>().try_into().unwrap();
    assert!(row.starts_with(&format!("{id}  www.example.com  www.example.com +1  ")), "{listed:?}");
    assert!(row.ends_with("89 days left  UPLOAD"), "{listed:?}");
    assert_eq!(listed.noted, "1 certificate\n");

    let named = workspace.scm(&["set", id, "--name", "the shop", "--description", "ask Ada"]);
    assert!(named.said.contains("the shop") && named.said.contains("ask Ada"), "{named:?}");
    assert_exported(&workspace, id, &old);

    let new = now::sound("www.example.com");
    workspace.put(&new);
    let replaced = workspace.scm(&["replace", id, "key.pem", "leaf.pem", "chain.pem"]);
    assert_eq!(replaced.code, Some(0), "{replaced:?}");
    assert!(replaced.said.starts_with(&format!("✓ replaced the shop ({id})\n")), "{replaced:?}");
    assert_eq!(replaced.noted, "note: the new certificate does not include example.com\n");
    assert_exported(&workspace, id, &new);

    let deleted = workspace.scm(&["delete", "--yes", id]);
    assert_eq!((deleted.code, deleted.id()), (Some(0), id), "{deleted:?}");
    assert_eq!(workspace.scm(&["show", id]).code, Some(1));
    let listed = workspace.scm(&["list"]);
    assert_eq!((&*listed.said, &*listed.noted), ("", "0 certificates\n"));
}

/// What is exported is what was imported, in files that only the owner may read.
fn assert_exported(workspace: &Workspace, id: &str, bundle: &TestBundle) {
    let exported = workspace.scm(&["export", id, "--out", "tls", "--force", "--json"]);
    assert_eq!(exported.code, Some(0), "{exported:?}");
    let files: Value = serde_json::from_str(&exported.said).unwrap();
    let whole = bundle.certificate.clone() + &bundle.certificate_chain;
    for (part, expected) in [
        ("certificate", &bundle.certificate),
        ("certificate_chain", &bundle.certificate_chain),
        ("entire_certificate", &whole),
        ("private_key", &bundle.private_key),
    ] {
        let file = workspace.files.file(files[part].as_str().unwrap());
        assert_eq!(&fs::read_to_string(&file).unwrap(), expected, "{part}");
        let mode = std::os::unix::fs::PermissionsExt::mode(&file.metadata().unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600, "{part}");
    }
}

#[test]
fn a_list_of_several_pages_is_walked_to_its_end() {
    let workspace = Workspace::new();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let session = workspace.server.administrator(&workspace.folder);
    let body = scm_tests::import_body(&now::sound("www.example.com"));
    for _ in 0..101 {
        assert_eq!(runtime.block_on(session.import(&body)).status, 200);
    }
    let first = workspace.scm(&["list"]);
    assert_eq!(first.said.lines().count(), 51);
    assert!(first.noted.starts_with("50 of 101 certificates; use --all"), "{first:?}");
    let all = workspace.scm(&["list", "--all", "--sort", "expiry"]);
    let mut ids: Vec<_> = all.said.lines().skip(1).map(|row| &row[..16]).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!((ids.len(), &*all.noted), (101, "101 certificates\n"));
    assert_eq!(workspace.scm(&["list", "--expiring", "60"]).said, "");
    assert_eq!(workspace.scm(&["list", "--expiring", "90", "--all"]).said.lines().count(), 102);
}

/// Over TLS under a private authority, by token and by access key.
#[test]
fn a_private_authority_is_trusted_when_it_is_named() {
    let files = scm_tests::Folder::new();
    let own = now::authority().leaf("127.0.0.1").issue();
    let path = |name| files.file(name).to_str().unwrap().to_owned();
    let (certificate, key, ca) = (path("own.pem"), path("own-key.pem"), path("ca.pem"));
    fs::write(&certificate, own.certificate + &own.certificate_chain).unwrap();
    fs::write(&key, &own.private_key).unwrap();
    fs::write(&ca, now::authority().root_pem()).unwrap();
    let workspace = Workspace::with(&["--tls-cert", &certificate, "--tls-key", &key]);

    let stranger = workspace.scm(&["list"]);
    assert_eq!(stranger.code, Some(3), "{stranger:?}");
    assert!(stranger.noted.contains("UnknownIssuer") && stranger.noted.contains("`--ca FILE`"));
    let known = workspace.scm(&["list", "--ca", &ca]);
    assert_eq!((known.code, &*known.noted), (Some(0), "0 certificates\n"), "{known:?}");

    let credentials = workspace.folder.credentials();
    let signed = |secret: &str| {
        let mut command =
            workspace.command(&["list", "--ca", &ca, "--endpoint", &credentials.base_url]);
        command.env("SCM_ACCESS_KEY", credentials.access_key.as_ref().unwrap());
        Ran::of(command.env("SCM_SECRET_KEY", secret).output().unwrap())
    };
    let secret = credentials.secret_key.as_ref().unwrap().secret_str();
    assert_eq!(signed(secret).noted, "0 certificates\n");
    let refused = signed("another");
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.noted.contains("APIGW.0301") && !refused.noted.contains("another"));
}
