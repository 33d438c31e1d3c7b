//! Rules of resealing.

use scm_seal::{KeyCheck, KeyId, SealedKey, SealedSecret};
use scm_store::{
    AccessKeyId, AuditQuery, CertificateId, NewAccessKey, Resealed, SealedId, SealedKind,
    SealedRecord, Store, StoreError,
};

use super::{MadeUp, NOW, actor, first_start, in_project};

fn key(digit: char) -> KeyId {
    digit.to_string().repeat(32).parse().unwrap()
}

/// Bytes with the header of a key.
fn bytes(under: KeyId, content: u64) -> Vec<u8> {
    [&[1], &under.to_bytes()[..], &content.to_be_bytes().repeat(150)].concat()
}

fn sealed(under: KeyId, content: u64) -> SealedKey {
    SealedKey::from_kept(bytes(under, content))
}

/// Stores a certificate whose key has the header of a master key.
async fn store_sealed(store: &Store, number: u64, project: &str, under: KeyId) -> SealedRecord {
    let new = MadeUp { sealed_key: sealed(under, number), ..MadeUp::new(number) };
    let by = in_project(project);
    let id = store.insert(&by, new.to_new()).await.unwrap();
    let (leaf, sealed) = (new.leaf(), new.sealed_key);
    SealedRecord::CertificateKey { id, project: by.project, leaf, sealed }
}

fn certificate_id(record: &SealedRecord) -> CertificateId {
    match record.id() {
        SealedId::Certificate(id) => id,
        SealedId::AccessKey(id) => panic!("{id} is no certificate"),
    }
}

fn resealed(record: &SealedRecord, new: Vec<u8>) -> Resealed {
    Resealed { id: record.id(), old: record.as_bytes().to_vec(), new }
}

/// Records under another key are found in every project, with what is needed to open them.
pub async fn records_under_another_key_are_found(store: Store) {
    let (old, new, kind) = (key('a'), key('b'), SealedKind::CertificateKey);
    let batch = store.sealed_records(kind, new, None).await.unwrap();
    assert_eq!((batch.found, batch.examined, batch.next), (vec![], 0, None));
    let first = store_sealed(&store, 1, "ours", old).await;
    store_sealed(&store, 2, "ours", new).await;
    let third = store_sealed(&store, 3, "theirs", old).await;
    let batch = store.sealed_records(kind, new, None).await.unwrap();
    assert_eq!((&batch.found, batch.examined), (&vec![first.clone(), third.clone()], 3));
    assert_eq!(batch.next, None);
    let behind = store.sealed_records(kind, new, Some(first.id())).await.unwrap();
    assert_eq!((behind.found, behind.examined), (vec![third], 2));
    assert_eq!(store.sealed_records(kind, old, None).await.unwrap().found.len(), 1);
    assert_eq!(store.sealed_count().await.unwrap(), 3);
}

/// A record is replaced only if it is unchanged since it was read, and nothing else of it changes.
pub async fn only_unchanged_records_are_resealed(store: Store) {
    let (old, new) = (key('a'), key('b'));
    let first = store_sealed(&store, 1, "ours", old).await;
    let second = store_sealed(&store, 2, "ours", old).await;
    let gone = store_sealed(&store, 3, "ours", old).await;
    let ids = [&first, &second, &gone].map(certificate_id);
    let before = store.certificate(&actor().project, ids[0]).await.unwrap();
    let renewed = MadeUp { number: 2, ..MadeUp::new(20) }.to_replacement();
    store.replace(&actor(), ids[1], renewed, NOW).await.unwrap();
    store.delete(&actor(), ids[2], NOW).await.unwrap();
    let replaced = store.bundle(&actor().project, ids[1]).await.unwrap();
    let events = store.events(&AuditQuery::of(&actor().project, 10)).await.unwrap();

    let all = [&gone, &second, &first].map(|record| resealed(record, bytes(new, 7))).to_vec();
    assert_eq!(store.replace_sealed(all.clone()).await.unwrap(), 1);
    assert_eq!(store.replace_sealed(all).await.unwrap(), 0, "once");
    assert_eq!(store.replace_sealed(Vec::new()).await.unwrap(), 0);
    let bundle = store.bundle(&actor().project, ids[0]).await.unwrap();
    assert_eq!((bundle.leaf, bundle.sealed_key), (MadeUp::new(1).leaf(), sealed(new, 7)));
    assert_eq!(store.bundle(&actor().project, ids[1]).await.unwrap(), replaced);
    assert_eq!(store.certificate(&actor().project, ids[0]).await.unwrap(), before);
    assert_eq!(store.events(&AuditQuery::of(&actor().project, 10)).await.unwrap(), events);
    assert_eq!(store.sealed_count().await.unwrap(), 2);
}

/// Batches cover all records, each once.
pub async fn batches_cover_all_sealed_records(store: Store) {
    let (old, new, kind) = (key('a'), key('b'), SealedKind::CertificateKey);
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..1100 {
        let store = store.clone();
        tasks.spawn(async move { store_sealed(&store, number, "ours", old).await });
    }
    tasks.join_all().await;
    for expected in [1100, 0] {
        let (mut after, mut replaced, mut examined) = (None, 0, 0);
        loop {
            let batch = store.sealed_records(kind, new, after).await.unwrap();
            examined += batch.examined;
            let records = batch.found.iter().map(|record| resealed(record, bytes(new, 7)));
            replaced += store.replace_sealed(records.collect()).await.unwrap();
            after = batch.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!((replaced, examined), (expected, 1100));
    }
}

/// Secrets of access keys are resealed as keys of certificates are, also in one call with them.
pub async fn secrets_are_resealed_too(store: Store) {
    let (old, new, kind) = (key('a'), key('b'), SealedKind::AccessKeySecret);
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
    let certificate = store_sealed(&store, 1, "ours", old).await;
    assert_eq!(store.sealed_count().await.unwrap(), 3);
    let id = AccessKeyId::new("AK1");
    let found = SealedRecord::AccessKeySecret { id: id.clone(), sealed: secret(old, 1) };
    let batch = store.sealed_records(kind, new, None).await.unwrap();
    assert_eq!((batch.found, batch.examined, batch.next), (vec![found.clone()], 2, None));
    let changed = Resealed { old: bytes(old, 9), ..resealed(&found, bytes(new, 2)) };
    assert_eq!(store.replace_sealed(vec![changed]).await.unwrap(), 0);
    let both = [&found, &certificate].map(|record| resealed(record, bytes(new, 2))).to_vec();
    assert_eq!(store.replace_sealed(both).await.unwrap(), 2);
    assert_eq!(store.sealed_records(kind, new, None).await.unwrap().found, []);
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
