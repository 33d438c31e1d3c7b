//! What Keystone said of tokens, kept for a while, and what it is being asked just now.
//!
//! Tokens are known by their hash only. Time is told, never asked for.

use std::{collections::HashMap, ops::Range, sync::Arc};

use scm_store::TokenHash;
use time::OffsetDateTime;
use tokio::sync::watch;

use super::{Verdict, service::Away};

/// How many verdicts are kept.
const ENTRIES: usize = 10_000;

/// What comes of asking, told to everybody who waits for it.
pub type Told = watch::Receiver<Option<Result<Verdict, Arc<Away>>>>;

/// Verdicts and questions, each under the hash of its token.
#[derive(Debug, Default)]
pub struct Memory {
    verdicts: HashMap<TokenHash, (Verdict, Range<OffsetDateTime>)>,
    questions: HashMap<TokenHash, Told>,
}

impl Memory {
    /// The verdict on a token, while it is good. Nothing is good before it was said: a clock may be
    /// set back.
    pub fn verdict(&self, token: &TokenHash, now: OffsetDateTime) -> Option<Verdict> {
        let (verdict, good) = self.verdicts.get(token)?;
        good.contains(&now).then(|| verdict.clone())
    }

    /// The question about a token that is under way, unless whoever asked it died.
    pub fn question(&self, token: &TokenHash) -> Option<Told> {
        self.questions.get(token).filter(|told| told.has_changed().is_ok()).cloned()
    }

    /// Notes a question.
    pub fn ask(&mut self, token: TokenHash, told: Told) {
        self.questions.insert(token, told);
    }

    /// Ends a question, and keeps the verdict if there is one, as long as it is good.
    pub fn settle(
        &mut self,
        token: TokenHash,
        verdict: Option<(Verdict, Range<OffsetDateTime>)>,
        now: OffsetDateTime,
    ) {
        self.questions.remove(&token);
        self.verdicts.remove(&token);
        if let Some((verdict, good)) = verdict.filter(|(_, good)| good.contains(&now)) {
            self.make_room(now);
            self.verdicts.insert(token, (verdict, good));
        }
    }

    /// Forgets what is over, and if that is nothing, what is over first.
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
        Some((Verdict::Unknown, NOW..NOW + Duration::seconds(seconds)))
    }

    #[test]
    fn a_verdict_is_good_from_when_it_was_asked_for_until_it_ends() {
        let mut memory = Memory::default();
        memory.settle(token(1), refused_for(5), NOW);
        for (second, good) in [(-1, false), (0, true), (4, true), (5, false)] {
            let now = NOW + Duration::seconds(second);
            assert_eq!(memory.verdict(&token(1), now).is_some(), good, "{second}");
        }
        memory.settle(token(2), refused_for(0), NOW);
        assert_eq!(memory.verdicts.len(), 1, "what is over at once is not kept");
    }

    #[test]
    fn what_is_over_first_makes_room() {
        let mut memory = Memory::default();
        memory.settle(token(0), refused_for(5), NOW);
        for number in 1..ENTRIES {
            memory.settle(token(number), refused_for(60), NOW);
        }
        memory.settle(token(ENTRIES), refused_for(60), NOW);
        assert_eq!(memory.verdicts.len(), ENTRIES);
        assert!(memory.verdict(&token(0), NOW).is_none());
        assert!(memory.verdict(&token(1), NOW).is_some());
        let later = NOW + Duration::minutes(2);
        let good = Some((Verdict::Unknown, later..later + Duration::MINUTE));
        memory.settle(token(1), good, later);
        memory.settle(token(ENTRIES + 1), None, later);
        assert!(memory.verdict(&token(1), later).is_some());
    }

    #[test]
    fn a_question_that_nobody_will_answer_is_none() {
        let mut memory = Memory::default();
        let (tell, told) = watch::channel(None);
        memory.ask(token(1), told);
        assert!(memory.question(&token(1)).is_some());
        assert!(memory.question(&token(2)).is_none());
        drop(tell);
        assert!(memory.question(&token(1)).is_none());
    }
}
