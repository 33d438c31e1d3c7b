//! Bundles that are checked offline, by `check` and before an `import`.

use std::fs;

use scm_pki::testing::{Flaw, TestBundle};

use crate::{
    files::{Files, authority},
    scm, text,
};

#[test]
fn a_valid_bundle_is_shown_from_leaf_to_root() {
    let files = Files::of(&authority().leaf("www.example.com").also("example.com").issue());
    let checked = files.scm(&["check", "leaf.pem", "chain.pem", "key.pem"]);
    assert_eq!(checked.status.code(), Some(0));
    assert_eq!(
        redacted(&checked.stdout),
        "✓ valid: a server would accept this bundle\n\
         \n\
         leaf   O=Example, CN=www.example.com  leaf.pem, line 1\n       \
                names    www.example.com, example.com\n       \
                issuer   O=Example, CN=Test Intermediate\n       \
                valid    <day> to <day>, 89 days left\n       \
                key      P-256, signed with SHA256withECDSA\n       \
                serial   <hex>\n       \
                SHA-256  <hex>\n       \
                SHA-1    <hex>\n       \
                └─ O=Example, CN=Test Intermediate  chain.pem, line 1\n          \
                   valid    <day> to <day>, 3649 days left\n          \
                   key      P-256, signed with SHA256withECDSA\n\
         key    P-256, PKCS#8  key.pem, line 1\n"
    );
    assert!(checked.stderr.is_empty());
}

#[test]
fn neither_order_nor_number_of_files_matters() {
    let bundle = authority().leaf("www.example.com").with_root().issue();
    let files = Files::of(&bundle);
    let TestBundle { certificate, certificate_chain, private_key } = &bundle;
    files.write("all.pem", &format!("{private_key}\nand then\n{certificate_chain}{certificate}"));
    for order in [
        &["leaf.pem", "chain.pem", "key.pem"][..],
        &["key.pem", "chain.pem", "leaf.pem"],
        &["chain.pem", "leaf.pem", "key.pem", "leaf.pem"],
        &["all.pem"],
    ] {
        let checked = files.scm(&[&["check"], order].concat());
        assert_eq!(checked.status.code(), Some(0), "{order:?}: {}", text(&checked.stdout));
        assert_eq!(text(&checked.stdout).matches("└─").count(), 2, "{order:?}");
    }
    let piped = scm().args(["check", "-"]).write_stdin(files.read("all.pem")).output().unwrap();
    assert_eq!(piped.status.code(), Some(0));
}

#[test]
fn a_problem_is_shown_with_its_file_and_marked_in_the_chain() {
    let files = Files::of(&authority().leaf("www.example.com").flaw(Flaw::Expired).issue());
    let checked = files.scm(&["check", "key.pem", "chain.pem", "leaf.pem"]);
    assert_eq!(checked.status.code(), Some(1));
    let shown = redacted(&checked.stdout);
    let expected = "✗ invalid: 1 problem\n  \
                      1. leaf.pem, line 1\n     \
                         certificate 1 of certificate (\"O=Example, CN=www.example.com\") expired on ";
    assert!(shown.starts_with(expected), "{shown}");
    assert!(
        shown.contains("\nleaf   O=Example, CN=www.example.com  ✗ see 1  leaf.pem, line 1\n"),
        "{shown}"
    );
    assert!(shown.contains("valid    <day> to <day>, expired yesterday\n"), "{shown}");
    let accepted = files.scm(&["check", "--accept-expired", "key.pem", "chain.pem", "leaf.pem"]);
    assert_eq!(accepted.status.code(), Some(0));
}

#[test]
fn each_flaw_is_refused_and_named() {
    for (flaw, sentence) in [
        (Flaw::CertificateBase64, "leaf.pem, line "),
        (
            Flaw::CertificateCut,
            "leaf.pem, line 1\n     the data is not a complete X.509 certificate",
        ),
        (
            Flaw::CertificateHollow,
            "leaf.pem, line 1\n     nothing is between the BEGIN and END lines",
        ),
        (Flaw::CertificateEmpty, "leaf.pem\n     the file is empty"),
        (Flaw::CertificateUnmarked, "leaf.pem\n     a certificate in base64 without BEGIN"),
        (
            Flaw::MissingLink,
            "does not continue the chain, where \"O=Example, CN=Test Intermediate\" is next",
        ),
        (Flaw::NotCa, "chain.pem, line 1\n     certificate 1 of certificate_chain"),
        (
            Flaw::BadSignature,
            "leaf.pem, line 1\n     the signature of certificate 1 of certificate",
        ),
        (Flaw::KeyEncrypted, "key.pem, line 1\n     the private key is encrypted"),
        (Flaw::WrongKey, "key.pem, line 1\n     the private key does not belong to"),
        (Flaw::NoName, "leaf.pem, line 1\n     certificate 1 of certificate"),
        (Flaw::WeakSignature, "is signed with SHA1withRSA, which is broken"),
    ] {
        let files = Files::of(&authority().leaf("www.example.com").flaw(flaw).issue());
        let checked = files.scm(&["check", "key.pem", "leaf.pem", "chain.pem"]);
        let shown = text(&checked.stdout);
        assert_eq!(checked.status.code(), Some(1), "{flaw:?}: {shown}");
        assert!(shown.starts_with("✗ invalid: 1 problem\n"), "{flaw:?}: {shown}");
        assert!(shown.contains(sentence), "{flaw:?}: {shown}");
        let imported = files.scm(&["import", "key.pem", "leaf.pem", "chain.pem"]);
        assert_eq!(imported.status.code(), Some(1));
        assert!(imported.stdout.is_empty(), "{flaw:?}");
        assert!(text(&imported.stderr).contains(sentence), "{flaw:?}");
    }
}

#[test]
fn all_problems_are_shown() {
    let files = Files::of(&authority().leaf("www.example.com").flaw(Flaw::Expired).issue());
    files.write(
        "key.pem",
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
    );
    files.write("old.der", "\u{0}\u{1}");
    let checked = files.scm(&["check", "key.pem", "leaf.pem", "chain.pem", "old.der"]);
    let shown = text(&checked.stdout);
    assert!(shown.starts_with("✗ invalid: 3 problems\n"), "{shown}");
    for part in ["old.der\n     binary data", "is encrypted", "expired on"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
}

#[test]
fn binary_files_come_with_the_command_that_converts_them() {
    let authority = authority();
    let files = Files::of(&authority.leaf("www.example.com").issue());
    let block = scm_pki::pem::scan(&authority.root_pem()).next().unwrap().unwrap().decode();
    fs::write(files.path("my root.der"), block.unwrap()).unwrap();
    let checked = files.scm(&["check", "my root.der", "leaf.pem", "key.pem", "chain.pem"]);
    let shown = text(&checked.stdout);
    assert_eq!(checked.status.code(), Some(1));
    assert!(shown.contains("openssl x509 -inform DER -in 'my root.der' -out"), "{shown}");
}

#[test]
fn a_missing_chain_is_noted_and_refused_if_required() {
    let files = Files::of(&authority().leaf("www.example.com").issue());
    let alone = files.scm(&["check", "leaf.pem", "key.pem"]);
    assert_eq!(alone.status.code(), Some(0));
    let note =
        "note: no chain: TLS clients need the certificate of \"O=Example, CN=Test Intermediate\"";
    assert!(text(&alone.stdout).contains(note), "{}", text(&alone.stdout));
    let required = files.scm(&["check", "--require-chain", "leaf.pem", "key.pem"]);
    assert_eq!(required.status.code(), Some(1));
}

#[test]
fn what_clients_reject_is_a_warning_and_refused_with_strict() {
    let leaf = authority().leaf("www.example.com").flaw(Flaw::NotForServers).issue();
    let files = Files::of(&leaf);
    let checked = files.scm(&["check", "leaf.pem", "key.pem", "chain.pem"]);
    let shown = text(&checked.stdout);
    let warning = "certificate 1 of certificate (\"O=Example, CN=www.example.com\") is not valid for \
                   TLS servers: its extKeyUsage lacks serverAuth; request a certificate for server \
                   authentication";
    assert_eq!(checked.status.code(), Some(0), "{shown}");
    assert!(shown.contains(&format!("note: leaf.pem, line 1: {warning}\n")), "{shown}");
    for command in ["check", "import"] {
        let refused = files.scm(&[command, "--strict", "leaf.pem", "key.pem", "chain.pem"]);
        assert_eq!(refused.status.code(), Some(1), "{command}");
        let shown = text(&refused.stdout) + &text(&refused.stderr);
        assert!(shown.contains(&format!("1. leaf.pem, line 1\n     {warning}\n")), "{shown}");
    }
}

#[test]
fn an_import_without_credentials_explains_them() {
    let files = Files::of(&authority().leaf("www.example.com").issue());
    let imported = files.scm(&["import", "leaf.pem", "chain.pem", "key.pem"]);
    assert_eq!(imported.status.code(), Some(3));
    assert!(imported.stdout.is_empty());
    let message = text(&imported.stderr);
    assert!(message.starts_with("error: credentials file scm-data/credentials.json not found\n"));
    assert!(message.contains("`--credentials DIR/credentials.json`"), "{message}");
}

#[test]
fn a_malformed_credentials_file_is_not_quoted() {
    let files = Files::of(&authority().leaf("www.example.com").issue());
    files.write("c.json", r#"{"base_url": {"password": "s3cret"}}"#);
    let shown = files.scm(&["show", "--credentials", "c.json", "scs1600313391074"]);
    assert_eq!(shown.status.code(), Some(3));
    assert!(!text(&shown.stderr).contains("s3cret"), "{}", text(&shown.stderr));
}

#[test]
fn exit_codes_are_as_documented() {
    let files = Files::of(&authority().leaf("www.example.com").issue());
    assert_eq!(files.scm(&["check"]).status.code(), Some(2));
    assert_eq!(files.scm(&["check", "-", "-"]).status.code(), Some(2));
    assert_eq!(files.scm(&["check", "missing.pem"]).status.code(), Some(3));
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let unreached = files
        .command(&["import", "leaf.pem", "key.pem", "chain.pem", "--endpoint"])
        .arg(format!("http://{closed}"))
        .env("SCM_TOKEN", "0123456789abcdef0123456789abcdef")
        .output()
        .unwrap();
    assert_eq!(unreached.status.code(), Some(3), "{}", text(&unreached.stderr));
    assert!(text(&unreached.stderr).contains("Nothing was sent."), "{}", text(&unreached.stderr));
    let help = files.scm(&["import", "--help"]);
    assert!(text(&help.stdout).contains("Exit codes: 0 imported"), "{}", text(&help.stdout));
}

/// The text with dates and hexadecimal numbers replaced, their forms checked.
fn redacted(bytes: &[u8]) -> String {
    let word = |word: &str| match word.trim_end_matches(',') {
        day if is_day(day) => word.replace(day, "<day>"),
        hex if hex.len() >= 16 && hex.chars().all(|c| c.is_ascii_hexdigit() || c == ':') => {
            word.replace(hex, "<hex>")
        }
        _ => word.to_owned(),
    };
    let line = |line: &str| line.split(' ').map(word).collect::<Vec<_>>().join(" ");
    text(bytes).lines().map(|shown| line(shown) + "\n").collect()
}

fn is_day(text: &str) -> bool {
    let numbers: Vec<_> = text.split('-').map(str::len).collect();
    numbers == [4, 2, 2] && text.chars().all(|c| c.is_ascii_digit() || c == '-')
}
