//! Sound bundles are accepted in every form.

use scm_pki::{KeyAlgorithm, KeyEncoding, testing::Flaw};
use time::Duration;

use super::*;

#[test]
fn every_kind_of_key_is_accepted_with_and_without_root() {
    for (algorithm, key) in [
        (Algorithm::Rsa2048, KeyAlgorithm::Rsa { bits: 2048 }),
        (Algorithm::P256, KeyAlgorithm::P256),
        (Algorithm::P384, KeyAlgorithm::P384),
        (Algorithm::P521, KeyAlgorithm::P521),
        (Algorithm::Ed25519, KeyAlgorithm::Ed25519),
    ] {
        let authority = TestAuthority::new(algorithm, NOW);
        let short = verify(&authority.leaf("a.example").issue()).expect("sound");
        let long = verify(&authority.leaf("a.example").with_root().issue()).expect("sound");
        assert_eq!((short.chain().len(), long.chain().len()), (1, 2), "{algorithm:?}");
        assert_eq!(short.key().algorithm(), key);
        assert_eq!(short.leaf().key_algorithm(), Some(key));
        assert_eq!(short.key().public_key(), short.leaf().public_key());
        assert_eq!(short.chain()[0].to_pem(), authority.intermediate_pem());
    }
}

#[test]
fn every_encoding_of_a_key_is_preserved() {
    for (algorithm, encoding) in [
        (Algorithm::Rsa2048, KeyEncoding::Pkcs1),
        (Algorithm::Rsa2048, KeyEncoding::Pkcs8),
        (Algorithm::P256, KeyEncoding::Sec1),
        (Algorithm::P384, KeyEncoding::Sec1),
        (Algorithm::P521, KeyEncoding::Sec1),
    ] {
        let authority = TestAuthority::new(algorithm, NOW);
        let bundle = authority.leaf("a.example").key_encoding(encoding).issue();
        let verified = verify(&bundle).expect("sound");
        assert_eq!(verified.key().encoding(), encoding);
        assert_eq!(*verified.key().secret_pem(), bundle.private_key);
    }
}

#[test]
fn line_ends_fields_and_text_around_blocks_do_not_matter() {
    let bundle = authority().leaf("a.example").with_root().issue();
    let leaf = bundle.certificate.clone();
    let mut headed = bundle.clone();
    headed.certificate_chain.insert_str(0, &leaf);
    let mut old_label = bundle.clone();
    old_label.certificate = leaf.replace(" CERTIFICATE", " X509 CERTIFICATE");
    let mut with_text = bundle.clone();
    with_text.certificate = format!("Bag Attributes\n    localKeyID: 01\nsubject=x\n{leaf}\n\n");
    with_text.private_key = format!(
        "# a comment\n-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n{}",
        bundle.private_key
    );
    for variant in
        [bundle.clone(), bundle.clone().with_crlf(), bundle.joined(), headed, old_label, with_text]
    {
        let verified = verify(&variant).expect("sound");
        assert_eq!(verified.leaf().to_pem(), leaf);
        assert_eq!(verified.chain().len(), 2);
    }
}

#[test]
fn a_leaf_alone_is_accepted_unless_a_chain_is_required() {
    let bundle = authority().leaf("a.example").flaw(Flaw::NoChain).issue();
    assert!(verify(&bundle).expect("sound").chain().is_empty());
    let strict = Policy::default().with_require_chain(true);
    let findings = verify_under(strict, &bundle).expect_err("no chain");
    assert_eq!(findings.first().class(), FindingClass::ChainRequired);
    assert_eq!(findings.iter().len(), 1);
    assert!(verify_under(strict, &authority().leaf("a.example").issue()).is_ok());
}

#[test]
fn a_leaf_that_is_not_yet_valid_is_accepted() {
    let bundle = authority().leaf("a.example").not_yet_valid().issue();
    assert!(verify(&bundle).expect("sound").leaf().not_before() > NOW);
}

#[test]
fn an_expired_bundle_is_accepted_if_the_policy_allows_it() {
    let lenient = Policy::default().with_accept_expired(true);
    for flaw in [Flaw::Expired, Flaw::ExpiredIntermediate] {
        let bundle = authority().leaf("a.example").flaw(flaw).issue();
        assert!(verify_under(lenient, &bundle).is_ok(), "{flaw:?}");
    }
}

#[test]
fn the_last_second_is_valid() {
    let bundle = authority().leaf("a.example").valid_for(Duration::days(10)).issue();
    let verifier = Verifier::default();
    let end = verify(&bundle).expect("sound").leaf().not_after();
    assert!(verifier.verify(bundle.read(), end).is_ok());
    assert!(verifier.verify(bundle.read(), end + Duration::SECOND).is_err());
}

#[test]
fn facts_are_reported_as_they_are() {
    let authority = authority();
    let leaf = authority.leaf("*.Example.com").also("10.0.0.1").also("*.example.com").also("::1");
    let verified = verify(&leaf.issue()).expect("sound");
    let names = verified.names();
    assert_eq!(names.domain(), "*.Example.com");
    assert_eq!(names.sans(), ["10.0.0.1", "::1"]);
    assert_eq!((names.count(), names.wildcard_count()), (3, 1));
    let leaf = verified.leaf();
    assert_eq!(leaf.subject(), "O=Example, CN=*.Example.com");
    assert_eq!(leaf.issuer(), "O=Example, CN=Test Intermediate");
    assert_eq!(leaf.signature_algorithm().as_str(), "SHA256withECDSA");
    assert_eq!((leaf.sha256().len(), leaf.sha1().len()), (32, 20));
    assert!(!leaf.serial().is_empty() && leaf.serial().bytes().all(|b| b.is_ascii_hexdigit()));
}

#[test]
fn debug_shows_no_key() {
    let bundle = authority().leaf("a.example").issue();
    let verified = verify(&bundle).expect("sound");
    let shown = format!("{verified:?} {:?}", bundle.read());
    for line in bundle.private_key.lines().filter(|line| !line.starts_with('-')) {
        assert!(!shown.contains(line));
    }
    assert!(shown.contains("P256"));
}
