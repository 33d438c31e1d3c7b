//! A limit under which a newcomer takes the slot of the oldest unprotected holder.
//!
//! Where unauthenticated clients are admitted, a limit that refuses newcomers is a lock that early clients can
//! close. Here the one that makes room has waited longest among those of the client that holds most,
//! so a client that floods evicts itself. What must not be lost is protected, and never evicted.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use tokio::sync::Notify;

use crate::origin::counted_as;

/// In place of a count of protections: evicted.
const EVICTED: usize = usize::MAX;

/// A limit in total and for each address, of slots that can be evicted.
#[derive(Debug)]
pub struct EvictingLimit {
    total: usize,
    each: usize,
    slots: Mutex<Slots>,
    /// Counts entries and ends of protection: what is older has the smaller number.
    ages: AtomicU64,
    freed: Notify,
}

#[derive(Debug, Default)]
struct Slots {
    next: u64,
    holders: HashMap<u64, Arc<Holder>>,
    addresses: HashMap<IpAddr, usize>,
}

#[derive(Debug)]
struct Holder {
    /// `None`: not counted by address.
    address: Option<IpAddr>,
    age: AtomicU64,
    protections: AtomicUsize,
    evicted: Notify,
}

/// A slot, held until it is dropped or evicted.
#[derive(Debug)]
pub struct Slot {
    number: u64,
    handle: SlotHandle,
}

/// Refers to a slot, for protecting it.
#[derive(Debug, Clone)]
pub struct SlotHandle {
    limit: Arc<EvictingLimit>,
    holder: Arc<Holder>,
}

/// Protects a slot from eviction until it is dropped.
#[derive(Debug)]
pub struct Protection(SlotHandle);

enum Full {
    Address,
    Total,
}

impl EvictingLimit {
    /// A limit of `total` slots, of which each address may hold `each`.
    pub fn new(total: usize, each: usize) -> Arc<Self> {
        Arc::new(Self {
            total,
            each,
            slots: Mutex::default(),
            ages: AtomicU64::new(0),
            freed: Notify::new(),
        })
    }

    /// A slot for a client of this address (`None`: one that is not counted by address), if need be
    /// that of another. While every slot that could make room is protected, waits; `None` if all slots
    /// of the address are protected. Only one caller may wait at a time.
    pub async fn acquire(self: &Arc<Self>, address: Option<IpAddr>) -> Option<Slot> {
        let address = address.map(counted_as);
        loop {
            match self.try_acquire(address) {
                Ok(slot) => return Some(slot),
                Err(Full::Address) => return None,
                Err(Full::Total) => self.freed.notified().await,
            }
        }
    }

    fn try_acquire(self: &Arc<Self>, address: Option<IpAddr>) -> Result<Slot, Full> {
        let mut slots = self.slots();
        let own = slots.held_by(address);
        if own >= self.each {
            slots.evict(|holder, _| holder.address == address).ok_or(Full::Address)?;
        } else if slots.holders.len() >= self.total {
            let at_least = |holder: &Holder, held| holder.address == address || held > own;
            slots.evict(at_least).ok_or(Full::Total)?;
        }
        let holder = Arc::new(Holder {
            address,
            age: AtomicU64::new(self.tick()),
            protections: AtomicUsize::new(0),
            evicted: Notify::new(),
        });
        let number = slots.add(Arc::clone(&holder));
        Ok(Slot { number, handle: SlotHandle { limit: Arc::clone(self), holder } })
    }

    fn tick(&self) -> u64 {
        self.ages.fetch_add(1, Ordering::Relaxed)
    }

    fn slots(&self) -> MutexGuard<'_, Slots> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Slots {
    /// How many slots an address holds. What is not counted by address weighs the least.
    fn held_by(&self, address: Option<IpAddr>) -> usize {
        address.and_then(|address| self.addresses.get(&address)).copied().unwrap_or_default()
    }

    fn add(&mut self, holder: Arc<Holder>) -> u64 {
        if let Some(address) = holder.address {
            *self.addresses.entry(address).or_default() += 1;
        }
        self.next += 1;
        self.holders.insert(self.next, holder);
        self.next
    }

    fn remove(&mut self, number: u64) {
        let Some(holder) = self.holders.remove(&number) else { return };
        let Some(address) = holder.address else { return };
        if let Some(count) = self.addresses.get_mut(&address) {
            *count -= 1;
            if *count == 0 {
                self.addresses.remove(&address);
            }
        }
    }

    /// Evicts the oldest unprotected slot of the address that holds most, among those that `may_be`
    /// accepts with the number that their address holds.
    fn evict(&mut self, may_be: impl Fn(&Holder, usize) -> bool) -> Option<()> {
        loop {
            let unprotected = self.holders.iter().filter_map(|(number, holder)| {
                let held = self.held_by(holder.address);
                let idle = holder.protections.load(Ordering::Acquire) == 0;
                let age = holder.age.load(Ordering::Relaxed);
                (idle && may_be(holder, held.max(1))).then_some((held, u64::MAX - age, *number))
            });
            let (_, _, number) = unprotected.max()?;
            // A slot may become protected at any time, and then another has to make room.
            if self.holders[&number].evict() {
                self.remove(number);
                return Some(());
            }
        }
    }
}

impl Holder {
    fn evict(&self) -> bool {
        let order = (Ordering::AcqRel, Ordering::Acquire);
        let evicted = self.protections.compare_exchange(0, EVICTED, order.0, order.1).is_ok();
        if evicted {
            self.evicted.notify_one();
        }
        evicted
    }
}

impl Slot {
    /// Completes when the slot was given to another.
    pub async fn evicted(&self) {
        self.handle.holder.evicted.notified().await;
    }

    /// A handle for protecting the slot.
    pub fn handle(&self) -> SlotHandle {
        self.handle.clone()
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.handle.limit.slots().remove(self.number);
        self.handle.limit.freed.notify_one();
    }
}

impl SlotHandle {
    /// Protects the slot, unless it was evicted already.
    pub fn protect(&self) -> Option<Protection> {
        let more = |now| (now != EVICTED).then(|| now + 1);
        let protections = &self.holder.protections;
        protections.fetch_update(Ordering::AcqRel, Ordering::Acquire, more).ok()?;
        Some(Protection(self.clone()))
    }
}

impl Drop for Protection {
    fn drop(&mut self) {
        let SlotHandle { limit, holder } = &self.0;
        holder.age.store(limit.tick(), Ordering::Relaxed);
        holder.protections.fetch_sub(1, Ordering::AcqRel);
        limit.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::timeout;

    use super::*;

    fn address(last: u8) -> Option<IpAddr> {
        Some([192, 0, 2, last].into())
    }

    async fn fill(limit: &Arc<EvictingLimit>, last: u8, count: usize) -> Vec<Slot> {
        let mut slots = Vec::new();
        for _ in 0..count {
            slots.push(limit.acquire(address(last)).await.unwrap());
        }
        slots
    }

    fn evicted(slots: &[Slot]) -> Vec<usize> {
        let gone = |slot: &Slot| slot.handle.holder.protections.load(Ordering::Acquire) == EVICTED;
        (0..slots.len()).filter(|&at| gone(&slots[at])).collect()
    }

    #[tokio::test]
    async fn the_oldest_slot_of_the_address_with_most_makes_room() {
        let limit = EvictingLimit::new(6, 6);
        let few = fill(&limit, 1, 2).await;
        let many = fill(&limit, 2, 4).await;
        let newcomers = fill(&limit, 3, 2).await;
        assert_eq!((evicted(&few), evicted(&many)), (vec![], vec![0, 1]));
        many[0].evicted().await;
        assert_eq!(limit.slots().holders.len(), 6);
        drop((few, many, newcomers));
        assert!(limit.slots().holders.is_empty() && limit.slots().addresses.is_empty());
    }

    #[tokio::test]
    async fn an_address_at_its_limit_evicts_its_own_oldest() {
        let limit = EvictingLimit::new(10, 2);
        let other = fill(&limit, 1, 2).await;
        let own = fill(&limit, 2, 3).await;
        assert_eq!((evicted(&other), evicted(&own)), (vec![], vec![0]));
    }

    #[tokio::test]
    async fn an_address_with_more_slots_cannot_evict_one_with_fewer() {
        let limit = EvictingLimit::new(3, 3);
        let few = fill(&limit, 1, 1).await;
        let many = fill(&limit, 2, 5).await;
        assert_eq!((evicted(&few), evicted(&many)), (vec![], vec![0, 1, 2]));
    }

    #[tokio::test]
    async fn a_protected_slot_is_not_evicted_and_is_the_youngest_afterwards() {
        let limit = EvictingLimit::new(2, 2);
        let slots = fill(&limit, 1, 2).await;
        let protection = slots[0].handle().protect().unwrap();
        let second = slots[1].handle().protect().unwrap();
        assert!(limit.try_acquire(address(2)).is_err());
        assert!(
            limit.acquire(address(1)).await.is_none(),
            "all slots of the address are protected"
        );
        drop(second);
        drop(protection);
        let _newcomer = limit.acquire(address(2)).await.unwrap();
        assert_eq!(evicted(&slots), [1]);
        assert!(slots[1].handle().protect().is_none());
    }

    #[tokio::test]
    async fn a_newcomer_waits_until_a_slot_is_free() {
        let limit = EvictingLimit::new(1, 1);
        let slot = limit.acquire(address(1)).await.unwrap();
        let protection = slot.handle().protect().unwrap();
        let mut waiting = std::pin::pin!(limit.acquire(address(2)));
        let moment = std::time::Duration::from_millis(20);
        assert!(timeout(moment, waiting.as_mut()).await.is_err());
        drop(protection);
        assert!(waiting.await.is_some());
    }

    #[tokio::test]
    async fn what_is_not_counted_by_address_has_no_limit_of_its_own() {
        let limit = EvictingLimit::new(3, 1);
        let mut proxies = Vec::new();
        for _ in 0..3 {
            proxies.push(limit.acquire(None).await.unwrap());
        }
        let client = limit.acquire(address(1)).await.unwrap();
        assert_eq!(evicted(&proxies), [0]);
        let _proxy = limit.acquire(None).await.unwrap();
        assert_eq!((evicted(&proxies), evicted(&[client])), (vec![0], vec![0]));
    }
}
