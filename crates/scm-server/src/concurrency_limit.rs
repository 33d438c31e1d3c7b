//! Who is worked for, and who is held back for a moment before they are sent away.
//!
//! Whoever is refused and asks again at once takes the processor from those who are worked for. So a
//! refusal waits a little, which costs a timer; and the more are held back, the fewer are worked for,
//! down to a quarter: what is taken is then soon done. As many as there are places find one each, as
//! long as nobody is held back.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

/// How long refusals wait, from and to; `Retry-After` asks for a second. Each waits a little longer than
/// the one before: those who came all at once do not come back so, which alone would stall the rest.
const HELD_BACK: (Duration, Duration) = (Duration::from_millis(250), Duration::from_millis(750));

/// ConcurrencyLimit for requests.
#[derive(Debug, Default)]
pub struct ConcurrencyLimit {
    all: usize,
    taken: Arc<AtomicUsize>,
    held_back: Arc<AtomicUsize>,
    refusals: AtomicUsize,
}

/// One that is counted, until this is dropped.
#[derive(Debug)]
pub struct Permit(Arc<AtomicUsize>);

impl ConcurrencyLimit {
    /// So many.
    pub fn new(all: usize) -> Self {
        Self { all, ..Self::default() }
    }

    /// A place, if there is one.
    pub fn take(&self) -> Option<Permit> {
        let held_back = self.held_back.load(Ordering::Relaxed);
        let open = self.all.saturating_sub(held_back).max(self.all.div_ceil(4));
        Permit::below(open, &self.taken)
    }

    /// Counts somebody for whom there was no place as held back, and says for how long; nobody, if too
    /// many are already.
    pub fn hold_back(&self) -> Option<(Permit, Duration)> {
        let counted = Permit::below(self.all.saturating_mul(4), &self.held_back)?;
        let nth = self.refusals.fetch_add(1, Ordering::Relaxed) as u64;
        let (from, to) = HELD_BACK;
        let spread = (to - from).as_millis() as u64;
        Some((counted, from + Duration::from_millis(nth % spread)))
    }
}

impl Permit {
    /// One more, if there are fewer than this.
    fn below(limit: usize, count: &Arc<AtomicUsize>) -> Option<Self> {
        let more = |now| (now < limit).then_some(now + 1);
        count.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).ok()?;
        Some(Self(Arc::clone(count)))
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(places: &ConcurrencyLimit) -> Vec<Permit> {
        std::iter::from_fn(|| places.take()).collect()
    }

    #[test]
    fn the_more_are_held_back_the_fewer_places_there_are_down_to_a_quarter() {
        let places = ConcurrencyLimit::new(8);
        assert_eq!(taken(&places).len(), 8);
        let mut held_back = vec![places.hold_back().unwrap()];
        assert_eq!(taken(&places).len(), 7);
        held_back.extend(std::iter::from_fn(|| places.hold_back()));
        assert_eq!(held_back.len(), 32);
        assert_eq!(taken(&places).len(), 2);
        drop(held_back);
        assert_eq!(taken(&places).len(), 8);
    }
}
