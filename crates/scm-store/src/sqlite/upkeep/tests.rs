//! A sweep that is under way.

use tempfile::TempDir;
use time::Duration;

use super::*;
use crate::{
    Certificates, State,
    certificates::CertificateQuery,
    testing::{MadeUp, NOW, actor},
};

/// More than one step marks end at the same moment, with one before and one after, so that the step
/// stops in the middle of them. Each read must be right, also one whose clock is behind the sweep's.
#[tokio::test]
async fn between_two_steps_every_read_is_right() {
    let folder = TempDir::new().unwrap();
    let keyring = "0123456789abcdef0123456789abcdef".parse().unwrap();
    let store = Sqlite::open(folder.path().join("store.db"), keyring).await.unwrap();
    let end = NOW + Duration::HOUR;
    let many = SWEEP_LIMIT + 20;
    insert_all(&store, many, end).await;
    let step = |now| store.write(move |connection| sweep_some(connection, now));
    assert_eq!(step(end + Duration::DAY).await.unwrap(), SWEEP_LIMIT);

    let (before, after) = (Duration::milliseconds(-1), Duration::milliseconds(1));
    let moments = [(before, 1), (Duration::ZERO, 1), (after, many - 1), (after * 2, many)];
    for (shift, expired) in moments {
        for (state, expected) in [(State::Expired, expired), (State::Valid, many - expired)] {
            let query = CertificateQuery { state, ..CertificateQuery::new(end + shift, 10_000) };
            let listing = store.list(&actor().project, &query).await.unwrap();
            assert_eq!(listing.total, expected, "{state:?} {shift}");
            assert_eq!(listing.records.len() as u64, expected, "{state:?} {shift}");
        }
    }
    assert_eq!(step(end + Duration::DAY).await.unwrap(), 20);
}

/// The first ends earlier than the others, and the second later.
async fn insert_all(store: &Sqlite, many: u64, end: OffsetDateTime) {
    for number in 0..many {
        let not_after = match number {
            0 => end - Duration::milliseconds(2),
            1 => end + Duration::milliseconds(1),
            _ => end,
        };
        let certificate = MadeUp { not_after, ..MadeUp::new(number) };
        store.insert(&actor(), certificate.to_new()).await.unwrap();
    }
}
