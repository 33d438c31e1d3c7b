//! How many requests are worked on at once, shared fairly, and how long refusals are held back.
//!
//! A client that is refused and retries at once takes the processor from those that are served. So a
//! refusal waits a little, which costs a timer; and the more refusals wait, the fewer requests are
//! worked on, down to a quarter: what is admitted is then soon done.
//!
//! One user alone may hold every permit of the limit. A reserve beyond it is left for other users, and
//! the more of it they take, the smaller everyone's share becomes, so that users who want more than
//! their share converge to equal ones as their requests end (the dynamic thresholds of Choudhury and
//! Hahne, which switches apply to shared buffers). Addresses have shares too, twice as generous, since
//! one address may stand for many users.

use std::{
    collections::HashMap,
    hash::Hash,
    net::IpAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use scm_store::UserId;

use crate::origin::counted_as;

/// How long refusals wait, from and to; `Retry-After` asks for a second. Each waits a little longer than
/// the one before: clients that came all at once do not come back so, which alone would stall the rest.
const HOLD_BACK: (Duration, Duration) = (Duration::from_millis(250), Duration::from_millis(750));

/// A user may hold this many times the permits that are free. Alone it can so hold the whole limit,
/// which leaves the reserve, a fraction of one in this many.
const USER_SHARE: usize = 8;

/// The same for an address.
const ADDRESS_SHARE: usize = 16;

/// A limit of requests that are worked on at once.
#[derive(Debug)]
pub struct ConcurrencyLimit {
    limit: usize,
    admitted: Arc<Mutex<Admitted>>,
    held_back: Arc<AtomicUsize>,
    refusals: AtomicUsize,
}

#[derive(Debug, Default)]
struct Admitted {
    total: usize,
    users: HashMap<UserId, usize>,
    addresses: HashMap<IpAddr, usize>,
}

/// Lets a request be worked on until it is dropped.
#[derive(Debug)]
pub struct Permit {
    admitted: Arc<Mutex<Admitted>>,
    user: UserId,
    address: IpAddr,
}

/// Counts a refusal as held back until it is dropped.
#[derive(Debug)]
pub struct HeldBack(Arc<AtomicUsize>);

impl ConcurrencyLimit {
    /// A limit of this many requests, and an eighth more for users beside one who holds all of it.
    pub fn new(limit: usize) -> Self {
        Self {
            limit,
            admitted: Arc::default(),
            held_back: Arc::default(),
            refusals: AtomicUsize::new(0),
        }
    }

    /// Admits a request, unless that exceeds the share of its user or address.
    pub fn acquire(&self, user: &UserId, address: IpAddr) -> Option<Permit> {
        let held_back = self.held_back.load(Ordering::Relaxed);
        let open = self.limit.saturating_sub(held_back).max(self.limit.div_ceil(4));
        let address = counted_as(address);
        let mut admitted = lock(&self.admitted);
        let free = (open + open.div_ceil(USER_SHARE)).saturating_sub(admitted.total);
        let of_user = admitted.users.get(user).copied().unwrap_or_default();
        let of_address = admitted.addresses.get(&address).copied().unwrap_or_default();
        if of_user >= open.min(free * USER_SHARE) || of_address >= free * ADDRESS_SHARE {
            return None;
        }
        admitted.total += 1;
        admitted.users.insert(user.clone(), of_user + 1);
        admitted.addresses.insert(address, of_address + 1);
        Some(Permit { admitted: Arc::clone(&self.admitted), user: user.clone(), address })
    }

    /// Counts a refusal as held back, and returns for how long; `None` if too many are already.
    pub fn hold_back(&self) -> Option<(HeldBack, Duration)> {
        let most = self.limit.saturating_mul(4);
        let more = |now| (now < most).then_some(now + 1);
        self.held_back.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).ok()?;
        let held_back = HeldBack(Arc::clone(&self.held_back));
        let nth = self.refusals.fetch_add(1, Ordering::Relaxed) as u64;
        let (from, to) = HOLD_BACK;
        let spread = (to - from).as_millis() as u64;
        Some((held_back, from + Duration::from_millis(nth % spread)))
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut admitted = lock(&self.admitted);
        admitted.total -= 1;
        release(&mut admitted.users, &self.user);
        release(&mut admitted.addresses, &self.address);
    }
}

impl Drop for HeldBack {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn release<C: Eq + Hash>(counts: &mut HashMap<C, usize>, client: &C) {
    if let Some(count) = counts.get_mut(client) {
        *count -= 1;
        if *count == 0 {
            counts.remove(client);
        }
    }
}

fn lock(admitted: &Mutex<Admitted>) -> MutexGuard<'_, Admitted> {
    admitted.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As many permits as one user can get from one address.
    fn all_of(limit: &ConcurrencyLimit, user: &str, last: u8) -> Vec<Permit> {
        let user = UserId::new(user);
        std::iter::from_fn(|| limit.acquire(&user, [192, 0, 2, last].into())).collect()
    }

    #[test]
    fn the_more_refusals_are_held_back_the_fewer_requests_are_admitted_down_to_a_quarter() {
        let limit = ConcurrencyLimit::new(8);
        assert_eq!(all_of(&limit, "one", 1).len(), 8);
        let mut held_back = vec![limit.hold_back().unwrap()];
        assert_eq!(all_of(&limit, "one", 1).len(), 7);
        held_back.extend(std::iter::from_fn(|| limit.hold_back()));
        assert_eq!(held_back.len(), 32);
        assert_eq!(all_of(&limit, "one", 1).len(), 2);
        drop(held_back);
        assert_eq!(all_of(&limit, "one", 1).len(), 8);
    }

    #[test]
    fn one_user_alone_may_hold_the_whole_limit_whatever_it_is() {
        for limit in [1, 2, 3, 7, 8, 12, 64, 256, 1000, 65_536] {
            assert_eq!(all_of(&ConcurrencyLimit::new(limit), "one", 1).len(), limit);
        }
    }

    #[test]
    fn beside_one_user_who_takes_all_others_are_admitted_from_the_same_address_too() {
        for limit in [1, 8, 256] {
            let limit = ConcurrencyLimit::new(limit);
            let _first = all_of(&limit, "one", 1);
            assert!(limit.acquire(&UserId::new("two"), [192, 0, 2, 1].into()).is_some());
            assert!(limit.acquire(&UserId::new("two"), [192, 0, 2, 2].into()).is_some());
        }
    }

    #[test]
    fn two_users_who_want_all_get_equal_shares_as_requests_end() {
        let limit = ConcurrencyLimit::new(256);
        let mut one = all_of(&limit, "one", 1);
        let mut two = all_of(&limit, "two", 2);
        assert!(two.len() >= 16, "{}", two.len());
        for _ in 0..256 {
            one.remove(0);
            two.extend(all_of(&limit, "two", 2));
            one.extend(all_of(&limit, "one", 1));
        }
        assert!(one.len().abs_diff(two.len()) <= 8, "{} and {}", one.len(), two.len());
        assert!(one.len() + two.len() >= 256, "the shares use the limit up");
        assert!(limit.acquire(&UserId::new("three"), [192, 0, 2, 3].into()).is_some());
    }

    #[test]
    fn an_address_cannot_hold_all_by_many_users() {
        let limit = ConcurrencyLimit::new(256);
        let _crowd: Vec<_> =
            (0..100).flat_map(|number| all_of(&limit, &number.to_string(), 1)).collect();
        assert!(all_of(&limit, "elsewhere", 2).len() >= 8);
    }

    #[test]
    fn users_and_addresses_without_a_permit_are_forgotten() {
        let limit = ConcurrencyLimit::new(8);
        drop(all_of(&limit, "one", 1));
        let admitted = lock(&limit.admitted);
        assert_eq!(admitted.total, 0);
        assert!(admitted.users.is_empty() && admitted.addresses.is_empty());
    }
}
