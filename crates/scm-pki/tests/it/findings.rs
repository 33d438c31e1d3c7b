//! Every class of finding is reached by a bundle that causes exactly it, and independent defects
//! are reported together.

use std::collections::BTreeSet;

use scm_pki::{Content, Field, Place, Unmarked, testing::Flaw};

use super::*;

#[test]
fn every_flaw_causes_exactly_its_finding() {
    for algorithm in Algorithm::ALL {
        let authority = TestAuthority::new(algorithm, NOW);
        for flaw in Flaw::ALL {
            let bundle = authority.leaf("www.example.com").flaw(flaw).issue();
            let expected: Vec<_> = flaw.class().into_iter().collect();
            let found = verify(&bundle).err().map(|found| format!("{found:?}"));
            assert_eq!(classes(&bundle), expected, "{algorithm:?} {flaw:?} {found:?}");
        }
    }
}

#[test]
fn every_class_is_reached() {
    let reached: BTreeSet<_> = Flaw::ALL.into_iter().filter_map(Flaw::class).collect();
    // ChainRequired depends on the policy and is reached in `sound`.
    assert_eq!(reached.len(), 13);
    assert!(reached.first() == Some(&FindingClass::CertificateEmpty));
    assert!(reached.last() == Some(&FindingClass::Weak));
}

#[test]
fn independent_defects_are_reported_in_order() {
    let authority = authority();
    let mut bundle = authority.leaf("a.example").flaw(Flaw::Expired).issue();
    let other = authority.leaf("b.example").flaw(Flaw::WrongKey).issue();
    bundle.private_key = other.private_key;
    bundle.certificate_chain =
        authority.leaf("c.example").flaw(Flaw::ChainBase64).issue().certificate_chain;
    let expected =
        [FindingClass::ChainUnreadable, FindingClass::KeyMismatch, FindingClass::Expired];
    assert_eq!(classes(&bundle), expected);
}

#[test]
fn three_empty_fields_are_two_findings() {
    let nothing = TestBundle {
        certificate: " \r\n".to_owned(),
        certificate_chain: "\n".to_owned(),
        private_key: String::new(),
    };
    assert_eq!(classes(&nothing), [FindingClass::CertificateEmpty, FindingClass::KeyEmpty]);
}

#[test]
fn swapped_fields_are_recognised() {
    let TestBundle { certificate, certificate_chain, private_key } =
        authority().leaf("a.example").issue();
    let swapped =
        TestBundle { certificate: private_key, certificate_chain, private_key: certificate };
    let findings = verify(&swapped).expect_err("swapped");
    let is_swapped = |f: &Finding| matches!(f, Finding::WrongContent { swapped: true, .. });
    assert!(findings.iter().all(is_swapped), "{findings:?}");
    assert_eq!(findings.iter().len(), 2);
}

#[test]
fn the_right_order_is_reported_even_if_the_leaf_is_not_first() {
    let bundle = authority().leaf("a.example").with_root().issue();
    let mut parts = bundle.certificate_chain.split_inclusive("-----END CERTIFICATE-----\n");
    let (intermediate, root) = (parts.next().expect("two"), parts.next().expect("two"));
    let reversed = TestBundle {
        certificate: root.to_owned(),
        certificate_chain: format!("{intermediate}{}", bundle.certificate),
        private_key: bundle.private_key,
    };
    let Finding::WrongOrder { order, .. } = only_finding(&reversed) else {
        panic!("another finding")
    };
    let places: Vec<_> = order.iter().map(|entry| entry.place).collect();
    let chain = |position| Place::new(Field::CertificateChain, position);
    assert_eq!(places, [chain(2), chain(1), Place::new(Field::Certificate, 1)]);
    assert_eq!(order[0].subject, "O=Example, CN=a.example");
}

#[test]
fn every_repeat_is_named_with_its_first_place() {
    use Field::{Certificate, CertificateChain};
    let authority = authority();
    let bundle = authority.leaf("a.example").issue();
    let (leaf, intermediate) = (&*bundle.certificate, &*bundle.certificate_chain);
    let root = authority.root_pem();
    let alone = verify(&bundle).expect("sound");
    let repeated = |certificate: &[&str], chain: &[&str]| {
        let bundle = TestBundle {
            certificate: certificate.concat(),
            certificate_chain: chain.concat(),
            private_key: bundle.private_key.clone(),
        };
        let findings = verify(&bundle).expect_err("a repeat");
        let places = findings.iter().map(|finding| match finding {
            Finding::Repeated { place, first, .. } => (*first, *place),
            other => panic!("another finding: {other}"),
        });
        places.collect::<Vec<_>>()
    };
    let (in_leaf, in_chain) =
        (|at| Place::new(Certificate, at), |at| Place::new(CertificateChain, at));
    for (certificate, chain, expected) in [
        (&[leaf][..], &[intermediate, intermediate][..], vec![(in_chain(1), in_chain(2))]),
        (&[leaf, intermediate], &[intermediate, &root], vec![(in_leaf(2), in_chain(1))]),
        (&[leaf, leaf], &[intermediate], vec![(in_leaf(1), in_leaf(2))]),
        (&[leaf], &[intermediate, leaf], vec![(in_leaf(1), in_chain(2))]),
        (&[leaf], &[leaf, leaf, intermediate], vec![(in_leaf(1), in_chain(2))]),
        (
            &[leaf, intermediate],
            &[leaf, intermediate, intermediate],
            vec![(in_leaf(2), in_chain(2)), (in_leaf(2), in_chain(3))],
        ),
    ] {
        assert_eq!(repeated(certificate, chain), expected);
    }
    let headed =
        TestBundle { certificate_chain: format!("{leaf}{intermediate}"), ..bundle.clone() };
    assert_eq!(verify(&headed).expect("the leaf may head its chain").chain(), alone.chain());
}

#[test]
fn a_missing_link_names_the_missing_issuer() {
    let bundle = authority().leaf("a.example").flaw(Flaw::MissingLink).issue();
    let Finding::NotTheIssuer { named, found, elsewhere, .. } = only_finding(&bundle) else {
        panic!("another finding")
    };
    assert!(named.contains("Test Intermediate") && found.contains("Test Root"));
    assert_eq!(elsewhere, None);
}

#[test]
fn the_owner_of_a_foreign_key_is_named() {
    let bundle = authority().leaf("a.example").flaw(Flaw::IssuersKey).issue();
    let Finding::KeyMismatch { belongs_to, .. } = only_finding(&bundle) else {
        panic!("another finding")
    };
    assert_eq!(belongs_to, Some(Place::new(Field::CertificateChain, 1)));
}

#[test]
fn several_keys_are_refused() {
    let mut bundle = authority().leaf("a.example").issue();
    bundle.private_key = bundle.private_key.repeat(2);
    assert_eq!(only_finding(&bundle), Finding::SeveralKeys { count: 2 });
}

#[test]
fn text_without_a_pem_block_is_named() {
    let bundle = authority().leaf("a.example").issue();
    let bare = |text: &str| text.lines().filter(|l| !l.starts_with('-')).collect::<String>();
    let unmarked = |finding| match finding {
        Finding::NoMarks { looks_like, .. } => looks_like,
        other => panic!("{other}"),
    };
    let with = |certificate| TestBundle { certificate, ..bundle.clone() };
    let certificate = unmarked(only_finding(&with(bare(&bundle.certificate))));
    assert_eq!(certificate, Unmarked::Base64(Some(Content::Certificate)));
    let key = unmarked(only_finding(&with(bare(&bundle.private_key))));
    assert_eq!(key, Unmarked::Base64(Some(Content::PrivateKey)));
    let der = verify(&bundle).expect("sound").leaf().der().to_vec();
    let latin1: String = der.iter().map(|&byte| char::from(byte)).collect();
    assert_eq!(unmarked(only_finding(&with(latin1))), Unmarked::Binary(Some(Content::Certificate)));
    let lossy = String::from_utf8_lossy(&der).into_owned();
    assert_eq!(unmarked(only_finding(&with(lossy))), Unmarked::Binary(None));
    assert_eq!(unmarked(only_finding(&with("hello".to_owned()))), Unmarked::Text);
}

#[test]
fn a_key_with_the_label_of_a_certificate_is_named() {
    let mut bundle = authority().leaf("a.example").issue();
    bundle.certificate = bundle.private_key.replace("PRIVATE KEY", "CERTIFICATE");
    let Finding::WrongContent { found, block: 1, line: 1, .. } = only_finding(&bundle) else {
        panic!("another finding")
    };
    assert_eq!(found, Content::PrivateKey);
}

#[test]
fn a_self_signed_leaf_is_checked_for_its_own_signature_and_dates() {
    let root = authority();
    let key = root.leaf("a.example").flaw(Flaw::IssuersKey).issue().private_key;
    let alone = TestBundle {
        certificate: root.root_pem(),
        certificate_chain: String::new(),
        private_key: key,
    };
    assert_eq!(
        classes(&alone),
        [FindingClass::KeyMismatch, FindingClass::MalformedName],
        "a root's common name is free text"
    );
    let late = NOW + time::Duration::days(5000);
    let findings = Verifier::default().verify(alone.read(), late).expect_err("expired too");
    assert!(findings.iter().any(|f| f.class() == FindingClass::Expired));
}
