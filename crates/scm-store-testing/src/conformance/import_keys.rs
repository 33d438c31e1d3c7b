//! Rules of imports that are sent again.

use scm_store::{
    Actor, AuditQuery, CertificateId, CertificateQuery, EnterpriseProject, IMPORT_KEY_LIFE,
    NewCertificate, Store, StoreError, UserId,
};
use time::Duration;
use tokio::task::JoinSet;

use super::{MadeUp, NOW, Workshop, actor, in_project};

async fn certificate_count(store: &Store, actor: &Actor) -> u64 {
    let query = CertificateQuery::new(NOW, 10);
    store.list(&actor.project, &query).await.unwrap().total
}

/// An import that is repeated with its key is stored once, with one event, under its first id, even
/// if it refuses duplicates.
pub async fn a_repeated_import_is_stored_once(store: Store) {
    let issued = Workshop::new().issue("www.example.com");
    for (key, must_be_new, first) in [("a", false, 1), ("b", false, 11), ("c", true, 21)] {
        let import = |number| {
            let new = issued.new_certificate(number).once_by(key);
            if must_be_new { new.refuse_duplicate() } else { new }
        };
        let owner = in_project(key);
        let id = store.insert(&owner, import(first)).await.unwrap();
        assert_eq!(id.number(), first);
        for number in first + 1..first + 4 {
            assert_eq!(store.insert(&owner, import(number)).await.unwrap(), id);
        }
        assert_eq!(certificate_count(&store, &owner).await, 1);
        assert_eq!(store.events(&AuditQuery::of(&owner.project, 10)).await.unwrap().len(), 1);
    }
}

/// With a certificate its key is deleted. The key may be used again, for the import that it was used for
/// or for another one. The keys of other certificates stay.
pub async fn with_a_certificate_its_key_is_forgotten(store: Store) {
    let workshop = Workshop::new();
    let issued = workshop.issue("www.example.com");
    let import = |number| issued.new_certificate(number).refuse_duplicate().once_by("key");
    let owner = actor();
    let first = store.insert(&owner, import(1)).await.unwrap();
    let other = workshop.issue("other.example.com");
    let stays = |number| other.new_certificate(number).once_by("other key");
    store.insert(&owner, stays(2)).await.unwrap();
    store.delete(&owner, first, NOW).await.unwrap();
    for number in 3..6 {
        assert_eq!(store.insert(&owner, import(number)).await.unwrap().number(), 3);
    }
    assert_eq!(certificate_count(&store, &owner).await, 2);
    store.delete(&owner, CertificateId::from_number(3).unwrap(), NOW).await.unwrap();
    let another = workshop.issue("another.example.com").new_certificate(6).once_by("key");
    assert_eq!(store.insert(&owner, another).await.unwrap().number(), 6);
    let reused = store.insert(&owner, import(7)).await;
    assert!(matches!(reused, Err(StoreError::ReusedKey { existing }) if existing.number() == 6));
    assert_eq!(store.insert(&owner, stays(8)).await.unwrap().number(), 2);
    assert_eq!(store.events(&AuditQuery::of(&owner.project, 10)).await.unwrap().len(), 6);
}

/// A key belongs to one import. Another import with this key is refused, whatever its difference. The
/// error names the first import, and nothing is left behind.
pub async fn a_key_stands_for_one_import(store: Store) {
    let workshop = Workshop::new();
    let issued = workshop.issue("www.example.com");
    let first = store.insert(&actor(), issued.new_certificate(1).once_by("key")).await.unwrap();
    let elsewhere = EnterpriseProject::new("another");
    let others: [NewCertificate; 5] = [
        workshop.issue("www.example.com").new_certificate(2),
        issued.new_certificate(3).in_enterprise_project(elsewhere),
        issued.named(4, "another name"),
        issued.new_certificate(5).refuse_duplicate(),
        issued.clone().without_chain().new_certificate(6),
    ];
    for other in others {
        let refused = store.insert(&actor(), other.once_by("key")).await;
        assert!(
            matches!(refused, Err(StoreError::ReusedKey { existing }) if existing == first),
            "{refused:?}"
        );
    }
    assert_eq!(certificate_count(&store, &actor()).await, 1);
}

/// Keys belong to one user in one project, and an import without a key is stored each time.
pub async fn keys_belong_to_those_who_choose_them(store: Store) {
    let issued = Workshop::new().issue("www.example.com");
    let colleague = Actor { user: UserId::new("u2"), ..actor() };
    for (number, by) in [(1, actor()), (2, colleague), (3, in_project("theirs"))] {
        let new = issued.new_certificate(number).once_by("key");
        assert_eq!(store.insert(&by, new).await.unwrap().number(), number);
    }
    let without = store.insert(&actor(), issued.new_certificate(4)).await.unwrap();
    assert_eq!((without.number(), certificate_count(&store, &actor()).await), (4, 3));
}

/// The key of a refused import may be used again.
pub async fn a_refused_import_leaves_its_key_free(store: Store) {
    let issued = Workshop::new().issue("www.example.com");
    let existing = store.insert(&actor(), issued.new_certificate(1)).await.unwrap();
    let import = |number| issued.new_certificate(number).refuse_duplicate().once_by("key");
    let refused = store.insert(&actor(), import(2)).await;
    assert!(matches!(refused, Err(StoreError::Duplicate { existing: id }) if id == existing));
    store.delete(&actor(), existing, NOW).await.unwrap();
    assert_eq!(store.insert(&actor(), import(3)).await.unwrap().number(), 3);
}

/// Of many equal imports at the same time one is stored.
pub async fn of_many_imports_with_one_key_one_is_stored(store: Store) {
    for round in 0..8 {
        let mut imports = JoinSet::new();
        for nth in 0..16 {
            let certificate = MadeUp { name: "the same".into(), ..MadeUp::new(round) };
            let new = certificate.to_new_under(100 * round + nth + 1);
            let new = new.once_by(format!("key {round}"));
            let store = store.clone();
            imports.spawn(async move { store.insert(&actor(), new).await.unwrap() });
        }
        let ids = imports.join_all().await;
        assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
        assert_eq!(certificate_count(&store, &actor()).await, round + 1);
    }
}

/// A key is forgotten after its time, and not before.
pub async fn keys_are_forgotten_in_time(store: Store) {
    let issued = Workshop::new().issue("www.example.com");
    let import = |number| issued.new_certificate(number).once_by("key");
    store.insert(&actor(), import(1)).await.unwrap();
    let end = NOW + IMPORT_KEY_LIFE;
    assert_eq!(store.sweep_import_keys(end - Duration::SECOND).await.unwrap(), 0);
    assert_eq!(store.insert(&actor(), import(2)).await.unwrap().number(), 1);
    assert_eq!(store.sweep_import_keys(end + Duration::SECOND).await.unwrap(), 1);
    assert_eq!(store.insert(&actor(), import(3)).await.unwrap().number(), 3);
}
