//! Rules of certificates.

use scm_store::{
    AuditQuery, CertificateCount, CertificateRecord, EnterpriseProject, Store, StoreError,
    StoredBundle,
};
use time::Duration;

use super::{NOW, Workshop, actor, fixture::sealed_key, in_project};

/// A certificate is read as it was stored: facts, leaf, chain and sealed key.
pub async fn a_certificate_is_returned_as_it_was_stored(store: Store) {
    let workshop = Workshop::new();
    let issued = workshop.issue("www.example.com");
    let new = issued.new_certificate(1).in_enterprise_project(EnterpriseProject::new("ep-1"));
    let (id, sealed_key) = (new.id(), sealed_key(1));
    store.insert(&actor(), new).await.unwrap();

    let found = store.certificate(&actor().project, id).await.unwrap();
    let bundle = issued.verified();
    let facts = CertificateRecord {
        id,
        enterprise_project: EnterpriseProject::new("ep-1"),
        name: "a name".into(),
        description: None,
        domain: "www.example.com".into(),
        sans: vec!["*.example.net".into()],
        domain_count: 2,
        wildcard_count: 1,
        signature_algorithm: bundle.leaf().signature_algorithm().to_string(),
        key_algorithm: bundle.key().algorithm().to_string(),
        sha1: bundle.leaf().sha1(),
        not_before: bundle.leaf().not_before(),
        not_after: bundle.leaf().not_after(),
        created: NOW,
        updated: NOW,
    };
    assert_eq!(found, facts);
    let chain: Vec<_> = bundle.chain().iter().map(|issuer| issuer.der().to_vec()).collect();
    assert!(!chain.is_empty());
    let leaf = bundle.leaf().der().to_vec();
    let stored = store.bundle(&actor().project, id).await.unwrap();
    assert_eq!(stored, StoredBundle { leaf, chain, sealed_key });
}

/// A chain may be empty.
pub async fn a_leaf_without_chain_is_stored(store: Store) {
    let issued = Workshop::new().issue("www.example.com").without_chain();
    let new = issued.new_certificate(1);
    let id = new.id();
    store.insert(&actor(), new).await.unwrap();
    let stored = store.bundle(&actor().project, id).await.unwrap();
    assert_eq!(stored.chain, Vec::<Vec<u8>>::new());
}

/// A certificate with an id that was never given is missing.
pub async fn an_unknown_certificate_is_missing(store: Store) {
    let id = Workshop::new().issue("www.example.com").new_certificate(7).id();
    let project = actor().project;
    assert!(matches!(store.certificate(&project, id).await, Err(StoreError::Missing { .. })));
    assert!(matches!(store.bundle(&project, id).await, Err(StoreError::Missing { .. })));
    assert_eq!(store.counts(&project, NOW).await.unwrap(), []);
}

/// To one project, the certificates of another do not exist.
pub async fn the_certificate_of_another_project_is_missing(store: Store) {
    let new = Workshop::new().issue("www.example.com").new_certificate(1);
    let id = new.id();
    store.insert(&in_project("theirs"), new).await.unwrap();
    let ours = actor().project;
    assert!(matches!(store.certificate(&ours, id).await, Err(StoreError::Missing { .. })));
    assert!(matches!(store.bundle(&ours, id).await, Err(StoreError::Missing { .. })));
    assert_eq!(store.counts(&ours, NOW).await.unwrap(), []);
    assert_eq!(store.events(&AuditQuery::of(&ours, 10)).await.unwrap(), []);
}

/// Without the check for duplicates a leaf may be stored again.
pub async fn a_leaf_may_be_stored_twice(store: Store) {
    let issued = Workshop::new().issue("www.example.com");
    for number in [1, 2] {
        let new = issued.new_certificate(number);
        let id = new.id();
        store.insert(&actor(), new).await.unwrap();
        assert_eq!(store.bundle(&actor().project, id).await.unwrap().chain.len(), 2);
    }
}

/// With the check, a stored leaf is refused. The error names the stored certificate, and nothing is
/// left behind. In another project the leaf is not refused.
pub async fn a_duplicate_is_refused_on_request(store: Store) {
    let issued = Workshop::new().issue("www.example.com");
    let first = issued.new_certificate(1).refuse_duplicate();
    let existing = first.id();
    store.insert(&actor(), first).await.unwrap();

    let refused = store.insert(&actor(), issued.new_certificate(2).refuse_duplicate()).await;
    assert!(matches!(refused, Err(StoreError::Duplicate { existing: id }) if id == existing));
    assert_eq!(total(&store, "ours").await, 1);
    assert_eq!(store.events(&AuditQuery::of(&actor().project, 10)).await.unwrap().len(), 1);
    let elsewhere = issued.new_certificate(3).refuse_duplicate();
    store.insert(&in_project("theirs"), elsewhere).await.unwrap();
}

/// An id that is given again is refused, even to another project, and nothing of what came with it
/// stays.
pub async fn an_id_is_stored_once(store: Store) {
    let workshop = Workshop::new();
    let first = workshop.issue("first.example.com").new_certificate(1);
    let id = first.id();
    store.insert(&actor(), first).await.unwrap();
    for someone in [actor(), in_project("theirs")] {
        let again = workshop.issue("again.example.com").new_certificate(1);
        let refused = store.insert(&someone, again).await;
        assert!(matches!(refused, Err(StoreError::Conflict { .. })), "{refused:?}");
    }
    let stored = store.certificate(&actor().project, id).await.unwrap();
    assert_eq!(stored.domain, "first.example.com");
    assert_eq!(total(&store, "ours").await, 1);
    assert_eq!(total(&store, "theirs").await, 0);
}

/// Certificates are counted by enterprise project.
pub async fn counters_follow_the_stored_certificates(store: Store) {
    let issued = Workshop::new().issue("www.example.com");
    for (number, group) in [(1, "a"), (2, "b"), (3, "a")] {
        let group = EnterpriseProject::new(group);
        let new = issued.new_certificate(number).in_enterprise_project(group);
        store.insert(&actor(), new).await.unwrap();
    }
    let count = |group, count| CertificateCount {
        enterprise_project: EnterpriseProject::new(group),
        expired: false,
        count,
    };
    let counts = store.counts(&actor().project, NOW).await.unwrap();
    assert_eq!(counts, [count("a", 2), count("b", 1)]);
}

/// A certificate counts as expired as soon as its end has passed, before any sweep and after it:
/// the end itself has not.
pub async fn what_has_ended_counts_as_expired(store: Store) {
    let issued = Workshop::new().issue("www.example.com");
    let end = issued.verified().leaf().not_after();
    store.insert(&actor(), issued.new_certificate(1)).await.unwrap();
    let counts = async |now| -> Vec<_> {
        let counts = store.counts(&actor().project, now).await.unwrap();
        counts.iter().map(|count| (count.expired, count.count)).collect()
    };
    let after = end + Duration::nanoseconds(1);
    for _ in 0..2 {
        assert_eq!(counts(end).await, [(false, 1)]);
        assert_eq!(counts(after).await, [(true, 1)]);
        store.sweep_expired(after).await.unwrap();
    }
    store.insert(&actor(), issued.new_certificate(2)).await.unwrap();
    assert_eq!(counts(end).await, [(false, 2)]);
    assert_eq!(counts(after).await, [(true, 2)]);
}

async fn total(store: &Store, project: &str) -> u64 {
    let project = in_project(project).project;
    store.counts(&project, NOW).await.unwrap().iter().map(|count| count.count).sum()
}
