//! What is imported: leaves with chain, root and key, as bodies of JSON.

use bytes::Bytes;
use scm_model::{Call, Received, api::ImportCertificate, certificates::CertificateImport};
use scm_pki::testing::{Algorithm, TestAuthority};
use serde_json::json;
use time::OffsetDateTime;

use crate::Failed;

/// How many different leaves a payload has; they come round again and again.
const LEAVES: usize = 64;

/// A kind of certificate, and how many authorities issue it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// What it is called in tables.
    pub name: &'static str,
    /// The kind of key, of leaf and issuers.
    pub algorithm: Algorithm,
    /// How many different chains there are.
    pub issuers: usize,
}

impl Kind {
    /// RSA-2048 leaves of one chain.
    pub const RSA: Self = Self::of("RSA-2048", Algorithm::Rsa2048);
    /// P-256 leaves of one chain.
    pub const P256: Self = Self::of("P-256", Algorithm::P256);
    /// P-384 leaves of one chain.
    pub const P384: Self = Self::of("P-384", Algorithm::P384);
    /// Ed25519 leaves of one chain.
    pub const ED25519: Self = Self::of("Ed25519", Algorithm::Ed25519);

    const fn of(name: &'static str, algorithm: Algorithm) -> Self {
        Self { name, algorithm, issuers: 1 }
    }

    /// The same from so many issuers, each with a chain of its own.
    pub const fn issued_by(self, issuers: usize) -> Self {
        Self { issuers, ..self }
    }
}

/// The bodies of imports.
#[derive(Debug)]
pub struct Payload(Vec<Bytes>);

impl Payload {
    /// Makes certificates that are valid now.
    pub fn make(kind: Kind) -> Self {
        let now = OffsetDateTime::now_utc();
        let leaves = LEAVES.div_ceil(kind.issuers);
        let bodies = (0..kind.issuers).flat_map(|issuer| {
            let authority = TestAuthority::new(kind.algorithm, now);
            (0..leaves).map(move |leaf| body(&authority, issuer * leaves + leaf))
        });
        Self(bodies.collect())
    }

    /// The body for the nth request.
    pub fn nth(&self, n: usize) -> &Bytes {
        &self.0[n % self.0.len()]
    }

    /// The same as the server reads it.
    pub fn read(&self, n: usize) -> Result<CertificateImport, Failed> {
        let received = Received { path: &[], query: &[], headers: &[], body: self.nth(n) };
        Ok(Call::<ImportCertificate>::read(received)?.body)
    }

    /// How many different ones there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

fn body(authority: &TestAuthority, number: usize) -> Bytes {
    let host = format!("shop{number}.example.com");
    let bundle = authority.leaf(&host).also(&format!("www.{host}")).with_root().issue();
    let body = json!({
        "name": format!("shop-{number}"),
        "certificate": bundle.certificate,
        "certificate_chain": bundle.certificate_chain,
        "private_key": bundle.private_key,
    });
    body.to_string().into()
}
