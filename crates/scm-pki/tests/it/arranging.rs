//! Loose files, in any order.

use scm_pki::{ArrangeError, Content, Repeat, arrange, testing::Flaw};

use super::*;

#[test]
fn leaf_chain_and_key_are_sorted_by_content() {
    let bundle = authority().leaf("a.example").with_root().issue();
    let mut parts = bundle.certificate_chain.split_inclusive("-----END CERTIFICATE-----\n");
    let (intermediate, root) = (parts.next().expect("two"), parts.next().expect("two"));
    let mixed = format!("{root}{}{intermediate}", bundle.private_key);
    for texts in [
        &[root, &bundle.private_key, intermediate, &bundle.certificate][..],
        &[&bundle.certificate, &mixed],
        &[&mixed, &mixed, &bundle.certificate, &bundle.certificate],
    ] {
        let arranged = arrange(texts).expect("complete");
        assert_eq!(arranged.certificate, bundle.certificate);
        assert_eq!(arranged.certificate_chain, bundle.certificate_chain);
        assert_eq!(*arranged.private_key, bundle.private_key);
        assert_eq!(arranged.left_over, []);
    }
}

#[test]
fn repeats_are_named_and_left_out() {
    let bundle = authority().leaf("a.example").issue();
    let TestBundle { certificate, certificate_chain, private_key } = &bundle;
    let full = format!("{certificate}{certificate_chain}");
    let arranged = arrange(&[certificate, certificate_chain, &full, private_key]).expect("sound");
    assert_eq!(arranged.certificate_chain, *certificate_chain);
    let repeat = |text, line, first_text, subject: &str| Repeat {
        text,
        line,
        first_text,
        first_line: 1,
        subject: subject.to_owned(),
    };
    let second_line = certificate.lines().count() + 1;
    assert_eq!(
        arranged.repeats,
        [
            repeat(2, 1, 0, "O=Example, CN=a.example"),
            repeat(2, second_line, 1, "O=Example, CN=Test Intermediate"),
        ]
    );
    let once = arrange(&[certificate, certificate_chain, private_key]).expect("sound");
    assert_eq!(once.repeats, []);
}

#[test]
fn unrelated_blocks_are_left_over() {
    let bundle = authority().leaf("a.example").issue();
    let unrelated = authority().leaf("b.example").issue().certificate;
    let request = "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n";
    let texts =
        [&unrelated, request, &bundle.private_key, &bundle.certificate, &bundle.certificate_chain];
    let arranged = arrange(&texts).expect("complete");
    assert_eq!(arranged.certificate, bundle.certificate);
    let left: Vec<_> = arranged.left_over.iter().map(|l| (l.text, &l.content)).collect();
    assert_eq!(left, [(1, &Content::Request), (0, &Content::Certificate)]);
    assert!(arranged.left_over[1].subject.as_ref().is_some_and(|s| s.contains("b.example")));
}

#[test]
fn missing_parts_are_reported() {
    let bundle = authority().leaf("a.example").issue();
    let other = authority().leaf("b.example").issue();
    let error = |texts: &[&str]| arrange(texts).expect_err("incomplete");
    assert_eq!(error(&[]), ArrangeError::NoKey);
    assert_eq!(error(&[&bundle.certificate]), ArrangeError::NoKey);
    assert_eq!(error(&[&bundle.private_key]), ArrangeError::NoCertificate);
    assert_eq!(
        error(&[&bundle.private_key, &other.private_key]),
        ArrangeError::SeveralKeys { count: 2 }
    );
    let damaged = error(&[&bundle.certificate, "-----BEGIN CERTIFICATE-----\nAAAA\n"]);
    assert!(damaged.to_string().starts_with("block 1 of file 2 (line 1) is damaged"), "{damaged}");
}

#[test]
fn blocks_that_do_not_parse_become_findings() {
    for (flaw, class) in [
        (Flaw::KeyEncrypted, FindingClass::KeyUnusable),
        (Flaw::KeyCut, FindingClass::KeyUnusable),
        (Flaw::CertificateCut, FindingClass::CertificateUnreadable),
        (Flaw::ChainBase64, FindingClass::ChainUnreadable),
    ] {
        let bad = authority().leaf("a.example").flaw(flaw).issue();
        let texts = [&bad.certificate_chain, &bad.certificate, &bad.private_key];
        let arranged = arrange(&texts.map(String::as_str)).expect("complete");
        let bundle = TestBundle {
            certificate: arranged.certificate,
            certificate_chain: arranged.certificate_chain,
            private_key: arranged.private_key.to_string(),
        };
        assert_eq!(classes(&bundle), [class], "{flaw:?}");
    }
}
