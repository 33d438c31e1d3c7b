//! What the rules are tried with: bundles, people, a first start.

use scm_pki::{
    Policy, VerifiedBundle, Verifier,
    testing::{Algorithm, TestAuthority, TestBundle},
};
use scm_seal::SealedKey;
use time::{OffsetDateTime, macros::datetime};

use crate::{
    Actor, CertificateId, DomainId, DomainRecord, FirstStart, NewCertificate, NewToken, NewUser,
    PasswordHash, ProjectId, ProjectRecord, Role, TokenHash, UserId,
};

/// The time of all tests.
pub const NOW: OffsetDateTime = datetime!(2026-06-01 12:00:00.25 UTC);

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

    /// The bundle to be kept at [`NOW`] under the id with this number.
    pub fn new_certificate(&self, number: u64) -> NewCertificate {
        self.new_certificate_at(number, NOW)
    }

    /// The bundle to be kept at any time.
    pub fn new_certificate_at(&self, number: u64, now: OffsetDateTime) -> NewCertificate {
        let id = CertificateId::from_number(number).expect("test ids are small");
        let sealed = SealedKey::from_kept(number.to_be_bytes().repeat(160));
        NewCertificate::new(id, "a name", self.verified(), sealed, now)
    }
}

/// Somebody in the project `ours`.
pub fn actor() -> Actor {
    in_project("ours")
}

/// The same person in another project.
pub fn in_project(project: &str) -> Actor {
    Actor {
        user: UserId::new("u1"),
        project: ProjectId::new(project),
        address: [192, 0, 2, 7].into(),
        request_id: "request-1".into(),
    }
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
