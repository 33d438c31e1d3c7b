//! Which clients have guessed wrong too often, and at what.
//!
//! A lock holds for a name (an access key, a user) *and* an address: a client that guesses is locked out, and
//! cannot lock out the owner of the name.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, MutexGuard, PoisonError},
};

use time::{Duration, OffsetDateTime};

use crate::origin::counted_as;

/// How many guesses are judged, within [`FORGOTTEN_AFTER`].
const GUESSES: u32 = 5;

/// How long a lock holds, and after which time without a guess the earlier ones are forgotten.
const FORGOTTEN_AFTER: Duration = Duration::minutes(5);

/// How many pairs of name and address are remembered. Beyond, first those that are not locked are
/// forgotten, then those that guessed longest ago.
const REMEMBERED: usize = 10_000;

/// Counts guesses.
#[derive(Debug, Default)]
pub struct Lockout(Mutex<HashMap<Key, Guesses>>);

type Key = (String, IpAddr);

#[derive(Debug, Clone, Copy)]
struct Guesses {
    count: u32,
    last: OffsetDateTime,
}

/// A guess that is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guess {
    /// More may follow.
    Early,
    /// If it is wrong, it was the last one for a while.
    Last,
}

impl Lockout {
    /// Whether a name is locked for an address.
    pub fn holds(&self, name: &str, address: IpAddr, now: OffsetDateTime) -> bool {
        let entries = self.entries();
        entries.get(&key(name, address)).is_some_and(|guesses| guesses.lock_at(now))
    }

    /// Counts a guess, unless the name is locked for the address: then it must not be judged.
    pub fn count(&self, name: &str, address: IpAddr, now: OffsetDateTime) -> Option<Guess> {
        let mut entries = self.entries();
        if entries.len() >= REMEMBERED {
            forget(&mut entries, now);
        }
        let none = Guesses { count: 0, last: now };
        let guesses = entries.entry(key(name, address)).or_insert(none);
        if guesses.lock_at(now) {
            return None;
        }
        let before = if guesses.is_fresh(now) { guesses.count } else { 0 };
        *guesses = Guesses { count: before + 1, last: now };
        Some(if guesses.lock_at(now) { Guess::Last } else { Guess::Early })
    }

    /// Takes a counted guess back that was never judged.
    pub fn take_back(&self, name: &str, address: IpAddr) {
        if let Some(guesses) = self.entries().get_mut(&key(name, address)) {
            guesses.count = guesses.count.saturating_sub(1);
        }
    }

    /// A guess was right: those before it were slips.
    pub fn forgive(&self, name: &str, address: IpAddr) {
        let mut entries = self.entries();
        if !entries.is_empty() {
            entries.remove(&key(name, address));
        }
    }

    fn entries(&self) -> MutexGuard<'_, HashMap<Key, Guesses>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn key(name: &str, address: IpAddr) -> Key {
    (name.to_owned(), counted_as(address))
}

impl Guesses {
    fn lock_at(self, now: OffsetDateTime) -> bool {
        self.count >= GUESSES && self.is_fresh(now)
    }

    /// A clock that was set back must not make a lock longer.
    fn is_fresh(self, now: OffsetDateTime) -> bool {
        (now - self.last).abs() < FORGOTTEN_AFTER
    }
}

fn forget(entries: &mut HashMap<Key, Guesses>, now: OffsetDateTime) {
    entries.retain(|_, guesses| guesses.lock_at(now));
    if entries.len() < REMEMBERED {
        return;
    }
    let mut times: Vec<_> = entries.values().map(|guesses| guesses.last).collect();
    let (_, median, _) = times.select_nth_unstable(REMEMBERED / 2);
    let median = *median;
    entries.retain(|_, guesses| guesses.last > median);
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

    fn address(last: u8) -> IpAddr {
        [192, 0, 2, last].into()
    }

    #[test]
    fn five_wrong_guesses_lock_out_one_address_and_no_other() {
        let lockout = Lockout::default();
        let guesses = (0..6).map(|_| lockout.count("AK", address(1), START)).collect::<Vec<_>>();
        assert_eq!(guesses[..4], [Some(Guess::Early); 4]);
        assert_eq!(guesses[4..], [Some(Guess::Last), None]);
        assert!(lockout.count("AK", address(1), START).is_none());
        assert!(lockout.holds("AK", address(1), START));
        assert!(!lockout.holds("AK", address(2), START));
        assert!(!lockout.holds("other", address(1), START));
        assert!(!lockout.holds("AK", address(1), START + FORGOTTEN_AFTER));
        assert!(!lockout.holds("AK", address(1), START - FORGOTTEN_AFTER));
    }

    #[test]
    fn a_network_of_ipv6_has_five_guesses_and_not_five_for_each_address() {
        let lockout = Lockout::default();
        let address = |text: &str| text.parse().unwrap();
        for last in 1..=5 {
            assert!(
                lockout.count("AK", address(&format!("2001:db8:0:1::{last}")), START).is_some()
            );
        }
        assert!(lockout.holds("AK", address("2001:db8:0:1::6"), START));
        assert!(!lockout.holds("AK", address("2001:db8:0:2::1"), START));
    }

    #[test]
    fn a_right_one_forgives_and_one_that_was_not_judged_does_not_count() {
        let lockout = Lockout::default();
        (0..4).for_each(|_| assert!(lockout.count("AK", address(1), START).is_some()));
        lockout.forgive("AK", address(1));
        for _ in 0..20 {
            assert!(lockout.count("AK", address(1), START).is_some());
            lockout.take_back("AK", address(1));
        }
    }

    #[test]
    fn what_is_remembered_has_a_bound_and_locks_stay() {
        let lockout = Lockout::default();
        (0..5).for_each(|_| assert!(lockout.count("AK", address(1), START).is_some()));
        for guess in 0..3 * REMEMBERED {
            let now = START + Duration::milliseconds(i64::try_from(guess).unwrap());
            lockout.count(&guess.to_string(), address(1), now);
        }
        assert!(lockout.0.lock().unwrap().len() <= REMEMBERED);
        assert!(lockout.holds("AK", address(1), START + Duration::MINUTE));
    }
}
