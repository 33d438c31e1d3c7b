//! Rules of giving back, renewing, renaming and forgetting certificates.

use scm_store::{
    AuditEvent, AuditQuery, CertificateQuery, CertificateRecord, Change, EnterpriseProject,
    Replacement, Store, StoreError, action,
};
use time::Duration;

use super::{MadeUp, NOW, Workshop, actor, in_project};

/// An export gives what show and bundle give, and its event is there.
pub async fn an_export_gives_all_and_leaves_its_event(store: Store) {
    let issued = Workshop::new().issue("www.example.com");
    let new = issued.new_certificate(1);
    let id = new.id();
    store.insert(&actor(), new).await.unwrap();
    let later = NOW + Duration::HOUR;
    let (record, bundle) = store.export(&actor(), id, later).await.unwrap();
    assert_eq!(record, store.certificate(&actor().project, id).await.unwrap());
    assert_eq!(bundle, store.bundle(&actor().project, id).await.unwrap());
    assert_eq!(record.updated, NOW);
    let event = AuditEvent::done(&actor(), action::CERTIFICATE_EXPORT, later).about(id);
    assert_eq!(store.events(&AuditQuery::of(&actor().project, 1)).await.unwrap(), [event]);
}

/// A deleted certificate is gone from everywhere, and its id is missing like one that was never given.
/// Its neighbours stay, with the chain that they share.
pub async fn what_is_deleted_is_gone(store: Store) {
    let issued = Workshop::new().issue("www.example.com");
    for number in [1, 2] {
        store.insert(&actor(), issued.new_certificate(number)).await.unwrap();
    }
    let (gone, stays) = (MadeUp::new(1).id(), MadeUp::new(2).id());
    let project = actor().project;
    for (left, id) in [(1, gone), (0, stays)] {
        store.delete(&actor(), id, NOW).await.unwrap();
        let event = AuditEvent::done(&actor(), action::CERTIFICATE_DELETE, NOW).about(id);
        assert_eq!(store.events(&AuditQuery::of(&project, 1)).await.unwrap(), [event]);
        assert!(matches!(store.certificate(&project, id).await, Err(StoreError::Missing { .. })));
        assert!(matches!(store.bundle(&project, id).await, Err(StoreError::Missing { .. })));
        let listing = store.list(&project, &CertificateQuery::new(NOW, 10)).await.unwrap();
        assert_eq!((listing.total, listing.records.len()), (left, left as usize));
        if left == 1 {
            assert_eq!(store.bundle(&project, stays).await.unwrap().chain.len(), 2);
        }
    }
    assert_eq!(store.counts(&project, NOW).await.unwrap(), []);
    let again = issued.new_certificate(3).refuse_duplicate();
    store.insert(&actor(), again).await.unwrap();
    assert_eq!(store.bundle(&project, MadeUp::new(3).id()).await.unwrap().chain.len(), 2);
}

/// A replacement changes everything that follows from the bundle, and nothing else.
pub async fn a_replacement_takes_the_place(store: Store) {
    let workshop = Workshop::new();
    let old = workshop.issue("old.example.com").without_chain();
    let group = EnterpriseProject::new("ep-1");
    let new = old.new_certificate(1).in_enterprise_project(group.clone());
    let id = new.id();
    store.insert(&actor(), new).await.unwrap();
    let describe = Change { description: Some(Some("ours".into())), ..Change::default() };
    store.update(&actor(), id, describe, NOW).await.unwrap();

    let renewed = workshop.issue("new.example.com");
    let later = NOW + Duration::HOUR;
    let sealed_key = scm_seal::SealedKey::from_kept(vec![7; 200]);
    let replacement = Replacement::new(renewed.verified(), sealed_key.clone());
    let record = store.replace(&actor(), id, replacement, later).await.unwrap();
    let leaf = renewed.verified().leaf().clone();
    let expected = CertificateRecord {
        id,
        enterprise_project: group,
        name: "a name".into(),
        description: Some("ours".into()),
        domain: "new.example.com".into(),
        sha1: leaf.sha1(),
        not_before: leaf.not_before(),
        not_after: leaf.not_after(),
        created: NOW,
        updated: later,
        ..record.clone()
    };
    assert_eq!(record, expected);
    assert_eq!(store.certificate(&actor().project, id).await.unwrap(), record);
    let bundle = store.bundle(&actor().project, id).await.unwrap();
    assert_eq!((bundle.leaf, bundle.chain.len()), (leaf.der().to_vec(), 2));
    assert_eq!(bundle.sealed_key, sealed_key);
    let event = AuditEvent::done(&actor(), action::CERTIFICATE_REPLACE, later).about(id);
    assert_eq!(store.events(&AuditQuery::of(&actor().project, 1)).await.unwrap(), [event]);
    let old_leaf = old.new_certificate(2).refuse_duplicate();
    store.insert(&actor(), old_leaf).await.unwrap();
}

/// Name and description of a certificate may be changed one by one, and the description removed.
pub async fn name_and_description_may_be_changed(store: Store) {
    let certificate = MadeUp::new(1);
    let id = certificate.id();
    store.insert(&actor(), certificate.to_new()).await.unwrap();
    let was = store.certificate(&actor().project, id).await.unwrap();
    let steps = [
        (Some("other"), None, ("other", None)),
        (None, Some(Some("a description")), ("other", Some("a description"))),
        (None, None, ("other", Some("a description"))),
        (Some("last"), Some(None), ("last", None)),
    ];
    for (hour, (name, description, (then, described))) in (1..).zip(steps) {
        let now = NOW + Duration::hours(hour);
        let description = description.map(|text: Option<&str>| text.map(str::to_owned));
        let change = Change { name: name.map(str::to_owned), description };
        let record = store.update(&actor(), id, change, now).await.unwrap();
        let (name, description) = (then.to_owned(), described.map(str::to_owned));
        let expected = CertificateRecord { name, description, updated: now, ..was.clone() };
        assert_eq!(record, expected);
        assert_eq!(store.certificate(&actor().project, id).await.unwrap(), record);
        let event = AuditEvent::done(&actor(), action::CERTIFICATE_UPDATE, now).about(id);
        assert_eq!(store.events(&AuditQuery::of(&actor().project, 1)).await.unwrap(), [event]);
    }
}

/// Nothing can be done to a certificate of another project, nor to one that is not there, and
/// trying leaves nothing.
pub async fn nothing_is_done_to_what_is_missing(store: Store) {
    let certificate = MadeUp::new(1);
    let id = certificate.id();
    store.insert(&in_project("theirs"), certificate.to_new()).await.unwrap();
    let theirs = in_project("theirs").project;
    let was = store.export(&in_project("theirs"), id, NOW).await.unwrap();
    // A project without certificates, and one with another certificate.
    for _ in 0..2 {
        let missing = [
            store.export(&actor(), id, NOW).await.err(),
            store.delete(&actor(), id, NOW).await.err(),
            store.replace(&actor(), id, MadeUp::new(2).to_replacement(), NOW).await.err(),
            store.update(&actor(), id, Change::default(), NOW).await.err(),
            store.delete(&in_project("theirs"), MadeUp::new(9).id(), NOW).await.err(),
        ];
        for error in missing {
            assert!(matches!(error, Some(StoreError::Missing { .. })), "{error:?}");
        }
        assert_eq!(store.export(&in_project("theirs"), id, NOW).await.unwrap(), was);
        let events = store.events(&AuditQuery::of(&actor().project, 10)).await.unwrap();
        assert!(events.iter().all(|event| event.action == action::CERTIFICATE_IMPORT));
        let other = MadeUp { number: 3, ..MadeUp::new(3) }.to_new();
        // The second time, it is there already.
        drop(store.insert(&actor(), other).await);
    }
    assert_eq!(store.counts(&theirs, NOW).await.unwrap()[0].count, 1);
}
