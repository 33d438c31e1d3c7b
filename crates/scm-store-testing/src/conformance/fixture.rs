//! What the rules are tried with: bundles, people, a first start.

use scm_pki::{
    Policy, VerifiedBundle, Verifier,
    testing::{Algorithm, TestAuthority, TestBundle},
};
use scm_seal::SealedKey;
use scm_store::{
    Actor, CertificateId, DomainId, DomainRecord, FirstStart, NewCertificate, NewToken, NewUser,
    PasswordHash, ProjectRecord, Role, TokenHash,
};
use time::OffsetDateTime;

use super::{NOW, actor};

/// A root and an intermediate that issue leaves.
pub struct Workshop(TestAuthority);

/// A leaf with its chain and key, as text.
#[derive(Clone)]
pub struct Issued(TestBundle);

impl Workshop {
    /// A new authority.
    pub fn new() -> Self {
        Self(TestAuthority::new(Algorithm::P256, NOW))
    }

    /// A leaf for `domain` and one more name, valid at [`NOW`], with a chain of two.
    pub fn issue(&self, domain: &str) -> Issued {
        Issued(self.0.leaf(domain).also("*.example.net").with_root().issue())
    }
}

impl Default for Workshop {
    fn default() -> Self {
        Self::new()
    }
}

impl Issued {
    /// The same without its chain.
    #[must_use]
    pub fn without_chain(mut self) -> Self {
        self.0.certificate_chain.clear();
        self
    }

    /// The bundle, proved.
    pub fn verified(&self) -> VerifiedBundle {
        let verifier = Verifier::new(Policy::default());
        verifier.verify(self.0.read(), NOW).expect("the bundle is sound")
    }

    /// The bundle as a new certificate at [`NOW`], under the id with this number.
    pub fn new_certificate(&self, number: u64) -> NewCertificate {
        self.new_certificate_at(number, NOW)
    }

    /// The bundle as a new certificate at any time.
    pub fn new_certificate_at(&self, number: u64, now: OffsetDateTime) -> NewCertificate {
        self.new_certificate_of(number, "a name", now)
    }

    /// The bundle as a new certificate at [`NOW`], under a name.
    pub fn named(&self, number: u64, name: &str) -> NewCertificate {
        self.new_certificate_of(number, name, NOW)
    }

    fn new_certificate_of(&self, number: u64, name: &str, now: OffsetDateTime) -> NewCertificate {
        let id = CertificateId::from_number(number).expect("test ids are small");
        NewCertificate::new(id, name, self.verified(), sealed_key(number), now)
    }
}

/// The bytes that stand for the sealed key of the certificate with this number.
pub(super) fn sealed_key(number: u64) -> SealedKey {
    SealedKey::from_kept(number.to_be_bytes().repeat(160))
}

/// A first start with the project and the user of [`actor`].
pub fn first_start() -> FirstStart {
    let Actor { user, project, .. } = actor();
    let domain = DomainId::new("d1");
    let token = NewToken {
        hash: TokenHash([1; 32]),
        user: user.clone(),
        project: project.clone(),
        issued: NOW,
        expires: NOW + time::Duration::DAY,
    };
    let password = PasswordHash::new("$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaA");
    FirstStart {
        domain: DomainRecord { id: domain.clone(), name: "default".into() },
        project: ProjectRecord { id: project, domain, name: "main".into() },
        user: NewUser { id: user, name: "admin".into(), password },
        role: Role::Administrator,
        token,
        access_key: None,
    }
}
