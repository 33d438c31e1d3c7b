//! The memory of verified issuers: it speeds up, and lets nothing through.

use scm_pki::testing::Flaw;

use super::*;

#[test]
fn a_known_chain_does_not_cover_a_bad_leaf() {
    let authority = authority();
    let verifier = Verifier::default();
    let good = authority.leaf("a.example").issue();
    for _ in 0..3 {
        assert!(verifier.verify(good.read(), NOW).is_ok());
    }
    let bad = authority.leaf("a.example").flaw(Flaw::BadSignature).issue();
    assert_eq!(bad.certificate_chain, good.certificate_chain);
    let findings = verifier.verify(bad.read(), NOW).expect_err("bad signature");
    assert_eq!(findings.first().class(), FindingClass::ChainOrder);
    let late = NOW + time::Duration::days(4000);
    let findings = verifier.verify(good.read(), late).expect_err("dates are not remembered");
    assert!(findings.iter().all(|f| f.class() == FindingClass::Expired));
    assert_eq!(findings.iter().len(), 2);
}

#[test]
fn a_known_chain_does_not_cover_a_foreign_leaf() {
    let verifier = Verifier::default();
    let (ours, theirs) = (authority(), authority());
    let known = ours.leaf("a.example").issue();
    assert!(verifier.verify(known.read(), NOW).is_ok());
    let mut foreign = theirs.leaf("a.example").issue();
    foreign.certificate_chain = known.certificate_chain;
    let findings = verifier.verify(foreign.read(), NOW).expect_err("signed by another key");
    assert!(matches!(findings.first(), Finding::BadSignature { .. }));
}

#[test]
fn a_bad_chain_is_not_remembered() {
    let authority = authority();
    let verifier = Verifier::default();
    for flaw in [Flaw::NotCa, Flaw::BadRootSignature, Flaw::PathTooLong] {
        let bad = authority.leaf("a.example").flaw(flaw).issue();
        for _ in 0..2 {
            assert!(verifier.verify(bad.read(), NOW).is_err(), "{flaw:?}");
        }
    }
}

#[test]
fn many_threads_share_one_verifier() {
    let authority = authority();
    let verifier = Verifier::default();
    let good = authority.leaf("a.example").issue();
    let bad = authority.leaf("a.example").flaw(Flaw::WrongKey).issue();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..20 {
                    assert!(verifier.verify(good.read(), NOW).is_ok());
                    assert!(verifier.verify(bad.read(), NOW).is_err());
                }
            });
        }
    });
}
