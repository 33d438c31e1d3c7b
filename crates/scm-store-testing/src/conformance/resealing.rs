//! Rules of sealing anew.

use scm_seal::{KeyCheck, KeyId, SealedKey, SealedSecret};
use scm_store::{
    AccessKeyId, AuditQuery, CertificateId, Exchange, NewAccessKey, SealedAccessKey,
    SealedCertificate, Store, StoreError,
};

use super::{MadeUp, NOW, actor, first_start, in_project};

fn key(digit: char) -> KeyId {
    digit.to_string().repeat(32).parse().unwrap()
}

/// Bytes that say what they are sealed under.
fn bytes(under: KeyId, content: u64) -> Vec<u8> {
    [&[1], &under.to_bytes()[..], &content.to_be_bytes().repeat(150)].concat()
}

fn sealed(under: KeyId, content: u64) -> SealedKey {
    SealedKey::from_kept(bytes(under, content))
}

async fn keep(store: &Store, number: u64, project: &str, under: KeyId) -> SealedCertificate {
    let new = MadeUp { sealed_key: sealed(under, number), ..MadeUp::new(number) };
    let by = in_project(project);
    let id = store.keep(&by, new.to_new()).await.unwrap();
    SealedCertificate { id, project: by.project, leaf: new.leaf(), sealed_key: new.sealed_key }
}

fn exchange(of: &SealedCertificate, new: SealedKey) -> Exchange<CertificateId, SealedKey> {
    Exchange { id: of.id, old: of.sealed_key.clone(), new }
}

/// What is sealed under another key is found, in whatever project, with what it takes to open it.
pub async fn what_is_sealed_under_another_key_is_found(store: Store) {
    let (old, new) = (key('a'), key('b'));
    let stretch = store.sealed_keys(new, None).await.unwrap();
    assert_eq!((stretch.found, stretch.looked_at, stretch.next), (vec![], 0, None));
    let first = keep(&store, 1, "ours", old).await;
    keep(&store, 2, "ours", new).await;
    let third = keep(&store, 3, "theirs", old).await;
    let stretch = store.sealed_keys(new, None).await.unwrap();
    assert_eq!((&stretch.found, stretch.looked_at), (&vec![first.clone(), third.clone()], 3));
    assert_eq!(stretch.next, None);
    let behind = store.sealed_keys(new, Some(first.id)).await.unwrap();
    assert_eq!((behind.found, behind.looked_at), (vec![third], 2));
    assert_eq!(store.sealed_keys(old, None).await.unwrap().found.len(), 1);
    assert_eq!(store.sealed_count().await.unwrap(), 3);
}

/// An exchange takes place only where the old is still there, and changes nothing else.
pub async fn an_exchange_is_of_what_was_read(store: Store) {
    let (old, new) = (key('a'), key('b'));
    let first = keep(&store, 1, "ours", old).await;
    let second = keep(&store, 2, "ours", old).await;
    let gone = keep(&store, 3, "ours", old).await;
    let before = store.certificate(&actor().project, first.id).await.unwrap();
    let renewed = MadeUp { number: 2, ..MadeUp::new(20) }.to_replacement();
    store.replace(&actor(), second.id, renewed, NOW).await.unwrap();
    store.delete(&actor(), gone.id, NOW).await.unwrap();
    let kept = store.bundle(&actor().project, second.id).await.unwrap();
    let events = store.events(&AuditQuery::of(&actor().project, 10)).await.unwrap();

    let all = [&gone, &second, &first].map(|of| exchange(of, sealed(new, 7))).to_vec();
    assert_eq!(store.exchange_keys(all.clone()).await.unwrap(), 1);
    assert_eq!(store.exchange_keys(all).await.unwrap(), 0, "once");
    assert_eq!(store.exchange_keys(Vec::new()).await.unwrap(), 0);
    let bundle = store.bundle(&actor().project, first.id).await.unwrap();
    assert_eq!((bundle.leaf, bundle.sealed_key), (first.leaf, sealed(new, 7)));
    assert_eq!(store.bundle(&actor().project, second.id).await.unwrap(), kept);
    assert_eq!(store.certificate(&actor().project, first.id).await.unwrap(), before);
    assert_eq!(store.events(&AuditQuery::of(&actor().project, 10)).await.unwrap(), events);
    assert_eq!(store.sealed_count().await.unwrap(), 2);
}

/// However many there are, each is found once.
pub async fn stretches_lead_through_all(store: Store) {
    let (old, new) = (key('a'), key('b'));
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..1100 {
        let store = store.clone();
        tasks.spawn(async move { keep(&store, number, "ours", old).await });
    }
    tasks.join_all().await;
    for expected in [1100, 0] {
        let (mut after, mut found, mut looked_at) = (None, 0, 0);
        loop {
            let stretch = store.sealed_keys(new, after).await.unwrap();
            looked_at += stretch.looked_at;
            let renew = |of| exchange(of, sealed(new, 7));
            let exchanges: Vec<_> = stretch.found.iter().map(renew).collect();
            found += store.exchange_keys(exchanges).await.unwrap();
            after = stretch.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!((found, looked_at), (expected, 1100));
    }
}

/// The secrets of access keys are found and exchanged like the keys of certificates.
pub async fn secrets_are_exchanged_too(store: Store) {
    let (old, new) = (key('a'), key('b'));
    let first = first_start();
    let secret = |under, content| SealedSecret::from_kept(bytes(under, content));
    let access_key = |id: &str, under| NewAccessKey {
        id: AccessKeyId::new(id),
        user: first.user.id.clone(),
        project: first.project.id.clone(),
        sealed_secret: secret(under, 1),
        created: NOW,
    };
    store.set_up(first_start()).await.unwrap();
    store.add_access_key(None, access_key("AK1", old)).await.unwrap();
    store.add_access_key(None, access_key("AK2", new)).await.unwrap();
    assert_eq!(store.sealed_count().await.unwrap(), 2);
    let id = AccessKeyId::new("AK1");
    let found = SealedAccessKey { id: id.clone(), sealed_secret: secret(old, 1) };
    assert_eq!(store.sealed_secrets(new).await.unwrap(), [found]);
    let exchange = |old| vec![Exchange { id: id.clone(), old, new: secret(new, 2) }];
    assert_eq!(store.exchange_secrets(exchange(secret(old, 9))).await.unwrap(), 0);
    assert_eq!(store.exchange_secrets(exchange(secret(old, 1))).await.unwrap(), 1);
    assert_eq!(store.sealed_secrets(new).await.unwrap(), []);
    assert_eq!(store.access_key(&id).await.unwrap().sealed_secret, secret(new, 2));
}

/// A master key that was recorded is recognized; another one under its id is refused, and then nothing is
/// recorded.
pub async fn master_keys_are_recorded_and_compared(store: Store) {
    let key = |id: u8, value: u8| KeyCheck {
        key_id: format!("{id:032x}").parse().unwrap(),
        value: format!("{value:032x}").parse().unwrap(),
    };
    store.record_master_keys(vec![key(1, 1)]).await.unwrap();
    store.record_master_keys(vec![key(1, 1), key(2, 2)]).await.unwrap();
    let refused = store.record_master_keys(vec![key(3, 3), key(2, 7)]).await;
    let wrong = key(2, 2).key_id;
    assert!(
        matches!(refused, Err(StoreError::WrongMasterKey { key }) if key == wrong),
        "{refused:?}"
    );
    store.record_master_keys(vec![key(3, 4)]).await.unwrap();
    store.record_master_keys(vec![key(2, 2)]).await.unwrap();
}
