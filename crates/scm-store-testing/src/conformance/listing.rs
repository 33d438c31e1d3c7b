//! Rules of lists.

use scm_store::{
    CertificateListing, CertificateQuery, Change, EnterpriseProject, Sort, Start, State, Store,
    StoreError,
};
use time::Duration;

use super::{MadeUp, NOW, actor, in_project};

/// The list of a project without certificates is empty, whatever the query, and so is the list of an
/// enterprise project that does not exist.
pub async fn an_empty_list_is_empty(store: Store) {
    store.insert(&in_project("theirs"), MadeUp::new(1).to_new()).await.unwrap();
    let all = CertificateQuery::new(NOW, 10);
    let nowhere = Some(EnterpriseProject::new("nowhere"));
    let empty = CertificateListing { records: Vec::new(), total: 0, next: None };
    for content in [None, Some("example".to_owned()), Some("e".to_owned())] {
        let query = CertificateQuery { content, ..all.clone() };
        assert_eq!(list(&store, &query).await, empty);
        let query = CertificateQuery { enterprise_project: nowhere.clone(), ..query };
        let theirs = store.list(&in_project("theirs").project, &query).await.unwrap();
        assert_eq!(theirs, empty);
    }
}

/// Each order goes up and down, and ids break ties in the same direction.
pub async fn orders_go_both_ways(store: Store) {
    // Number, hour of the last change, days until the end.
    for (number, hour, days) in [(1, 3, 7), (2, 1, -7), (3, 2, 7), (4, 1, 9), (5, 3, -7)] {
        let created = NOW + Duration::hours(hour);
        let not_after = NOW + Duration::days(days);
        let certificate = MadeUp { created, not_after, ..MadeUp::new(number) };
        store.insert(&actor(), certificate.to_new()).await.unwrap();
    }
    for (sort, expected) in [
        (Sort::Updated, [2, 4, 3, 1, 5]),
        (Sort::Expiry, [2, 5, 1, 3, 4]),
        (Sort::Status, [2, 5, 1, 3, 4]),
    ] {
        let query = CertificateQuery { sort, descending: false, ..CertificateQuery::new(NOW, 10) };
        assert_eq!(numbers(&list(&store, &query).await), expected);
        let query = CertificateQuery { descending: true, ..query };
        let mut backwards = expected;
        backwards.reverse();
        assert_eq!(numbers(&list(&store, &query).await), backwards);
    }
}

/// A certificate is valid at its last moment and expired right after, in lists, counters and order,
/// before any sweep, between sweeps, and for one whose clock is behind the last sweep.
pub async fn a_certificate_expires_at_its_moment(store: Store) {
    let end = NOW + Duration::days(1);
    for (number, not_after) in [(1, end), (2, end + Duration::DAY), (3, NOW - Duration::DAY)] {
        let certificate = MadeUp { not_after, ..MadeUp::new(number) };
        store.insert(&actor(), certificate.to_new()).await.unwrap();
    }
    let just_after = end + Duration::nanoseconds(1);
    let sweeps = [None, Some(NOW), Some(end), Some(just_after), Some(end + Duration::HOUR)];
    for swept in sweeps {
        if let Some(now) = swept {
            store.sweep_expired(now).await.unwrap();
        }
        for (now, valid, expired) in [(end, vec![1, 2], vec![3]), (just_after, vec![2], vec![1, 3])]
        {
            for sort in [Sort::Updated, Sort::Expiry, Sort::Status] {
                for (state, expected) in [(State::Valid, &valid), (State::Expired, &expired)] {
                    let query = CertificateQuery {
                        state,
                        sort,
                        descending: false,
                        ..CertificateQuery::new(now, 10)
                    };
                    let listing = list(&store, &query).await;
                    let mut found = numbers(&listing);
                    found.sort_unstable();
                    assert_eq!(found, *expected, "{swept:?} {query:?}");
                    assert_eq!(listing.total, expected.len() as u64, "{swept:?} {query:?}");
                }
            }
        }
    }
}

/// Only those that end at the given moment or later.
pub async fn those_that_ended_long_ago_are_left_out(store: Store) {
    for number in 1..=5 {
        let not_after = NOW - Duration::days(number as i64 - 2);
        let certificate = MadeUp { not_after, ..MadeUp::new(number) };
        store.insert(&actor(), certificate.to_new()).await.unwrap();
    }
    let since = NOW - Duration::days(2);
    for (state, since, expected) in [
        (State::Any, since, vec![1, 2, 3, 4]),
        (State::Any, since + Duration::nanoseconds(1), vec![1, 2, 3]),
        (State::Expired, since, vec![3, 4]),
        (State::Valid, since, vec![1, 2]),
    ] {
        for sort in [Sort::Updated, Sort::Expiry] {
            let query = CertificateQuery {
                state,
                sort,
                ended_since: Some(since),
                ..CertificateQuery::new(NOW, 10)
            };
            let listing = list(&store, &query).await;
            let mut found = numbers(&listing);
            found.sort_unstable();
            assert_eq!((found, listing.total), (expected.clone(), expected.len() as u64));
        }
    }
}

/// Offsets pass over so many, also past the end; there is a marker as long as there is more.
pub async fn offsets_pass_over(store: Store) {
    insert_many(&store, 1..=5).await;
    let all = CertificateQuery { descending: false, ..CertificateQuery::new(NOW, 2) };
    for (offset, expected, more) in
        [(0, vec![1, 2], true), (2, vec![3, 4], true), (3, vec![4, 5], false), (4, vec![5], false)]
    {
        let query = CertificateQuery { start: Start::Offset(offset), ..all.clone() };
        let listing = list(&store, &query).await;
        assert_eq!((numbers(&listing), listing.total), (expected, 5));
        assert_eq!(listing.next.is_some(), more, "{offset}");
    }
    for offset in [5, 100, u64::MAX] {
        let query = CertificateQuery { start: Start::Offset(offset), ..all.clone() };
        let listing = list(&store, &query).await;
        assert_eq!((listing.records, listing.total, listing.next), (Vec::new(), 5, None));
    }
}

/// Walking by markers shows each certificate that stays once, whatever comes and goes meanwhile,
/// the one at the marker included; and the marker survives being text.
pub async fn markers_walk_through_changes(store: Store) {
    for sort in [Sort::Updated, Sort::Expiry, Sort::Status] {
        for descending in [false, true] {
            let project = format!("{sort:?}-{descending}");
            let actor = in_project(&project);
            // Two and two are equal but for their ids.
            for number in 0..20 {
                let hours = Duration::hours(number as i64 / 2);
                let certificate = MadeUp {
                    created: NOW + hours,
                    not_after: NOW + hours,
                    ..MadeUp::new(base(&project) + number * 10)
                };
                store.insert(&actor, certificate.to_new()).await.unwrap();
            }
            let mut query = CertificateQuery { sort, descending, ..CertificateQuery::new(NOW, 3) };
            let mut seen = Vec::new();
            loop {
                let listing = store.list(&actor.project, &query).await.unwrap();
                seen.extend(listing.records.iter().map(|record| record.id.number()));
                let Some(marker) = listing.next else { break };
                query.start = Start::After(marker.to_string().parse().unwrap());
                let last = listing.records.last().unwrap();
                store.delete(&actor, last.id, NOW).await.unwrap();
                let beside = MadeUp {
                    created: last.updated,
                    not_after: last.not_after,
                    ..MadeUp::new(last.id.number() + if descending { 1 } else { 0 })
                };
                store.insert(&actor, beside.to_new()).await.unwrap();
            }
            let mut expected: Vec<_> = (0..20).map(|n| base(&project) + n * 10).collect();
            if descending {
                expected.reverse();
            }
            assert_eq!(seen, expected, "{sort:?} {descending}");
        }
    }
}

/// A marker of one order is refused in any other.
pub async fn a_marker_is_good_for_its_order_only(store: Store) {
    insert_many(&store, 1..=3).await;
    let query = CertificateQuery::new(NOW, 1);
    let start = Start::After(list(&store, &query).await.next.unwrap());
    for sort in [Sort::Updated, Sort::Expiry, Sort::Status] {
        for descending in [true, false] {
            let other = CertificateQuery { sort, descending, start, ..query.clone() };
            let listing = store.list(&actor().project, &other).await;
            if (sort, descending) == (query.sort, query.descending) {
                assert_eq!(numbers(&listing.unwrap()), [2]);
            } else {
                assert!(matches!(listing, Err(StoreError::OtherOrder)), "{listing:?}");
            }
        }
    }
}

/// What was changed last comes first.
pub async fn a_change_moves_to_the_front(store: Store) {
    insert_many(&store, 1..=3).await;
    let query = CertificateQuery::new(NOW, 10);
    assert_eq!(numbers(&list(&store, &query).await), [3, 2, 1]);
    let later = NOW + Duration::HOUR;
    store.update(&actor(), MadeUp::new(2).id(), Change::default(), later).await.unwrap();
    assert_eq!(numbers(&list(&store, &query).await), [2, 3, 1]);
    let renewed = MadeUp { not_after: NOW - Duration::DAY, ..MadeUp::new(1) };
    let replacement = renewed.to_replacement();
    store.replace(&actor(), renewed.id(), replacement, later + Duration::HOUR).await.unwrap();
    assert_eq!(numbers(&list(&store, &query).await), [1, 2, 3]);
    let valid = CertificateQuery { state: State::Valid, ..query };
    let listing = list(&store, &valid).await;
    assert_eq!((numbers(&listing), listing.total), (vec![2, 3], 2));
}

pub(super) async fn list(store: &Store, query: &CertificateQuery) -> CertificateListing {
    store.list(&actor().project, query).await.unwrap()
}

pub(super) fn numbers(listing: &CertificateListing) -> Vec<u64> {
    listing.records.iter().map(|record| record.id.number()).collect()
}

async fn insert_many(store: &Store, numbers: impl Iterator<Item = u64>) {
    for number in numbers {
        store.insert(&actor(), MadeUp::new(number).to_new()).await.unwrap();
    }
}

/// Ids are given once in the whole store.
fn base(project: &str) -> u64 {
    let digest: u64 = project.bytes().map(u64::from).sum();
    digest * 1_000_000
}
