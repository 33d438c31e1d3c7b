//! Rules of searching for a text.

use scm_store::{
    CertificateListing, CertificateQuery, Change, EnterpriseProject, Sort, Start, State, Store,
};
use time::Duration;

use super::{
    MadeUp, NOW, actor, in_project,
    listing::{list, numbers},
};

/// A text is found in the name, the domain and the further names, whatever its case and length; no
/// character is special; nothing is found across two of them. The index changes nothing.
pub async fn a_text_is_found_where_it_is(store: Store) {
    let texts: [(&str, &str, &[&str]); 6] = [
        ("Shop Front", "www.example.com", &[]),
        ("100%_sure", "*.Example.NET", &["a.example.org", "b.example.org"]),
        ("Bücher ÉTÉ", "xn--bcher-kva.example", &[]),
        ("证书", "z.example", &["\u{130}stanbul.example"]),
        ("ab", "cd", &["ef", "gh"]),
        ("", "\"quoted\" AND 'or' \\", &[]),
    ];
    for (number, (name, domain, sans)) in (1..).zip(texts) {
        let certificate = MadeUp {
            name: name.into(),
            domain: domain.into(),
            sans: sans.iter().copied().map(str::to_owned).collect(),
            ..MadeUp::new(number)
        };
        store.insert(&actor(), certificate.to_new()).await.unwrap();
    }
    let needles: [(&str, &[u64]); 28] = [
        ("EXAMPLE", &[1, 2, 3, 4]),
        ("example.o", &[2]),
        ("p f", &[1]),
        ("%", &[2]),
        ("_", &[2]),
        ("%_", &[2]),
        ("0%_s", &[2]),
        ("*", &[2]),
        ("*.e", &[2]),
        (".", &[1, 2, 3, 4]),
        ("bÜcher", &[3]),
        ("été", &[3]),
        ("É", &[3]),
        ("ü", &[3]),
        ("书", &[4]),
        ("证书", &[4]),
        ("\u{130}STAN", &[4]),
        ("ab", &[5]),
        ("h", &[1, 3, 5]),
        ("bc", &[3]),
        ("abcd", &[]),
        ("ef\ngh", &[]),
        ("efgh", &[]),
        ("b.example.orgb", &[]),
        ("\"quoted\" and", &[6]),
        ("' \\", &[6]),
        ("q*", &[]),
        ("", &[1, 2, 3, 4, 5, 6]),
    ];
    for indexed in [false, true] {
        for (needle, expected) in needles {
            let listing = list(&store, &text(needle)).await;
            assert_eq!(numbers(&listing), expected, "{needle:?}, indexed: {indexed}");
            assert_eq!(listing.total, expected.len() as u64, "{needle:?}, indexed: {indexed}");
        }
        store.index_pending().await.unwrap();
        assert_eq!(store.index_pending().await.unwrap(), 0);
    }
}

/// A search is limited to its project and combined with the other filters.
pub async fn a_search_respects_its_filters(store: Store) {
    store.insert(&in_project("theirs"), MadeUp::new(9).to_new()).await.unwrap();
    for number in 1..=4 {
        let certificate = MadeUp {
            enterprise_project: (number % 2).to_string(),
            not_after: NOW + Duration::days(number as i64 * 2 - 5),
            ..MadeUp::new(number)
        };
        store.insert(&actor(), certificate.to_new()).await.unwrap();
    }
    let all = text("example");
    let group = Some(EnterpriseProject::new("1"));
    let since = Some(NOW - Duration::days(2));
    for _ in 0..2 {
        for (query, expected) in [
            (all.clone(), vec![1, 2, 3, 4]),
            (CertificateQuery { state: State::Expired, ..all.clone() }, vec![1, 2]),
            (CertificateQuery { state: State::Valid, ..all.clone() }, vec![3, 4]),
            (CertificateQuery { enterprise_project: group.clone(), ..all.clone() }, vec![1, 3]),
            (CertificateQuery { ended_since: since, ..all.clone() }, vec![2, 3, 4]),
            (CertificateQuery { content: Some("www9".into()), ..all.clone() }, vec![]),
        ] {
            let listing = list(&store, &query).await;
            assert_eq!(numbers(&listing), expected, "{query:?}");
            assert_eq!(listing.total, expected.len() as u64, "{query:?}");
        }
        store.index_pending().await.unwrap();
    }
}

/// What is found follows renaming, replacing and deleting, before and after indexing.
pub async fn a_search_follows_changes(store: Store) {
    store.insert(&actor(), MadeUp::new(1).to_new()).await.unwrap();
    let id = MadeUp::new(1).id();
    for indexed in [false, true, true] {
        let found = async |needle| numbers(&list(&store, &text(needle)).await);
        let rename = |name: &str| Change { name: Some(name.into()), ..Change::default() };
        store.update(&actor(), id, rename("front door"), NOW).await.unwrap();
        assert_eq!(found("front").await, [1]);
        if indexed {
            store.index_pending().await.unwrap();
            assert_eq!(found("front").await, [1]);
        }
        store.update(&actor(), id, rename("back door"), NOW).await.unwrap();
        assert_eq!((found("front").await, found("back").await), (vec![], vec![1]));
        let other = MadeUp { domain: "other.test".into(), ..MadeUp::new(2) };
        store.replace(&actor(), id, other.to_replacement(), NOW).await.unwrap();
        assert_eq!((found("other.t").await, found("back").await), (vec![1], vec![1]));
        let replacement = MadeUp::new(1).to_replacement();
        store.replace(&actor(), id, replacement, NOW).await.unwrap();
        assert_eq!((found("other.t").await, found("example").await), (vec![], vec![1]));
    }
    store.index_pending().await.unwrap();
    store.delete(&actor(), id, NOW).await.unwrap();
    let listing = list(&store, &text("example")).await;
    assert_eq!((listing.records, listing.total), (Vec::new(), 0));
}

/// Searches are counted up to the limit and no further, and can still be walked through: a text
/// that few have and one that nearly all have, in one order.
pub async fn a_search_of_many_counts_to_the_limit(store: Store) {
    let count = CertificateListing::COUNT_LIMIT + 10;
    let mut tasks = tokio::task::JoinSet::new();
    for worker in 0..100 {
        let store = store.clone();
        tasks.spawn(async move {
            for number in (worker..count).step_by(100) {
                let not_after = NOW + Duration::seconds(number as i64);
                let certificate = MadeUp { not_after, ..MadeUp::new(number) };
                store.insert(&actor(), certificate.to_new()).await.unwrap();
            }
        });
    }
    tasks.join_all().await;
    store.index_pending().await.unwrap();
    let common = CertificateQuery { sort: Sort::Expiry, limit: 3, ..text("EXAMPLE.com") };
    let listing = list(&store, &common).await;
    assert_eq!((numbers(&listing), listing.total), (vec![0, 1, 2], 10_000));
    let next = Start::After(listing.next.unwrap());
    let listing = list(&store, &CertificateQuery { start: next, ..common.clone() }).await;
    assert_eq!((numbers(&listing), listing.total), (vec![3, 4, 5], 10_000));
    let far = CertificateQuery { start: Start::Offset(count - 1), ..common.clone() };
    assert_eq!(numbers(&list(&store, &far).await), [count - 1]);
    let past = CertificateQuery { ended_since: Some(NOW), content: None, ..common.clone() };
    assert_eq!(list(&store, &past).await.total, 10_000);
    let rare = CertificateQuery { content: Some("www1000".into()), ..common };
    let listing = list(&store, &rare).await;
    let all: Vec<_> = [1000].into_iter().chain(10_000..10_010).collect();
    assert_eq!((numbers(&listing), listing.total), (all[..3].to_vec(), all.len() as u64));
}

fn text(needle: &str) -> CertificateQuery {
    let content = Some(needle.to_owned());
    CertificateQuery { content, descending: false, ..CertificateQuery::new(NOW, 10) }
}
