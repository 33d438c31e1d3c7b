//! Whether the store works, asked once for all who want to know at the same time.

use std::time::Instant;

use tokio::sync::Mutex;

/// When the store was last asked whether it works, and what it said. Anybody may want to know, so it
/// is asked once for all who wait: by the first of them, and never by two at a time.
#[derive(Debug, Default)]
pub struct Readiness(Mutex<Option<(Instant, bool)>>);

impl Readiness {
    /// What is said to a question that nobody put before this was called.
    pub async fn once(&self, ask: impl AsyncFnOnce() -> bool) -> bool {
        let came = Instant::now();
        let mut last = self.0.lock().await;
        if let Some((asked, ready)) = *last
            && asked >= came
        {
            return ready;
        }
        let asked = Instant::now();
        let ready = ask().await;
        *last = Some((asked, ready));
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
    async fn many_who_ask_at_once_are_two_questions_and_who_comes_later_is_another() {
        let readiness = Arc::new(Readiness::default());
        let questions = Arc::new(AtomicUsize::new(0));
        let ask = || {
            let (readiness, questions) = (Arc::clone(&readiness), Arc::clone(&questions));
            async move {
                let ask = async || {
                    yield_now().await;
                    questions.fetch_add(1, Ordering::Relaxed) != 2
                };
                readiness.once(ask).await
            }
        };
        let asking: JoinSet<_> = (0..100).map(|_| ask()).collect();
        assert_eq!(asking.join_all().await, [true; 100]);
        assert_eq!(questions.load(Ordering::Relaxed), 2, "the first one's, and all the others'");
        assert!(!ask().await, "what was said before is not said again");
    }
}
