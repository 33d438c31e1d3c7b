//! A certificate authority for tests and demonstrations, able to make bad bundles too.
//!
//! ```
//! use scm_pki::{Bundle, Policy, Verifier, testing::{Algorithm, Flaw, TestAuthority}};
//! use time::OffsetDateTime;
//!
//! let now = OffsetDateTime::UNIX_EPOCH + time::Duration::days(20_000);
//! let authority = TestAuthority::new(Algorithm::P256, now);
//! let verifier = Verifier::new(Policy::default());
//!
//! let good = authority.leaf("www.example.com").issue();
//! assert!(verifier.verify(good.read(), now).is_ok());
//!
//! let bad = authority.leaf("www.example.com").flaw(Flaw::WrongKey).issue();
//! let findings = verifier.verify(bad.read(), now).unwrap_err();
//! assert_eq!(Some(findings.first().class()), Flaw::WrongKey.class());
//! ```
//!
//! Not for production: keys are reused within a process, and nothing is wiped.

mod chain;
mod flaw;
mod keys;
mod leaf;
mod weak;

use time::{Duration, OffsetDateTime};

use crate::{Bundle, pem};

use chain::Member;

pub use flaw::Flaw;
pub use leaf::TestLeaf;

/// The kind of key of a whole authority: root, intermediate and leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// RSA with 2048 bits; the keys are made once per process.
    Rsa2048,
    /// ECDSA on P-256.
    P256,
    /// ECDSA on P-384.
    P384,
    /// ECDSA on P-521.
    P521,
    /// Ed25519.
    Ed25519,
}

impl Algorithm {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Rsa2048, Self::P256, Self::P384, Self::P521, Self::Ed25519];
}

/// A root and an intermediate that issue leaves. All dates are relative to `now`.
pub struct TestAuthority {
    algorithm: Algorithm,
    now: OffsetDateTime,
    root: Member,
    intermediate: Member,
}

impl TestAuthority {
    /// A root and an intermediate with new keys, valid for ten years. RSA keys are those of the
    /// process.
    pub fn new(algorithm: Algorithm, now: OffsetDateTime) -> Self {
        Self::lasting(algorithm, now, Duration::days(3650))
    }

    /// A root and an intermediate that are valid for `length` from now.
    pub fn lasting(algorithm: Algorithm, now: OffsetDateTime, length: Duration) -> Self {
        let valid = Validity::around(now, length);
        let root = Member::root("Test Root", keys::pair(algorithm, keys::Slot::Root), valid);
        let key = keys::pair(algorithm, keys::Slot::Intermediate);
        let intermediate = root.issue_authority("Test Intermediate", key, valid, |_| {});
        Self { algorithm, now, root, intermediate }
    }

    /// A leaf for `name`, a host (with or without wildcard) or an address; more may follow.
    pub fn leaf(&self, name: &str) -> TestLeaf<'_> {
        TestLeaf::new(self, name)
    }

    /// The root as PEM.
    pub fn root_pem(&self) -> String {
        self.root.pem()
    }

    /// The intermediate as PEM.
    pub fn intermediate_pem(&self) -> String {
        self.intermediate.pem()
    }
}

/// The two dates of a certificate.
#[derive(Clone, Copy, Debug)]
struct Validity {
    not_before: OffsetDateTime,
    not_after: OffsetDateTime,
}

impl Validity {
    /// From a tenth of the length before now to the length after it.
    fn around(now: OffsetDateTime, length: Duration) -> Self {
        Self { not_before: now - length / 10, not_after: now + length }
    }

    /// Expired since yesterday.
    fn over(now: OffsetDateTime) -> Self {
        Self { not_before: now - Duration::days(100), not_after: now - Duration::days(1) }
    }
}

/// The three texts of an import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestBundle {
    /// The leaf, as PEM.
    pub certificate: String,
    /// The intermediate, as PEM; with the root if requested.
    pub certificate_chain: String,
    /// The key of the leaf, as PEM.
    pub private_key: String,
}

impl TestBundle {
    /// Reads the texts, ready to be verified.
    pub fn read(&self) -> Bundle {
        Bundle::read(&self.certificate, &self.certificate_chain, &self.private_key)
    }

    /// This bundle with the chain after the leaf in `certificate`, and an empty chain.
    pub fn joined(self) -> Self {
        let certificate = self.certificate + &self.certificate_chain;
        Self { certificate, certificate_chain: String::new(), ..self }
    }

    /// This bundle with `\r\n` line endings.
    pub fn with_crlf(self) -> Self {
        let crlf = |text: String| text.replace('\n', "\r\n");
        Self {
            certificate: crlf(self.certificate),
            certificate_chain: crlf(self.certificate_chain),
            private_key: crlf(self.private_key),
        }
    }
}

/// PEM of certificates, one after the other.
fn certificates(ders: &[impl AsRef<[u8]>]) -> String {
    ders.iter().map(|der| pem::encode("CERTIFICATE", der.as_ref())).collect()
}
