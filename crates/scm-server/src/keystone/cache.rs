//! Verdicts on tokens, and the validations that are under way.
//!
//! Tokens are known by their hash only. Time is an argument.

use std::{collections::HashMap, ops::Range, sync::Arc};

use scm_store::TokenHash;
use time::OffsetDateTime;
use tokio::sync::watch;

use super::{Verdict, client::Unavailable};

/// The largest number of verdicts.
const ENTRIES: usize = 10_000;

/// The outcome of a validation, once it is there.
pub type Validation = watch::Receiver<Option<Result<Verdict, Arc<Unavailable>>>>;

/// Verdicts and validations, each by the hash of its token.
#[derive(Debug, Default)]
pub struct Cache {
    verdicts: HashMap<TokenHash, (Verdict, Range<OffsetDateTime>)>,
    validations: HashMap<TokenHash, Validation>,
}

impl Cache {
    /// The verdict on a token, while it is valid. No verdict is valid before its validation began: a
    /// clock may be set back.
    pub fn verdict(&self, token: &TokenHash, now: OffsetDateTime) -> Option<Verdict> {
        let (verdict, good) = self.verdicts.get(token)?;
        good.contains(&now).then(|| verdict.clone())
    }

    /// The validation of a token that is under way, unless its task has ended without an outcome.
    pub fn validation(&self, token: &TokenHash) -> Option<Validation> {
        self.validations.get(token).filter(|validation| validation.has_changed().is_ok()).cloned()
    }

    /// Adds a validation.
    pub fn begin(&mut self, token: TokenHash, validation: Validation) {
        self.validations.insert(token, validation);
    }

    /// Removes a validation, and stores its verdict if there is one.
    pub fn finish(
        &mut self,
        token: TokenHash,
        verdict: Option<(Verdict, Range<OffsetDateTime>)>,
        now: OffsetDateTime,
    ) {
        self.validations.remove(&token);
        self.verdicts.remove(&token);
        if let Some((verdict, good)) = verdict.filter(|(_, good)| good.contains(&now)) {
            self.make_room(now);
            self.verdicts.insert(token, (verdict, good));
        }
    }

    /// Removes expired verdicts, or the one that expires first.
    fn make_room(&mut self, now: OffsetDateTime) {
        if self.verdicts.len() < ENTRIES {
            return;
        }
        self.verdicts.retain(|_, (_, good)| good.contains(&now));
        if self.verdicts.len() < ENTRIES {
            return;
        }
        let first = self.verdicts.iter().min_by_key(|(_, (_, good))| good.end);
        if let Some(token) = first.map(|(token, _)| *token) {
            self.verdicts.remove(&token);
        }
    }
}

#[cfg(test)]
mod tests {
    use time::Duration;

    use super::*;

    const NOW: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

    fn token(number: usize) -> TokenHash {
        let mut hash = [0; 32];
        hash[..8].copy_from_slice(&number.to_be_bytes());
        TokenHash(hash)
    }

    fn refused_for(seconds: i64) -> Option<(Verdict, Range<OffsetDateTime>)> {
        Some((Verdict::Invalid, NOW..NOW + Duration::seconds(seconds)))
    }

    #[test]
    fn a_verdict_is_valid_from_the_start_of_its_validation_until_it_expires() {
        let mut cache = Cache::default();
        cache.finish(token(1), refused_for(5), NOW);
        for (second, good) in [(-1, false), (0, true), (4, true), (5, false)] {
            let now = NOW + Duration::seconds(second);
            assert_eq!(cache.verdict(&token(1), now).is_some(), good, "{second}");
        }
        cache.finish(token(2), refused_for(0), NOW);
        assert_eq!(cache.verdicts.len(), 1, "a verdict that has expired is not stored");
    }

    #[test]
    fn the_verdict_that_expires_first_makes_room() {
        let mut cache = Cache::default();
        cache.finish(token(0), refused_for(5), NOW);
        for number in 1..ENTRIES {
            cache.finish(token(number), refused_for(60), NOW);
        }
        cache.finish(token(ENTRIES), refused_for(60), NOW);
        assert_eq!(cache.verdicts.len(), ENTRIES);
        assert!(cache.verdict(&token(0), NOW).is_none());
        assert!(cache.verdict(&token(1), NOW).is_some());
        let later = NOW + Duration::minutes(2);
        let good = Some((Verdict::Invalid, later..later + Duration::MINUTE));
        cache.finish(token(1), good, later);
        cache.finish(token(ENTRIES + 1), None, later);
        assert!(cache.verdict(&token(1), later).is_some());
    }

    #[test]
    fn a_validation_whose_task_ended_is_not_found() {
        let mut cache = Cache::default();
        let (sender, validation) = watch::channel(None);
        cache.begin(token(1), validation);
        assert!(cache.validation(&token(1)).is_some());
        assert!(cache.validation(&token(2)).is_none());
        drop(sender);
        assert!(cache.validation(&token(1)).is_none());
    }
}
