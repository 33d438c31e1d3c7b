//! Whole bundles, verified as by the server and the command line tool.

mod arranging;
mod findings;
mod flipped;
mod hostile;
mod issuer_cache;
mod openssl;
mod sentences;
mod sound;
mod warnings;

use scm_pki::{
    Finding, FindingClass, Findings, Policy, VerifiedBundle, Verifier,
    testing::{Algorithm, TestAuthority, TestBundle},
};
use time::{OffsetDateTime, macros::datetime};

/// The time of all tests.
const NOW: OffsetDateTime = datetime!(2030-06-15 12:00 UTC);

fn authority() -> TestAuthority {
    TestAuthority::new(Algorithm::P256, NOW)
}

fn verify(bundle: &TestBundle) -> Result<VerifiedBundle, Findings> {
    verify_under(Policy::default(), bundle)
}

fn verify_under(policy: Policy, bundle: &TestBundle) -> Result<VerifiedBundle, Findings> {
    Verifier::new(policy).verify(bundle.read(), NOW)
}

/// The only finding of a bundle that has exactly one.
fn only_finding(bundle: &TestBundle) -> Finding {
    let findings = verify(bundle).expect_err("a bad bundle");
    let all: Vec<_> = findings.iter().map(Finding::to_string).collect();
    assert_eq!(all.len(), 1, "{all:#?}");
    findings.first().clone()
}

fn classes(bundle: &TestBundle) -> Vec<FindingClass> {
    verify(bundle).err().iter().flatten().map(Finding::class).collect()
}
