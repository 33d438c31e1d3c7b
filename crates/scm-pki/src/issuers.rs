//! The memory of chains that were verified before.
//!
//! Issuers repeat: the signatures and rules of a chain are checked once and then known by the
//! SHA-256 of its bytes. Dates are no part of it, nor is the leaf. Bounded: a full shard forgets
//! what was not asked for since it was last half full.

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
};

use aws_lc_rs::digest::{Context, SHA256};

use crate::Certificate;

/// Locks, so that threads seldom meet.
const SHARDS: usize = 16;

/// Chains in one generation of one shard: at most 4096 are known in all.
const GENERATION: usize = 128;

/// The SHA-256 of a chain.
pub(crate) type Fingerprint = [u8; 32];

/// A bounded set of fingerprints, for many threads.
#[derive(Debug, Default)]
pub(crate) struct Issuers([Mutex<Shard>; SHARDS]);

#[derive(Debug, Default)]
struct Shard {
    young: HashSet<Fingerprint>,
    old: HashSet<Fingerprint>,
}

impl Issuers {
    /// Whether the chain was verified before.
    pub(crate) fn know(&self, chain: &Fingerprint) -> bool {
        self.shard(chain, |shard| {
            let known = shard.young.contains(chain) || shard.old.contains(chain);
            if known {
                shard.keep(*chain);
            }
            known
        })
    }

    /// Keeps a chain that was just verified.
    pub(crate) fn remember(&self, chain: Fingerprint) {
        self.shard(&chain, |shard| shard.keep(chain));
    }

    /// A panic elsewhere cannot leave a set of verified chains half changed: poison is ignored.
    fn shard<T>(&self, chain: &Fingerprint, act: impl FnOnce(&mut Shard) -> T) -> T {
        let shard = &self.0[usize::from(chain[0]) % SHARDS];
        act(&mut shard.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Shard {
    fn keep(&mut self, chain: Fingerprint) {
        if self.young.insert(chain) && self.young.len() >= GENERATION {
            self.old = std::mem::take(&mut self.young);
        }
    }
}

/// The fingerprint of a chain, which no other one shares: lengths are hashed too.
pub(crate) fn fingerprint<'a>(chain: impl Iterator<Item = &'a Certificate>) -> Fingerprint {
    let mut context = Context::new(&SHA256);
    for certificate in chain {
        context.update(&(certificate.der().len() as u64).to_be_bytes());
        context.update(certificate.der());
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
