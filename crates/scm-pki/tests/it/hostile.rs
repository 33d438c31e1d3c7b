//! Hostile input: no panic, no hang, bounded output.

use std::sync::LazyLock;

use proptest::prelude::*;
use scm_pki::{Bundle, Certificate, KeyEncoding, PrivateKey, arrange, pem};
use zeroize::Zeroizing;

use super::*;

static SOUND: LazyLock<TestBundle> =
    LazyLock::new(|| authority().leaf("www.example.com").also("10.0.0.1").with_root().issue());

fn read(texts: [&str; 3]) {
    let bundle = Bundle::read(texts[0], texts[1], texts[2]);
    if let Err(findings) = Verifier::default().verify(bundle, NOW) {
        assert!(findings.iter().all(|finding| finding.to_string().chars().count() < 4096));
    }
    let _ = arrange(&texts);
}

/// Some bytes of `text` replaced, with BEGIN and END lines intact.
fn damaged(text: &str, changes: &[(prop::sample::Index, u8)]) -> String {
    let Some(Ok(block)) = pem::scan(text).next() else { return String::new() };
    let mut der = block.decode().expect("sound");
    for (at, value) in changes {
        let at = at.index(der.len());
        der[at] = *value;
    }
    pem::encode(block.label(), &der)
}

proptest! {
    #[test]
    fn any_text(a in "\\PC{0,80}", b in "(-----BEGIN |CERTIFICATE|-----\n|-----END |A){0,20}") {
        read([&a, &b, &a]);
        read([&b, &a, &b]);
    }

    #[test]
    fn changed_certificates_and_keys(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)
    ) {
        let certificate = damaged(&SOUND.certificate, &changes);
        let key = damaged(&SOUND.private_key, &changes);
        read([&certificate, &SOUND.certificate_chain, &SOUND.private_key]);
        read([&SOUND.certificate, &certificate, &key]);
    }

    #[test]
    fn any_der(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = Certificate::from_der(bytes.clone());
        for encoding in [KeyEncoding::Pkcs1, KeyEncoding::Sec1, KeyEncoding::Pkcs8] {
            prop_assert!(PrivateKey::from_der(encoding, Zeroizing::new(bytes.clone())).is_err());
        }
        read([&pem::encode("CERTIFICATE", &bytes), "", &pem::encode("PRIVATE KEY", &bytes)]);
    }
}

#[test]
fn deep_and_long_structures_end() {
    for der in [[0x30, 0x80].repeat(50_000), vec![0x30; 100_000], vec![0xff; 100_000]] {
        assert!(Certificate::from_der(der.clone()).is_err());
        read([&pem::encode("CERTIFICATE", &der), "", &pem::encode("RSA PRIVATE KEY", &der)]);
    }
}

#[test]
fn many_certificates_of_one_name_are_checked_in_bounded_time() {
    // Authorities of one name: every certificate could be the issuer of every other.
    let roots: Vec<String> = (0..60).map(|_| authority().root_pem()).collect();
    let started = std::time::Instant::now();
    read([&SOUND.certificate, &roots.concat(), &SOUND.private_key]);
    read([&roots[0], &roots[1..12].concat(), &SOUND.private_key]);
    assert!(started.elapsed() < std::time::Duration::from_secs(60));
}
