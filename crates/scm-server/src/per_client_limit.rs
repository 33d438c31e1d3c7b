//! How many are here, altogether and from each address.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::origin::counted_as;

/// Those who are here. One address, as limits count them, can never fill it alone.
#[derive(Debug)]
pub struct PerClientLimit {
    all: usize,
    each: usize,
    here: Mutex<HashMap<IpAddr, usize>>,
}

/// Somebody who is here, until this is dropped.
#[derive(Debug)]
pub struct Permit {
    crowd: Arc<PerClientLimit>,
    address: IpAddr,
}

impl PerClientLimit {
    /// A crowd of at most so many, and so many from each address.
    pub fn new(all: usize, each: usize) -> Arc<Self> {
        Arc::new(Self { all, each, here: Mutex::default() })
    }

    /// Lets somebody in, if there is room.
    pub fn enter(self: &Arc<Self>, address: IpAddr) -> Option<Permit> {
        let address = counted_as(address);
        let mut here = self.here();
        let own = here.get(&address).copied().unwrap_or_default();
        if own >= self.each || here.values().sum::<usize>() >= self.all {
            return None;
        }
        here.insert(address, own + 1);
        Some(Permit { crowd: Arc::clone(self), address })
    }

    fn here(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.here.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut here = self.crowd.here();
        if let Some(own) = here.get_mut(&self.address) {
            *own -= 1;
            if *own == 0 {
                here.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(last: usize) -> IpAddr {
        [192, 0, 2, u8::try_from(last).unwrap()].into()
    }

    #[test]
    fn one_address_cannot_fill_it_and_nobody_overfills_it() {
        let crowd = PerClientLimit::new(10, 3);
        let own: Vec<_> = (0..3).map(|_| crowd.enter(address(1)).unwrap()).collect();
        assert!(crowd.enter(address(1)).is_none());
        let others: Vec<_> = (3..10).map(|n| crowd.enter(address(n)).unwrap()).collect();
        assert!(crowd.enter(address(200)).is_none());
        drop((own, others));
        assert!(crowd.enter(address(1)).is_some());
        assert!(crowd.here().is_empty(), "who is gone is forgotten");
    }

    #[test]
    fn all_of_a_network_of_ipv6_are_one_address() {
        let crowd = PerClientLimit::new(10, 1);
        let enter = |address: &str| crowd.enter(address.parse().unwrap());
        let _one = enter("2001:db8:0:1::1").unwrap();
        assert!(enter("2001:db8:0:1::2").is_none());
        assert!(enter("2001:db8:0:2::1").is_some());
    }
}
