//! Each kind of key, in each encoding and each form of text.

use scm_pki::{
    KeyEncoding,
    testing::{Algorithm, TestAuthority},
};
use scm_tests::{NOW, Person, TestServer, import_body};

fn encodings(algorithm: Algorithm) -> &'static [KeyEncoding] {
    match algorithm {
        Algorithm::Rsa2048 => &[KeyEncoding::Pkcs8, KeyEncoding::Pkcs1],
        Algorithm::P256 | Algorithm::P384 | Algorithm::P521 => {
            &[KeyEncoding::Pkcs8, KeyEncoding::Sec1]
        }
        Algorithm::Ed25519 => &[KeyEncoding::Pkcs8],
    }
}

fn signed_with(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::Rsa2048 => "SHA256withRSA",
        Algorithm::P256 => "SHA256withECDSA",
        Algorithm::P384 => "SHA384withECDSA",
        Algorithm::P521 => "SHA512withECDSA",
        Algorithm::Ed25519 => "Ed25519",
    }
}

#[tokio::test]
async fn every_kind_of_key_is_taken_in_every_encoding_and_line_end() {
    let server = TestServer::start().await;
    let caller = server.by(Person::FullAccess);
    for algorithm in Algorithm::ALL {
        let authority = TestAuthority::new(algorithm, NOW);
        for &encoding in encodings(algorithm) {
            let unix = authority.leaf("www.example.com").key_encoding(encoding).issue();
            for bundle in [unix.clone(), unix.with_crlf()] {
                let answer = caller.import(&import_body(&bundle)).await;
                assert_eq!(answer.status, 200, "{algorithm:?} {encoding:?}: {answer:?}");
                let shown = caller.show(&answer.text("certificate_id")).await;
                assert_eq!(shown.text("signature_algorithm"), signed_with(algorithm));
            }
        }
    }
}

#[tokio::test]
async fn what_surrounds_the_blocks_does_no_harm() {
    let server = TestServer::start().await;
    let bundle =
        scm_tests::authority().leaf("www.example.com").key_encoding(KeyEncoding::Sec1).issue();
    let mut body = import_body(&bundle);
    let attributes = "Bag Attributes\n    friendlyName: wëb\nsubject=CN = www.example.com\n";
    body["certificate"] = format!("{attributes}{}", bundle.certificate)
        .replace("BEGIN CERTIFICATE", "BEGIN X509 CERTIFICATE")
        .replace("END CERTIFICATE", "END X509 CERTIFICATE")
        .into();
    let parameters =
        "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
    body["private_key"] = format!("{attributes}{parameters}{}", bundle.private_key).into();
    body["certificate_chain"] = format!("\n\n{}\n \n", bundle.certificate_chain).into();
    let answer = server.by(Person::FullAccess).import(&body).await;
    assert_eq!(answer.status, 200, "{answer:?}");
}
