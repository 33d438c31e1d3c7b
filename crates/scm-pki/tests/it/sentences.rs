//! The sentences of findings.

use scm_pki::testing::Flaw;

use super::*;

fn sentence_of(flaw: Flaw) -> String {
    only_finding(&authority().leaf("www.example.com").flaw(flaw).issue()).to_string()
}

#[test]
fn sentences_say_what_where_and_what_to_do() {
    for (flaw, sentence) in [
        (Flaw::CertificateEmpty, "certificate is empty; send a certificate in PEM format"),
        (
            Flaw::CertificateUnmarked,
            "certificate holds a certificate in base64 without BEGIN and END lines; add the line \
             -----BEGIN CERTIFICATE----- before it and -----END CERTIFICATE----- after it",
        ),
        (
            Flaw::WrongOrder,
            "the certificates are in the wrong order; send them in this order: \
             1. certificate 1 of certificate (\"O=Example, CN=www.example.com\"), \
             2. certificate 2 of certificate_chain (\"O=Example, CN=Test Intermediate\"), \
             3. certificate 1 of certificate_chain (\"O=Example, CN=Test Root\")",
        ),
        (
            Flaw::MissingLink,
            "certificate 1 of certificate was issued by \"O=Example, CN=Test Intermediate\", but \
             the next certificate, certificate 1 of certificate_chain, is \"O=Example, CN=Test \
             Root\"; add the missing issuer certificate after certificate 1 of certificate, or \
             remove certificate 1 of certificate_chain",
        ),
        (
            Flaw::KeyEncrypted,
            "the private key is encrypted (ENCRYPTED PRIVATE KEY); remove the password: `openssl \
             pkey -in FILE -out PLAIN.pem`",
        ),
        (
            Flaw::IssuersKey,
            "the private key does not belong to certificate 1 of certificate (\"O=Example, \
             CN=www.example.com\"), but to certificate 1 of certificate_chain; send the key of \
             the leaf, or put the certificate of this key first",
        ),
        (
            Flaw::Expired,
            "certificate 1 of certificate (\"O=Example, CN=www.example.com\") expired on \
             2030-06-14 12:00:00 UTC, 1 day ago; send a certificate that is still valid",
        ),
        (
            Flaw::WeakKey,
            "the key of certificate 1 of certificate is too weak (RSA-1024); supported keys: RSA \
             with 2048 to 8192 bits, P-256, P-384, P-521, Ed25519",
        ),
    ] {
        assert_eq!(sentence_of(flaw), sentence);
    }
}

#[test]
fn every_sentence_is_one_line_without_a_byte_of_the_key() {
    for flaw in Flaw::ALL {
        let bundle = authority().leaf("www.example.com").flaw(flaw).issue();
        let Err(findings) = verify(&bundle) else { continue };
        let key = bundle.private_key.lines().filter(|line| line.len() > 20);
        let secrets: Vec<&str> = key.filter(|line| !line.starts_with('-')).collect();
        for finding in &findings {
            let shown = format!("{finding} {finding:?}");
            assert!(!finding.to_string().contains('\n') && shown.len() < 2000, "{shown}");
            assert!(secrets.iter().all(|secret| !shown.contains(secret)), "{flaw:?}");
        }
    }
}

#[test]
fn text_of_certificates_is_escaped() {
    let bundle = authority()
        .leaf("www.example.com")
        .common_name(Some("a\u{1b}[31m\"\n\u{202e}b"))
        .flaw(Flaw::Expired)
        .issue();
    let sentence = only_finding(&bundle).to_string();
    assert!(sentence.contains("CN=a\\u{1b}[31m\\\"\\n\\u{202e}b"), "{sentence}");
}

#[test]
fn damage_is_reported_with_block_and_line() {
    let mut bundle = authority().leaf("www.example.com").issue();
    bundle.certificate = bundle.certificate.replacen("\n", "\n!", 1);
    assert_eq!(
        only_finding(&bundle).to_string(),
        "block 1 of certificate (line 2) is damaged: the text between the BEGIN and END lines is \
         not valid base64; copy the whole block again, without changes"
    );
    bundle.certificate = bundle.certificate.replace('\n', "\\n");
    assert!(only_finding(&bundle).to_string().contains("the text was escaped twice"));
}
