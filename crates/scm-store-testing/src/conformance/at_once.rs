//! Rules of what happens at the same time, and of texts that stand in a store's way.

use scm_store::{
    CertificateQuery, Change, DomainId, DomainRecord, FirstStart, ProjectId, ProjectRecord, State,
    Store, StoreError, UserId,
};
use time::Duration;
use tokio::task::JoinSet;

use super::{MadeUp, NOW, Workshop, actor, first_start};

/// Of two imports of one leaf at the same time that refuse duplicates, one is refused. The error names
/// the other one.
pub async fn of_two_that_are_the_same_one_is_refused(store: Store) {
    let issued = Workshop::new().issue("www.example.com");
    for round in 0..10 {
        let mut imports = JoinSet::new();
        for number in [2 * round + 1, 2 * round + 2] {
            let (store, new) = (store.clone(), issued.new_certificate(number));
            let new = new.refuse_duplicate();
            imports.spawn(async move { (number, store.insert(&actor(), new).await) });
        }
        let mut outcomes = imports.join_all().await;
        outcomes.sort_by_key(|(_, outcome)| outcome.is_err());
        let [(stored, Ok(_)), (_, Err(StoreError::Duplicate { existing }))] = &outcomes[..] else {
            panic!("{outcomes:?}");
        };
        assert_eq!(existing.number(), *stored);
        store.delete(&actor(), *existing, NOW).await.unwrap();
    }
}

/// Of two first starts at once, one is refused and leaves nothing.
pub async fn of_two_that_set_up_at_once_one_is_refused(store: Store) {
    let first = first_start();
    let domain = DomainRecord { id: DomainId::new("d2"), name: "another".into() };
    let (id, name) = (ProjectId::new("p2"), "main".to_owned());
    let mut other = FirstStart {
        project: ProjectRecord { id: id.clone(), domain: domain.id.clone(), name },
        domain,
        ..first.clone()
    };
    other.user.id = UserId::new("u2");
    (other.token.user, other.token.project) = (other.user.id.clone(), id);
    other.token.hash.0[0] ^= 1;
    let (one, two) = tokio::join!(store.set_up(first), store.set_up(other));
    let refused = |done: &Result<(), _>| matches!(done, Err(StoreError::Conflict { .. }));
    assert!(one.is_ok() && refused(&two) || two.is_ok() && refused(&one), "{one:?}, {two:?}");
    let domains = store.domains().await.unwrap();
    assert_eq!(domains.len(), 1);
    assert_eq!(store.users(&domains[0].id).await.unwrap().len(), 1);
}

/// However certificates are stored, renewed, renamed, deleted and swept at the same time, counters,
/// lists, chains and searches agree in the end.
pub async fn what_happens_at_once_adds_up(store: Store) {
    let mut lives = JoinSet::new();
    for number in 0..40 {
        lives.spawn(live(store.clone(), number));
    }
    for hour in 0..10 {
        store.sweep_expired(NOW + Duration::hours(hour)).await.unwrap();
        store.index_pending().await.unwrap();
    }
    let stay = lives.join_all().await.into_iter().filter(|stays| *stays).count() as u64;
    store.sweep_expired(NOW + Duration::hours(10)).await.unwrap();
    store.index_pending().await.unwrap();

    let now = NOW + Duration::hours(5);
    let counts = store.counts(&actor().project, now).await.unwrap();
    assert_eq!(counts.iter().map(|count| count.count).sum::<u64>(), stay);
    let content = Some("renamed".to_owned());
    let found = CertificateQuery { content, ..CertificateQuery::new(now, 100) };
    assert_eq!(store.list(&actor().project, &found).await.unwrap().total, stay);
    for (state, expired) in [(State::Valid, false), (State::Expired, true)] {
        let query = CertificateQuery { state, ..CertificateQuery::new(now, 100) };
        let listing = store.list(&actor().project, &query).await.unwrap();
        let counted = counts.iter().filter(|count| count.expired == expired);
        assert_eq!(listing.total, counted.map(|count| count.count).sum::<u64>());
        assert_eq!(listing.records.len() as u64, listing.total);
        for record in listing.records {
            let bundle = store.bundle(&actor().project, record.id).await.unwrap();
            assert_eq!(bundle.chain.len(), 2, "{record:?}");
        }
    }
}

/// Stores a certificate that expires within hours, renames and renews it, and deletes two of three.
/// Returns whether it remains.
async fn live(store: Store, number: u64) -> bool {
    let ends = |hours| MadeUp { not_after: NOW + Duration::hours(hours), ..MadeUp::new(number) };
    let certificate = ends(number as i64 % 10);
    store.insert(&actor(), certificate.to_new()).await.unwrap();
    let rename = Change { name: Some(format!("renamed-{number}")), ..Change::default() };
    store.update(&actor(), certificate.id(), rename, NOW).await.unwrap();
    let renewed = ends(number as i64 / 4).to_replacement();
    store.replace(&actor(), certificate.id(), renewed, NOW).await.unwrap();
    let stays = number.is_multiple_of(3);
    if !stays {
        store.delete(&actor(), certificate.id(), NOW).await.unwrap();
    }
    stays
}

/// A text has any characters, and is found by them.
pub async fn any_text_comes_back_as_it_was(store: Store) {
    let texts =
        ["\0", "a\0b", "\u{10fffe}", "\u{10fffe}0", "'; --", "%_\\", "\u{fffd}", "\u{202e}𝄞"];
    for (number, text) in (1..).zip(texts) {
        let certificate = MadeUp { name: text.to_owned(), ..MadeUp::new(number) };
        store.insert(&actor(), certificate.to_new()).await.unwrap();
        let description = Some(Some(text.to_owned()));
        let change = Change { description, ..Change::default() };
        let record = store.update(&actor(), certificate.id(), change, NOW).await.unwrap();
        assert_eq!((&*record.name, record.description.as_deref()), (text, Some(text)));
    }
    for _ in 0..2 {
        for (text, times) in [("\0", 2), ("\u{10fffe}", 2), ("\u{10fffe}0", 1), ("a\0b", 1)] {
            let content = Some(text.to_owned());
            let query = CertificateQuery { content, ..CertificateQuery::new(NOW, 10) };
            let listing = store.list(&actor().project, &query).await.unwrap();
            assert_eq!(listing.total, times, "{text:?}");
        }
        store.index_pending().await.unwrap();
    }
    let domain = DomainId::new("a\0b");
    assert!(matches!(store.user_by_name(&domain, "\0").await, Err(StoreError::Missing { .. })));
}
