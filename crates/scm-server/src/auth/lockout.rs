//! Who has guessed wrong too often, from where.
//!
//! A lock holds for a name (an access key, a user) *and* an address: whoever guesses is kept out, and
//! cannot keep the owner of the name out.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

use time::{Duration, OffsetDateTime};

/// How many wrong guesses lock, within [`FORGOTTEN_AFTER`].
const GUESSES: u32 = 5;

/// How long a lock holds, and after which time without a guess the earlier ones are forgotten.
const FORGOTTEN_AFTER: Duration = Duration::minutes(5);

/// How many pairs of name and address are remembered. Beyond, those that guessed longest ago are
/// forgotten.
const REMEMBERED: usize = 10_000;

/// Counts wrong guesses.
#[derive(Debug, Default)]
pub struct Lockout(Mutex<HashMap<(String, IpAddr), Guesses>>);

#[derive(Debug, Clone, Copy)]
struct Guesses {
    count: u32,
    last: OffsetDateTime,
}

impl Lockout {
    /// Whether a name is locked for an address.
    pub fn holds(&self, name: &str, address: IpAddr, now: OffsetDateTime) -> bool {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let guesses = kept.get(&(name.to_owned(), address));
        guesses.is_some_and(|guesses| guesses.count >= GUESSES && guesses.is_fresh(now))
    }

    /// Notes a wrong guess.
    pub fn note_wrong(&self, name: &str, address: IpAddr, now: OffsetDateTime) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= REMEMBERED {
            forget(&mut kept, now);
        }
        let guesses =
            kept.entry((name.to_owned(), address)).or_insert(Guesses { count: 0, last: now });
        let before = if guesses.is_fresh(now) { guesses.count } else { 0 };
        *guesses = Guesses { count: before.saturating_add(1), last: now };
    }

    /// Notes a right one: the wrong ones before it were slips.
    pub fn note_right(&self, name: &str, address: IpAddr) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !kept.is_empty() {
            kept.remove(&(name.to_owned(), address));
        }
    }
}

impl Guesses {
    fn is_fresh(self, now: OffsetDateTime) -> bool {
        now - self.last < FORGOTTEN_AFTER
    }
}

/// Forgets what is stale, and if that is not enough, the older half.
fn forget(kept: &mut HashMap<(String, IpAddr), Guesses>, now: OffsetDateTime) {
    kept.retain(|_, guesses| guesses.is_fresh(now));
    if kept.len() < REMEMBERED {
        return;
    }
    let mut times: Vec<_> = kept.values().map(|guesses| guesses.last).collect();
    let (_, median, _) = times.select_nth_unstable(REMEMBERED / 2);
    let median = *median;
    kept.retain(|_, guesses| guesses.last > median);
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

    fn address(last: u8) -> IpAddr {
        [192, 0, 2, last].into()
    }

    #[test]
    fn five_wrong_guesses_lock_the_one_who_guesses_and_nobody_else() {
        let lockout = Lockout::default();
        for _ in 0..4 {
            lockout.note_wrong("AK", address(1), START);
        }
        assert!(!lockout.holds("AK", address(1), START));
        lockout.note_wrong("AK", address(1), START);
        assert!(lockout.holds("AK", address(1), START));
        assert!(!lockout.holds("AK", address(2), START));
        assert!(!lockout.holds("other", address(1), START));
        assert!(!lockout.holds("AK", address(1), START + FORGOTTEN_AFTER));
    }

    #[test]
    fn a_right_one_forgives() {
        let lockout = Lockout::default();
        (0..4).for_each(|_| lockout.note_wrong("AK", address(1), START));
        lockout.note_right("AK", address(1));
        lockout.note_wrong("AK", address(1), START);
        assert!(!lockout.holds("AK", address(1), START));
    }

    #[test]
    fn what_is_remembered_has_a_bound() {
        let lockout = Lockout::default();
        for guess in 0..3 * REMEMBERED {
            let now = START + Duration::milliseconds(i64::try_from(guess).unwrap());
            lockout.note_wrong(&guess.to_string(), address(1), now);
        }
        assert!(lockout.0.lock().unwrap().len() <= REMEMBERED);
    }
}
