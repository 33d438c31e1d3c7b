//! A cache of issuers, which repeat from import to import.
//!
//! The signatures and rules of a chain are checked once; then the chain is known by the SHA-256 of
//! its certificates, without dates and leaf. Its certificates are stored as parsed, so that equal
//! bytes are not parsed again. Both are bounded: a full shard evicts what was not used since it was
//! half full.

use std::{
    collections::HashMap,
    hash::Hash,
    mem::take,
    sync::{Mutex, MutexGuard, PoisonError},
};

use aws_lc_rs::digest::{Context, SHA256};

use crate::Certificate;

/// The number of locks, so that threads seldom wait.
const SHARDS: usize = 16;

/// The size of one generation of a shard: at most 4096 chains and 4096 certificates are stored.
const GENERATION: usize = 128;

/// The SHA-256 of a chain.
pub(crate) type Fingerprint = [u8; 32];

/// The end of a certificate's DER, which is part of its signature and as good as random. A forged
/// one only evicts others, since all bytes are compared.
type Tail = [u8; 16];

/// Verified chains and their certificates, shared among threads.
#[derive(Debug, Default)]
pub(crate) struct IssuerCache {
    chains: [Mutex<Shard<Fingerprint, ()>>; SHARDS],
    certificates: [Mutex<Shard<Tail, Certificate>>; SHARDS],
}

#[derive(Debug)]
struct Shard<K, V> {
    young: HashMap<K, V>,
    old: HashMap<K, V>,
}

impl IssuerCache {
    /// Whether the chain was verified before.
    pub(crate) fn contains(&self, chain: &Fingerprint) -> bool {
        shard(&self.chains, chain).find(chain).is_some()
    }

    /// Stores a chain that was verified.
    pub(crate) fn insert(&self, chain: Fingerprint) {
        shard(&self.chains, &chain).insert(chain, ());
    }

    /// The certificate with these bytes, if it is an issuer of a verified chain.
    pub(crate) fn certificate(&self, der: &[u8]) -> Option<Certificate> {
        let tail = der.last_chunk()?;
        let found = shard(&self.certificates, tail).find(tail)?;
        (found.der() == der).then_some(found)
    }

    /// Stores an issuer of a verified chain.
    pub(crate) fn insert_certificate(&self, certificate: &Certificate) {
        if let Some(tail) = certificate.der().last_chunk() {
            shard(&self.certificates, tail).insert(*tail, certificate.clone());
        }
    }
}

/// Locks a shard. A panic elsewhere leaves no map half changed, so poison is ignored.
fn shard<'a, K, V>(shards: &'a [Mutex<Shard<K, V>>], key: &[u8]) -> MutexGuard<'a, Shard<K, V>> {
    let shard = &shards[usize::from(key[0]) % SHARDS];
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<K: Copy + Eq + Hash, V: Clone> Shard<K, V> {
    fn find(&mut self, key: &K) -> Option<V> {
        if let Some(found) = self.young.get(key) {
            return Some(found.clone());
        }
        let found = self.old.remove(key)?;
        self.insert(*key, found.clone());
        Some(found)
    }

    fn insert(&mut self, key: K, value: V) {
        self.young.insert(key, value);
        if self.young.len() >= GENERATION {
            self.old = take(&mut self.young);
        }
    }
}

impl<K, V> Default for Shard<K, V> {
    fn default() -> Self {
        Self { young: HashMap::new(), old: HashMap::new() }
    }
}

/// The fingerprint of a chain, which no other one shares.
pub(crate) fn fingerprint<'a>(chain: impl Iterator<Item = &'a Certificate>) -> Fingerprint {
    let mut context = Context::new(&SHA256);
    for certificate in chain {
        context.update(&certificate.sha256());
    }
    context.finish().as_ref().try_into().expect("SHA-256 has 32 bytes")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain(number: u32) -> Fingerprint {
        let mut fingerprint = [0; 32];
        fingerprint[..4].copy_from_slice(&number.to_le_bytes());
        fingerprint
    }

    #[test]
    fn what_is_used_stays_and_the_rest_is_bounded() {
        let issuers = IssuerCache::default();
        issuers.insert(chain(7));
        for number in 100..100_000 {
            assert!(issuers.contains(&chain(7)));
            issuers.insert(chain(number));
        }
        let stored = (100..100_000).filter(|number| issuers.contains(&chain(*number))).count();
        assert!((GENERATION..=2 * SHARDS * GENERATION).contains(&stored), "{stored}");
    }
}
