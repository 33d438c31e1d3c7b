//! Whether the store works: one check for all probes that wait at the same time.

use std::time::Instant;

use tokio::sync::Mutex;

/// The last check of the store: when it began, and its result. Probes need no authentication, so one check
/// serves all that wait: the first of them makes it, and never two at a time.
#[derive(Debug, Default)]
pub struct Readiness(Mutex<Option<(Instant, bool)>>);

impl Readiness {
    /// The result of a check that began after this call.
    pub async fn once(&self, check: impl AsyncFnOnce() -> bool) -> bool {
        let called = Instant::now();
        let mut last = self.0.lock().await;
        if let Some((begun, ready)) = *last
            && begun >= called
        {
            return ready;
        }
        let begun = Instant::now();
        let ready = check().await;
        *last = Some((begun, ready));
        ready
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    use tokio::task::{JoinSet, yield_now};

    use super::*;

    #[tokio::test]
    async fn many_probes_at_once_are_two_checks_and_a_later_one_is_another() {
        let readiness = Arc::new(Readiness::default());
        let checks = Arc::new(AtomicUsize::new(0));
        let probe = || {
            let (readiness, checks) = (Arc::clone(&readiness), Arc::clone(&checks));
            async move {
                let check = async || {
                    yield_now().await;
                    checks.fetch_add(1, Ordering::Relaxed) != 2
                };
                readiness.once(check).await
            }
        };
        let probes: JoinSet<_> = (0..100).map(|_| probe()).collect();
        assert_eq!(probes.join_all().await, [true; 100]);
        assert_eq!(
            checks.load(Ordering::Relaxed),
            2,
            "that of the first probe, and that of all others"
        );
        assert!(!probe().await, "an earlier result is not reused");
    }
}
