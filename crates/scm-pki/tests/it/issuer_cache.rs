//! The cache of verified issuers accepts nothing that is not accepted without it.

use scm_pki::testing::Flaw;

use scm_pki::pem;
use time::OffsetDateTime;

use super::*;

fn verify_both(
    verifier: &Verifier,
    bundle: &TestBundle,
    now: OffsetDateTime,
) -> Result<VerifiedBundle, Findings> {
    let texts = [&bundle.certificate, &bundle.certificate_chain, &bundle.private_key];
    let cached = verifier.verify(verifier.read(texts[0], texts[1], texts[2]), now);
    let fresh = Verifier::default().verify(bundle.read(), now);
    match (&cached, fresh) {
        (Ok(known), Ok(new)) => assert_eq!(known.chain(), new.chain()),
        (Err(known), Err(new)) => assert_eq!(known.to_string(), new.to_string()),
        (known, new) => panic!("{known:?}, {new:?}"),
    }
    cached
}

#[test]
fn a_cached_chain_does_not_cover_a_bad_leaf() {
    let authority = authority();
    let verifier = Verifier::default();
    let good = authority.leaf("a.example").issue();
    for _ in 0..3 {
        assert!(verify_both(&verifier, &good, NOW).is_ok());
    }
    let bad = authority.leaf("a.example").flaw(Flaw::BadSignature).issue();
    assert_eq!(bad.certificate_chain, good.certificate_chain);
    let findings = verify_both(&verifier, &bad, NOW).expect_err("bad signature");
    assert_eq!(findings.first().class(), FindingClass::ChainOrder);
    let late = NOW + time::Duration::days(4000);
    let findings = verify_both(&verifier, &good, late).expect_err("dates are not cached");
    assert!(findings.iter().all(|f| f.class() == FindingClass::Expired));
    assert_eq!(findings.iter().len(), 2);
}

#[test]
fn a_cached_chain_does_not_cover_a_foreign_leaf() {
    let verifier = Verifier::default();
    let (ours, theirs) = (authority(), authority());
    let known = ours.leaf("a.example").issue();
    assert!(verify_both(&verifier, &known, NOW).is_ok());
    let mut foreign = theirs.leaf("a.example").issue();
    foreign.certificate_chain = known.certificate_chain;
    let findings = verify_both(&verifier, &foreign, NOW).expect_err("signed by another key");
    assert!(matches!(findings.first(), Finding::BadSignature { .. }));
}

#[test]
fn a_bad_chain_is_not_cached() {
    let authority = authority();
    let verifier = Verifier::default();
    for flaw in [Flaw::NotCa, Flaw::BadRootSignature, Flaw::PathTooLong] {
        let bad = authority.leaf("a.example").flaw(flaw).issue();
        for _ in 0..2 {
            assert!(verify_both(&verifier, &bad, NOW).is_err(), "{flaw:?}");
        }
    }
}

#[test]
fn a_changed_issuer_is_not_mistaken_for_a_cached_one() {
    let verifier = Verifier::default();
    let good = authority().leaf("a.example").with_root().issue();
    assert!(verify_both(&verifier, &good, NOW).is_ok());
    let mut blocks = pem::scan(&good.certificate_chain);
    let [intermediate, root] = [(); 2].map(|()| blocks.next().unwrap().unwrap().decode().unwrap());
    for at in (0..intermediate.len()).step_by(7) {
        let mut other = intermediate.clone();
        other[at] ^= 1;
        let certificate_chain = [&other, &root].map(|der| pem::encode("CERTIFICATE", der)).concat();
        let forged = TestBundle { certificate_chain, ..good.clone() };
        assert!(verify_both(&verifier, &forged, NOW).is_err(), "byte {at}");
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
                    assert!(verify_both(&verifier, &good, NOW).is_ok());
                    assert!(verify_both(&verifier, &bad, NOW).is_err());
                }
            });
        }
    });
}
