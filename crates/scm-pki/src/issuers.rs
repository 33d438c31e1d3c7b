//! The memory of issuers, who repeat.
//!
//! The signatures and rules of a chain are checked once and then known by the SHA-256 of its
//! certificates. Dates are no part of it, nor is the leaf. The certificates of such a chain are kept as
//! they were parsed, so that the same bytes need not be parsed again. Both are bounded: a full shard
//! forgets what was not asked for since it was last half full.

use std::{
    collections::HashMap,
    hash::Hash,
    mem::take,
    sync::{Mutex, MutexGuard, PoisonError},
};

use aws_lc_rs::digest::{Context, SHA256};

use crate::Certificate;

/// Locks, so that threads seldom meet.
const SHARDS: usize = 16;

/// What one generation of one shard holds: at most 4096 chains and as many certificates are known.
const GENERATION: usize = 128;

/// The SHA-256 of a chain.
pub(crate) type Fingerprint = [u8; 32];

/// The end of a certificate's DER, where its signature is: as good as random where nobody forges it, and
/// who does only makes others forgotten, since all bytes are compared.
type Tail = [u8; 16];

/// What is known of issuers, for many threads.
#[derive(Debug, Default)]
pub(crate) struct Issuers {
    chains: [Mutex<Shard<Fingerprint, ()>>; SHARDS],
    certificates: [Mutex<Shard<Tail, Certificate>>; SHARDS],
}

#[derive(Debug)]
struct Shard<K, V> {
    young: HashMap<K, V>,
    old: HashMap<K, V>,
}

impl Issuers {
    /// Whether the chain was verified before.
    pub(crate) fn know(&self, chain: &Fingerprint) -> bool {
        shard(&self.chains, chain).find(chain).is_some()
    }

    /// Keeps a chain that was just verified.
    pub(crate) fn remember(&self, chain: Fingerprint) {
        shard(&self.chains, &chain).keep(chain, ());
    }

    /// The certificate with these bytes, if an authority of a chain that was verified has it.
    pub(crate) fn certificate(&self, der: &[u8]) -> Option<Certificate> {
        let tail = der.last_chunk()?;
        let found = shard(&self.certificates, tail).find(tail)?;
        (found.der() == der).then_some(found)
    }

    /// Keeps a certificate of a verified chain.
    pub(crate) fn remember_certificate(&self, certificate: &Certificate) {
        if let Some(tail) = certificate.der().last_chunk() {
            shard(&self.certificates, tail).keep(*tail, certificate.clone());
        }
    }
}

/// A panic elsewhere cannot leave a map half changed: poison is ignored.
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
        self.keep(*key, found.clone());
        Some(found)
    }

    fn keep(&mut self, key: K, value: V) {
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
    fn what_is_asked_for_stays_and_the_rest_is_bounded() {
        let issuers = Issuers::default();
        issuers.remember(chain(7));
        for number in 100..100_000 {
            assert!(issuers.know(&chain(7)));
            issuers.remember(chain(number));
        }
        let known = (100..100_000).filter(|number| issuers.know(&chain(*number))).count();
        assert!((GENERATION..=2 * SHARDS * GENERATION).contains(&known), "{known}");
    }
}
