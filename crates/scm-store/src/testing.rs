//! Certificates that no authority issued, for tests that need many of them, or odd ones.
//!
//! Only this crate can make them, so that elsewhere a new certificate is always a verified one. All
//! other test support is in `scm-store-testing`.

use scm_seal::SealedKey;
use time::{Duration, OffsetDateTime, macros::datetime};

use crate::{
    Actor, CertificateId, EnterpriseProject, NewCertificate, ProjectId, Replacement, UserId,
    certificates::Content, chain::Chain,
};

/// The time of all tests.
pub const NOW: OffsetDateTime = datetime!(2026-06-01 12:00:00.25 UTC);

/// A user in the project `ours`.
pub fn actor() -> Actor {
    in_project("ours")
}

/// The user of [`actor`], in another project.
pub fn in_project(project: &str) -> Actor {
    Actor {
        user: UserId::new("u1"),
        project: ProjectId::new(project),
        address: [192, 0, 2, 7].into(),
        request_id: "request-1".into(),
    }
}

/// The content of a made-up certificate. Its bytes follow from its number and are of the usual size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeUp {
    /// The number of the id.
    pub number: u64,
    /// The name.
    pub name: String,
    /// The domain.
    pub domain: String,
    /// The further names.
    pub sans: Vec<String>,
    /// The enterprise project.
    pub enterprise_project: String,
    /// The end of the validity.
    pub not_after: OffsetDateTime,
    /// When it is stored.
    pub created: OffsetDateTime,
    /// The sealed key.
    pub sealed_key: SealedKey,
}

impl MadeUp {
    /// Named after its number, stored at [`NOW`] and valid for 90 days from then.
    pub fn new(number: u64) -> Self {
        Self {
            number,
            name: format!("certificate-{number}"),
            domain: format!("www{number}.example.com"),
            sans: Vec::new(),
            enterprise_project: "0".into(),
            not_after: NOW + Duration::days(90),
            created: NOW,
            sealed_key: SealedKey::from_kept(number.to_be_bytes().repeat(25)),
        }
    }

    /// Its id.
    pub fn id(&self) -> CertificateId {
        CertificateId::from_number(self.number).expect("test ids are small")
    }

    /// As a new certificate.
    pub fn to_new(&self) -> NewCertificate {
        NewCertificate {
            id: self.id(),
            name: self.name.clone(),
            enterprise_project: EnterpriseProject::new(&self.enterprise_project),
            now: self.created,
            content: self.content(),
            refuse_duplicate: false,
            key: None,
        }
    }

    /// As a new certificate under an id of another number.
    pub fn to_new_under(&self, number: u64) -> NewCertificate {
        NewCertificate { id: Self::new(number).id(), ..self.to_new() }
    }

    /// To stand in the place of another one; name and enterprise project do not count.
    pub fn to_replacement(&self) -> Replacement {
        Replacement(self.content())
    }

    /// The bytes that stand for the leaf.
    pub fn leaf(&self) -> Vec<u8> {
        self.number.to_be_bytes().repeat(150)
    }

    fn content(&self) -> Content {
        let mut sha256 = [0; 32];
        // Spread like real hashes.
        for (n, part) in sha256.chunks_mut(8).enumerate() {
            let mixed = (self.number + n as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            part.copy_from_slice(&mixed.to_be_bytes());
        }
        Content {
            domain: self.domain.clone(),
            sans: self.sans.clone(),
            domain_count: 1 + self.sans.len(),
            wildcard_count: 0,
            signature_algorithm: "SHA256withECDSA".into(),
            key_algorithm: "EC_P256".into(),
            sha1: [self.number as u8; 20],
            sha256,
            not_before: self.not_after - Duration::days(90),
            not_after: self.not_after,
            leaf: self.leaf(),
            chain: Chain::of([&[7; 1000][..], &[8; 1000]].into_iter()),
            sealed_key: self.sealed_key.clone(),
        }
    }
}
