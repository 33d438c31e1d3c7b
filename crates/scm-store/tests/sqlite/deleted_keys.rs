//! Sealed keys that were deleted, replaced or sealed again leave the file and later backups.

use std::{fs, path::Path};

use scm_seal::SealedKey;
use scm_store::{Change, Resealed, SealedId};

use super::*;

/// Enough for several pages, some of which become free.
const CERTIFICATES: u64 = 120;
/// Ids come in blocks: certificates of a later block may have smaller ids, and split pages.
const BLOCK: u64 = 40;

#[tokio::test]
async fn deleted_keys_are_gone_from_the_file_and_from_backups() {
    let (store, folder) = new_store().await;
    for number in (0..CERTIFICATES).map(shuffled) {
        let new = MadeUp { sealed_key: sealed(number), ..MadeUp::new(number) };
        store.insert(&actor(), new.to_new()).await.unwrap();
    }
    for number in 0..CERTIFICATES {
        remove_key(&store, number).await;
    }
    store.close().await;

    assert!(!folder.path().join("store.db-wal").exists(), "a closed store has no log");
    let backup = folder.path().join("backup.db");
    let file = folder.path().join("store.db");
    scm_store::snapshot(file.clone(), backup.clone(), |_, _| {}).await.unwrap();
    for file in [file, backup] {
        assert_eq!(keys_in(&file), (0..CERTIFICATES).filter(is_untouched).collect::<Vec<_>>());
    }
}

/// Deletes, replaces, seals again, or changes the name only.
async fn remove_key(store: &Store, number: u64) {
    let by = actor();
    match number % 6 {
        0..3 => store.delete(&by, id(number), NOW).await.unwrap(),
        3 => {
            let other = MadeUp::new(number + 1000).to_replacement();
            store.replace(&by, id(number), other, NOW).await.unwrap();
        }
        4 => {
            let old = sealed(number).as_bytes().to_vec();
            let id = SealedId::Certificate(id(number));
            let resealed = Resealed { id, old, new: vec![1; 900] };
            assert_eq!(store.replace_sealed(vec![resealed]).await.unwrap(), 1);
        }
        _ => {
            let change = Change { name: Some("another name".into()), ..Change::default() };
            store.update(&by, id(number), change, NOW).await.unwrap();
        }
    }
}

fn is_untouched(number: &u64) -> bool {
    number % 6 == 5
}

/// The blocks in descending order, the numbers in each in ascending order.
fn shuffled(position: u64) -> u64 {
    CERTIFICATES - BLOCK * (position / BLOCK + 1) + position % BLOCK
}

fn sealed(number: u64) -> SealedKey {
    SealedKey::from_kept(pattern(number).repeat(40))
}

/// Bytes that occur nowhere else, and no part of which is that of another number.
fn pattern(number: u64) -> Vec<u8> {
    format!("<sealed key {number:08}>").into_bytes()
}

/// The keys of which at least one piece is in the file.
fn keys_in(file: &Path) -> Vec<u64> {
    let bytes = fs::read(file).unwrap();
    let is_there = |number: &u64| {
        let pattern = pattern(*number);
        bytes.windows(pattern.len()).any(|window| window == pattern)
    };
    (0..CERTIFICATES).filter(is_there).collect()
}
