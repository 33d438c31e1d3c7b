//! Limits of how many are admitted at once, in total and for each client.

use std::{
    collections::HashMap,
    fmt,
    hash::Hash,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::origin::counted_as;

/// A limit in total and for each client, so that no client can use all of it. `C` is what
/// identifies a client: an address or a user.
#[derive(Debug)]
pub struct PerClientLimit<C = IpAddr> {
    total: usize,
    each: usize,
    admitted: Mutex<Admitted<C>>,
}

#[derive(Debug)]
struct Admitted<C> {
    total: usize,
    clients: HashMap<C, usize>,
}

/// Admits a client until it is dropped.
pub struct Permit<C: Eq + Hash = IpAddr> {
    limit: Arc<PerClientLimit<C>>,
    client: C,
}

impl<C: Eq + Hash + Clone> PerClientLimit<C> {
    /// A limit of `total` permits, of which each client may hold `each`.
    pub fn new(total: usize, each: usize) -> Arc<Self> {
        let admitted = Mutex::new(Admitted { total: 0, clients: HashMap::new() });
        Arc::new(Self { total, each, admitted })
    }

    /// Admits a client, unless that exceeds a limit.
    pub fn acquire(self: &Arc<Self>, client: &C) -> Option<Permit<C>> {
        let mut admitted = self.admitted();
        let own = admitted.clients.get(client).copied().unwrap_or_default();
        if own >= self.each || admitted.total >= self.total {
            return None;
        }
        admitted.clients.insert(client.clone(), own + 1);
        admitted.total += 1;
        Some(Permit { limit: Arc::clone(self), client: client.clone() })
    }
}

impl PerClientLimit {
    /// Admits a client by its address, as [`counted_as`] has it.
    pub fn acquire_from(self: &Arc<Self>, address: IpAddr) -> Option<Permit> {
        self.acquire(&counted_as(address))
    }
}

impl<C> PerClientLimit<C> {
    fn admitted(&self) -> MutexGuard<'_, Admitted<C>> {
        self.admitted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<C: Eq + Hash> Drop for Permit<C> {
    fn drop(&mut self) {
        let mut admitted = self.limit.admitted();
        admitted.total -= 1;
        if let Some(own) = admitted.clients.get_mut(&self.client) {
            *own -= 1;
            if *own == 0 {
                admitted.clients.remove(&self.client);
            }
        }
    }
}

impl<C: Eq + Hash + fmt::Debug> fmt::Debug for Permit<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Permit").field(&self.client).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(last: usize) -> IpAddr {
        [192, 0, 2, u8::try_from(last).unwrap()].into()
    }

    #[test]
    fn neither_the_limit_of_a_client_nor_the_total_is_exceeded() {
        let limit = PerClientLimit::new(10, 3);
        let own: Vec<_> = (0..3).map(|_| limit.acquire_from(address(1)).unwrap()).collect();
        assert!(limit.acquire_from(address(1)).is_none());
        let others: Vec<_> = (3..10).map(|n| limit.acquire_from(address(n)).unwrap()).collect();
        assert!(limit.acquire_from(address(200)).is_none());
        drop((own, others));
        assert!(limit.acquire_from(address(1)).is_some());
        assert!(limit.admitted().clients.is_empty(), "a client without a permit is forgotten");
    }

    #[test]
    fn a_network_of_ipv6_is_one_client() {
        let limit = PerClientLimit::new(10, 1);
        let acquire = |address: &str| limit.acquire_from(address.parse().unwrap());
        let _permit = acquire("2001:db8:0:1::1").unwrap();
        assert!(acquire("2001:db8:0:1::2").is_none());
        assert!(acquire("2001:db8:0:2::1").is_some());
    }
}
