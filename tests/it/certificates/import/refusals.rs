//! Refusals for what the bundle is: each condition reached by a bundle that causes exactly it, and
//! its message as a person reads it.

use std::collections::BTreeSet;

use scm_model::{Condition, Operation, api::ImportCertificate};
use scm_pki::testing::{Flaw, TestBundle};
use scm_tests::{Person, TestServer, authority, import_body, sound};

/// What each flaw must be called.
fn condition(flaw: Flaw) -> Option<Condition> {
    use Flaw::*;
    Some(match flaw {
        CertificateEmpty | CertificateHollow => Condition::CertificateMissing,
        CertificateUnmarked | CertificateIsPublicKey => Condition::CertificateMarks,
        CertificateBase64 | CertificateCut => Condition::CertificateUnreadable,
        ChainUnmarked | ChainBase64 => Condition::ChainUnreadable,
        WrongOrder | Repeated | MissingLink | AfterRoot | BadSignature | BadRootSignature
        | NotCa | NoCertSign | PathTooLong => Condition::ChainBroken,
        NoChain | NotForServers | CriticalExtension | NameNotPermitted | Loop => return None,
        KeyEmpty => Condition::KeyMissing,
        KeyUnmarked | KeyIsPublicKey => Condition::KeyMarks,
        KeyEncrypted | KeyCut => Condition::KeyUnreadable,
        WrongKey | IssuersKey => Condition::KeyMismatch,
        NoName => Condition::NoDomain,
        MalformedName => Condition::DomainMalformed,
        Expired | ExpiredIntermediate => Condition::Expired,
        WeakSignature | WeakKey => Condition::Weak,
    })
}

/// Conditions of an import that no bundle causes; each has its test in a file next door.
const NOT_OF_THE_BUNDLE: [Condition; 4] = [
    Condition::NameInvalid,
    Condition::ChainRequired,
    Condition::AlreadyStored,
    Condition::IdempotencyKeyReused,
];

async fn refusal(server: &TestServer, bundle: &TestBundle) -> (u16, String, String) {
    server.by(Person::FullAccess).import(&import_body(bundle)).await.refusal()
}

#[tokio::test]
async fn every_flaw_gets_its_condition_and_a_word_on_it() {
    let server = TestServer::start().await;
    for flaw in Flaw::ALL {
        let Some(condition) = condition(flaw) else { continue };
        let bundle = authority().leaf("www.example.com").flaw(flaw).issue();
        let (status, code, message) = refusal(&server, &bundle).await;
        assert_eq!((status, &*code), (condition.status().as_u16(), condition.code()), "{flaw:?}");
        let detail = message.strip_prefix(condition.text());
        let detail = detail.unwrap_or_else(|| panic!("{flaw:?}: {message}"));
        assert!(detail.len() > 20 && detail.ends_with('.'), "{flaw:?}: {message}");
        assert!(message.chars().count() <= 1024, "{flaw:?}: {message}");
    }
}

#[test]
fn every_refusal_of_the_table_is_reached() {
    let reached = Flaw::ALL.into_iter().filter_map(condition).chain(NOT_OF_THE_BUNDLE);
    let reached: BTreeSet<_> = reached.collect();
    assert_eq!(reached, ImportCertificate::REFUSES.iter().copied().collect());
}

/// The messages whole: change them only to what a stranger understands better.
#[tokio::test]
async fn messages_say_what_is_wrong_where_and_what_to_do() {
    let server = TestServer::start().await;
    for (flaw, expected) in MESSAGES {
        let bundle = authority().leaf("www.example.com").flaw(*flaw).issue();
        let (_, _, message) = refusal(&server, &bundle).await;
        assert_eq!(message, *expected, "{flaw:?}");
    }
}

const MESSAGES: &[(Flaw, &str)] = &[
    (
        Flaw::CertificateEmpty,
        "The certificate content is missing. certificate is empty; send a certificate in PEM \
         format.",
    ),
    (
        Flaw::CertificateUnmarked,
        "The certificate format is incorrect. It must start or end with a specific string. \
         certificate holds a certificate in base64 without BEGIN and END lines; add the line \
         -----BEGIN CERTIFICATE----- before it and -----END CERTIFICATE----- after it.",
    ),
    (
        Flaw::ChainBase64,
        "The uploaded certificate chain failed to be resolved. Ensure that the certificate has \
         been issued. block 1 of certificate_chain (line 6) is damaged: the text between the \
         BEGIN and END lines is not valid base64; copy the whole block again, without changes.",
    ),
    (
        Flaw::WrongOrder,
        "The subject of the CA certificate does not match the issuer of the certificate. the \
         certificates are in the wrong order; send them in this order: 1. certificate 1 of \
         certificate (\"O=Example, CN=www.example.com\"), 2. certificate 2 of certificate_chain \
         (\"O=Example, CN=Test Intermediate\"), 3. certificate 1 of certificate_chain \
         (\"O=Example, CN=Test Root\").",
    ),
    (
        Flaw::Repeated,
        "The subject of the CA certificate does not match the issuer of the certificate. \
         certificate 2 of certificate_chain (\"O=Example, CN=Test Intermediate\") is identical to \
         certificate 1 of certificate_chain; remove certificate 2 of certificate_chain.",
    ),
    (
        Flaw::MissingLink,
        "The subject of the CA certificate does not match the issuer of the certificate. \
         certificate 1 of certificate was issued by \"O=Example, CN=Test Intermediate\", but the \
         next certificate, certificate 1 of certificate_chain, is \"O=Example, CN=Test Root\"; \
         add the missing issuer certificate after certificate 1 of certificate, or remove \
         certificate 1 of certificate_chain.",
    ),
    (
        Flaw::BadSignature,
        "The subject of the CA certificate does not match the issuer of the certificate. the \
         signature of certificate 1 of certificate does not verify with the key of certificate 1 \
         of certificate_chain (\"O=Example, CN=Test Intermediate\"), although the names match; \
         send the certificate of the actual issuer, or download certificate 1 of certificate \
         again.",
    ),
    (
        Flaw::NotCa,
        "The subject of the CA certificate does not match the issuer of the certificate. \
         certificate 1 of certificate_chain (\"O=Example, CN=Test Intermediate\") issued another \
         certificate, but is not a CA certificate (basicConstraints); send the certificate of the \
         actual issuer.",
    ),
    (
        Flaw::KeyEmpty,
        "The certificate private key is empty. private_key is empty; send a private key in PEM \
         format.",
    ),
    (
        Flaw::IssuersKey,
        "The uploaded certificate does not match the private key. the private key does not belong \
         to certificate 1 of certificate (\"O=Example, CN=www.example.com\"), but to certificate 1 \
         of certificate_chain; send the key of the leaf, or put the certificate of this key first.",
    ),
    (
        Flaw::Expired,
        "The certificate has expired. certificate 1 of certificate (\"O=Example, \
         CN=www.example.com\") expired on 2026-05-31 12:00:00 UTC, 1 day ago; send a certificate \
         that is still valid.",
    ),
    (
        Flaw::WeakKey,
        "This operation is not allowed by the current certificate type or status. the key of \
         certificate 1 of certificate is too weak (RSA-1024); supported keys: RSA with 2048 to \
         8192 bits, P-256, P-384, P-521, Ed25519.",
    ),
];

#[tokio::test]
async fn what_stands_in_the_wrong_field_is_named() {
    let server = TestServer::start().await;
    let good = sound("www.example.com");
    let swapped = TestBundle {
        certificate: good.private_key.clone(),
        private_key: good.certificate.clone(),
        ..good.clone()
    };
    let (_, code, message) = refusal(&server, &swapped).await;
    assert_eq!(code, "SCM.0053");
    assert!(message.contains("seem to be swapped"), "{message}");
    let key_for_chain = TestBundle { certificate_chain: good.private_key.clone(), ..good.clone() };
    let (_, code, message) = refusal(&server, &key_for_chain).await;
    assert_eq!(code, "SCM.0013");
    assert!(message.contains("is a private key, not issuer certificates"), "{message}");
    let several = TestBundle { private_key: good.private_key.repeat(2), ..good.clone() };
    let (_, code, message) = refusal(&server, &several).await;
    assert_eq!(code, "SCM.0114");
    assert!(message.contains("private_key holds 2 private keys"), "{message}");
    let request = good.certificate.replace("CERTIFICATE", "CERTIFICATE REQUEST");
    let (_, code, message) = refusal(&server, &TestBundle { certificate: request, ..good }).await;
    assert_eq!(code, "SCM.0053");
    assert!(message.contains("certificate signing request"), "{message}");
}

#[tokio::test]
async fn everything_that_is_wrong_is_reported_at_once_in_order() {
    let server = TestServer::start().await;
    let bundle = authority().leaf("www.example.com").flaw(Flaw::Expired).issue();
    let key = sound("www.example.com").private_key;
    let (_, code, message) = refusal(&server, &TestBundle { private_key: key, ..bundle }).await;
    assert_eq!(code, "SCM.0014");
    let mismatch = message.find("does not belong to").unwrap();
    assert!(mismatch < message.find("expired on").unwrap(), "{message}");

    let nothing = TestBundle {
        certificate: String::new(),
        certificate_chain: "x".to_owned(),
        private_key: String::new(),
    };
    let (_, code, message) = refusal(&server, &nothing).await;
    assert_eq!(code, "SCM.0054");
    for field in
        ["certificate is empty", "certificate_chain has no PEM block", "private_key is empty"]
    {
        assert!(message.contains(field), "{message}");
    }
}

#[tokio::test]
async fn more_than_fits_is_counted() {
    let server = TestServer::start().await;
    let mut bundle = sound("www.example.com");
    bundle.certificate_chain =
        "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n".repeat(100);
    let (_, code, message) = refusal(&server, &bundle).await;
    assert_eq!(code, "SCM.0013");
    assert!(message.chars().count() <= 1024, "{}", message.len());
    let more = message.rsplit_once(" And ").and_then(|(_, more)| more.strip_suffix(" more."));
    assert!(more.is_some_and(|more| more.parse::<u32>().is_ok_and(|n| n > 50)), "{message}");
}

#[tokio::test]
async fn what_a_certificate_says_cannot_drive_a_terminal() {
    let server = TestServer::start().await;
    let name = "evil\u{1b}[31m\u{202e}\r\n\"name\u{7}";
    let leaf = authority().leaf("www.example.com").common_name(Some(name)).flaw(Flaw::WrongKey);
    let (_, code, message) = refusal(&server, &leaf.issue()).await;
    assert_eq!(code, "SCM.0014");
    assert!(message.contains("evil"), "{message}");
    assert!(!message.contains(|c: char| c.is_control() || c == '\u{202e}'), "{message:?}");
}
