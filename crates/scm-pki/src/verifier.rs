//! Verifies a bundle: the only way to a [`VerifiedBundle`].

use time::OffsetDateTime;

use crate::{
    Bundle, Certificate, Field, Finding, Findings, Names, Place, Policy, PrivateKey, Warning,
    acceptance, bundle::Slot, chain, fitness, issuers::IssuerCache, leaf,
};

/// Verifies bundles under one policy, and caches the chains that it verified. Share one among all
/// threads.
#[derive(Debug, Default)]
pub struct Verifier {
    policy: Policy,
    issuers: IssuerCache,
}

impl Verifier {
    /// A verifier with an empty cache.
    pub fn new(policy: Policy) -> Self {
        Self { policy, issuers: IssuerCache::default() }
    }

    /// The policy. It never changes, since cached chains were verified under it.
    pub fn policy(&self) -> Policy {
        self.policy
    }

    /// Reads the texts of an import as [`Bundle::read`] does. Certificates of issuers that were
    /// verified before are not parsed again.
    pub fn read(&self, certificate: &str, certificate_chain: &str, private_key: &str) -> Bundle {
        Bundle::read_cached(&self.issuers, certificate, certificate_chain, private_key)
    }

    /// Proves that leaf, chain and key belong together and are sound at the time `now`.
    ///
    /// # Errors
    /// Every defect, once.
    pub fn verify(&self, bundle: Bundle, now: OffsetDateTime) -> Result<VerifiedBundle, Findings> {
        let Bundle { mut slots, key, mut findings } = bundle;
        let has_leaf = slots.first().is_some_and(|slot| slot.place.field() == Field::Certificate);
        if has_leaf {
            findings.extend(chain::mend_order(&mut slots, key.as_ref()));
        }
        findings.extend(chain::check(&slots, &self.issuers));
        findings.extend(self.check_each(&slots, has_leaf, now));
        let names = match slots.first() {
            Some(Slot { place, certificate: Some(leaf) }) if has_leaf => {
                findings.extend(leaf::check_chain(self.policy, leaf, slots.len(), &findings));
                leaf::names(*place, leaf).map_err(|found| findings.extend(found)).ok()
            }
            _ => None,
        };
        findings.extend(check_key(&slots, has_leaf, key.as_ref()));
        let warnings = acceptance::check(if has_leaf { &slots } else { &[] });
        if self.policy.strict {
            findings.extend(warnings.iter().cloned().map(Finding::NotAccepted));
        }
        conclude(slots, key, names, findings, warnings)
    }

    /// Dates, keys and algorithms of all certificates.
    fn check_each(&self, slots: &[Slot], has_leaf: bool, now: OffsetDateTime) -> Vec<Finding> {
        let check = |(index, slot): (usize, &Slot)| {
            let certificate = slot.certificate.as_ref()?;
            let is_root = !(has_leaf && index == 0) && is_root(certificate, slots.get(index + 1));
            Some(fitness::check(self.policy, now, slot.place, certificate, is_root))
        };
        slots.iter().enumerate().filter_map(check).flatten().collect()
    }
}

/// Whether a certificate is the root of its chain. A certificate in which an authority certifies
/// its new key (RFC 5280 6.1, self-issued) is not: its issuer follows.
fn is_root(certificate: &Certificate, next: Option<&Slot>) -> bool {
    let next = next.and_then(|slot| slot.certificate.as_ref());
    certificate.is_self_issued() && !next.is_some_and(|next| certificate.names_as_issuer(next))
}

/// Whether the key is that of the leaf. A weak key is reported with its certificate, or by itself
/// if that is not the leaf.
fn check_key(slots: &[Slot], has_leaf: bool, key: Option<&PrivateKey>) -> Vec<Finding> {
    let Some(key) = key else { return Vec::new() };
    let leaf = slots.first().filter(|slot| has_leaf && slot.certificate.is_some());
    let mismatch = leaf.and_then(|_| leaf::check_key(slots, key));
    let alone = leaf.is_none() || mismatch.is_some();
    let weak = (alone && key.algorithm().is_weak())
        .then(|| Finding::WeakKey { place: Place::KEY, algorithm: key.algorithm() });
    mismatch.into_iter().chain(weak).collect()
}

/// A bundle if there are no findings. Missing parts are among them.
fn conclude(
    slots: Vec<Slot>,
    key: Option<PrivateKey>,
    names: Option<Names>,
    findings: Vec<Finding>,
    warnings: Vec<Warning>,
) -> Result<VerifiedBundle, Findings> {
    if let Some(findings) = Findings::of(findings) {
        return Err(findings);
    }
    let mut certificates = slots.into_iter().filter_map(|slot| slot.certificate);
    let leaf = certificates.next().expect("a missing leaf is a finding");
    let key = key.expect("a missing key is a finding");
    let names = names.expect("missing names are a finding");
    Ok(VerifiedBundle { leaf, chain: certificates.collect(), key, names, warnings })
}

/// A leaf, its chain and its private key, which belong together.
///
/// Only [`Verifier::verify`] makes one:
///
/// ```compile_fail,E0451
/// # fn forge(leaf: scm_pki::Certificate, key: scm_pki::PrivateKey, names: scm_pki::Names) {
/// let warnings = Vec::new();
/// let forged = scm_pki::VerifiedBundle { leaf, chain: Vec::new(), key, names, warnings };
/// # }
/// ```
#[derive(Debug)]
pub struct VerifiedBundle {
    leaf: Certificate,
    chain: Vec<Certificate>,
    key: PrivateKey,
    names: Names,
    warnings: Vec<Warning>,
}

impl VerifiedBundle {
    /// The leaf.
    pub fn leaf(&self) -> &Certificate {
        &self.leaf
    }

    /// Its issuers, from the leaf's towards the root; empty if none were given.
    pub fn chain(&self) -> &[Certificate] {
        &self.chain
    }

    /// The private key of the leaf.
    pub fn key(&self) -> &PrivateKey {
        &self.key
    }

    /// The hosts and addresses that the leaf names.
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// Why the usual verifiers would not accept the bundle; empty if they would.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// Takes the bundle apart: leaf, chain, key.
    pub fn into_parts(self) -> (Certificate, Vec<Certificate>, PrivateKey) {
        (self.leaf, self.chain, self.key)
    }
}
