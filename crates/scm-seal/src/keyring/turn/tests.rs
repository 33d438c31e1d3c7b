//! What a keyring's file goes through while it is turned, and what must not happen to it.

use std::{
    fs::{self, Permissions},
    os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink},
    path::PathBuf,
    thread,
};

use scm_pki::{
    Policy, PrivateKey, Verifier,
    testing::{Algorithm, TestAuthority},
};
use tempfile::TempDir;
use time::macros::datetime;

use super::*;
use crate::{KeyringError as E, UnsealError};

fn made() -> (TempDir, PathBuf, Keyring) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("keyring.json");
    let keyring = Keyring::create(&path).unwrap();
    (folder, path, keyring)
}

fn names_in(folder: &TempDir) -> Vec<String> {
    let files = fs::read_dir(folder).unwrap();
    files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect()
}

fn key() -> PrivateKey {
    let now = datetime!(2026-06-01 12:00 UTC);
    let bundle = TestAuthority::new(Algorithm::P256, now).leaf("www.example.com").issue();
    Verifier::new(Policy::default()).verify(bundle.read(), now).unwrap().into_parts().2
}

#[test]
fn a_key_is_prepared_takes_over_and_the_old_one_goes() {
    let (folder, path, first) = made();
    let old = first.active_id();
    let key = key();
    let sealed = first.seal("id", "project", key.public_key(), &key);
    let secret = first.seal_secret("access-key", "AK", b"hunter2");
    assert_eq!((sealed.key_id().unwrap(), secret.key_id().unwrap()), (old, old));

    let prepared = first.prepare(&path).unwrap();
    let new = prepared.prepared_id().unwrap();
    assert_eq!((prepared.active_id(), prepared.old_ids()), (old, vec![]));
    let turned = prepared.activate(&path).unwrap();
    assert_eq!((turned.active_id(), turned.prepared_id()), (new, None));
    assert_eq!(turned.old_ids(), [old]);

    let resealed = turned.reseal(&turned, "id", "project", key.public_key(), &sealed).unwrap();
    let secret = turned.reseal_secret(&turned, "access-key", "AK", &secret).unwrap();
    assert_eq!((resealed.key_id().unwrap(), secret.key_id().unwrap()), (new, new));
    let opened = prepared.unseal("id", "project", key.public_key(), &resealed).unwrap();
    assert_eq!(opened.secret_der(), key.secret_der(), "the prepared key opens it");

    let left = turned.forget_old(&path).unwrap();
    assert_eq!(
        (left.active_id(), left.old_ids(), left.keyring_id()),
        (new, vec![], first.keyring_id())
    );
    let read = Keyring::open(&path).unwrap();
    assert_eq!(*read.unseal_secret("access-key", "AK", &secret).unwrap(), b"hunter2");
    let opened = read.unseal("id", "project", key.public_key(), &resealed).unwrap();
    assert_eq!((opened.encoding(), opened.secret_der()), (key.encoding(), key.secret_der()));
    let refused = read.unseal("id", "project", key.public_key(), &sealed);
    assert!(matches!(refused, Err(UnsealError::UnknownKey { key_id }) if key_id == old));
    assert_eq!(names_in(&folder), ["keyring.json"]);
}

#[test]
fn what_is_altered_or_belongs_elsewhere_is_not_resealed() {
    let (_folder, _, keyring) = made();
    let key = key();
    let sealed = keyring.seal("id", "project", key.public_key(), &key);
    let refused = keyring.reseal(&keyring, "id", "another", key.public_key(), &sealed);
    assert!(matches!(refused, Err(UnsealError::Refused)));
    let secret = keyring.seal_secret("access-key", "AK", b"hunter2");
    let refused = keyring.reseal_secret(&keyring, "access-key", "another", &secret);
    assert!(matches!(refused, Err(UnsealError::Refused)));
}

#[test]
fn a_keyring_that_another_process_changed_is_left_alone() {
    let (_folder, path, seen) = made();
    let theirs = seen.prepare(&path).unwrap();
    for refused in [seen.prepare(&path), seen.activate(&path), seen.forget_old(&path)] {
        assert!(matches!(refused, Err(E::Changed { .. })), "{refused:?}");
    }
    assert_eq!(Keyring::open(&path).unwrap().prepared_id(), theirs.prepared_id());
    let other = path.with_file_name("other.json");
    Keyring::create(&other).unwrap();
    fs::rename(&other, &path).unwrap();
    assert!(matches!(theirs.activate(&path), Err(E::Changed { .. })));
}

#[test]
fn of_many_at_once_one_changes_the_ring() {
    let (folder, path, seen) = made();
    let at_once = thread::scope(|scope| {
        let one = || scope.spawn(|| seen.prepare(&path));
        let all: Vec<_> = (0..8).map(|_| one()).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect::<Vec<_>>()
    });
    let done: Vec<_> = at_once.iter().flatten().collect();
    assert_eq!(done.len(), 1, "{at_once:?}");
    assert_eq!(Keyring::open(&path).unwrap().prepared_id(), done[0].prepared_id());
    assert_eq!(names_in(&folder), ["keyring.json"]);
}

#[test]
fn preparing_again_adds_nothing() {
    let (_folder, path, keyring) = made();
    let prepared = keyring.prepare(&path).unwrap();
    let again = prepared.prepare(&path).unwrap();
    assert_eq!(again.prepared_id(), prepared.prepared_id());
    assert_eq!(again.keys.len(), 2);
}

#[test]
fn a_concurrent_reader_finds_it_complete() {
    let (_folder, path, mut keyring) = made();
    thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut most = 0;
            while most < 9 {
                most = most.max(Keyring::open(&path).unwrap().keys.len());
            }
        });
        for _ in 0..8 {
            keyring = keyring.prepare(&path).unwrap().activate(&path).unwrap();
        }
        reader.join().unwrap();
    });
}

#[test]
fn mode_and_link_stay_and_what_a_killed_one_left_goes() {
    let (folder, path, keyring) = made();
    let link = folder.path().join("link");
    symlink("keyring.json", &link).unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o400)).unwrap();
    let left = folder.path().join(".keyring.json.0123456789abcdef0123456789abcdef");
    fs::write(&left, "a copy of the keys").unwrap();
    let unrelated = folder.path().join(".keyring.json.swp");
    fs::write(&unrelated, "").unwrap();

    let prepared = keyring.prepare(&link).unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(Keyring::open(&path).unwrap().prepared_id(), prepared.prepared_id());
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o400);
    assert!(!left.exists() && unrelated.exists());
}

#[test]
fn the_owner_stays_whichever_user_rotates_it() {
    let (_folder, path, keyring) = made();
    // Only root may give a file away, and only for root it matters.
    let given = chown(&path, Some(54_321), Some(54_322)).is_ok();
    keyring.prepare(&path).unwrap();
    let now = fs::metadata(&path).unwrap();
    assert_eq!((now.uid(), now.gid()) == (54_321, 54_322), given);
}

#[test]
fn where_nothing_can_be_written_nothing_is_changed() {
    // So long a name that there is none for a draft.
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("k".repeat(250));
    let (_made, made, keyring) = made();
    fs::rename(made, &path).unwrap();
    let before = fs::read(&path).unwrap();
    assert!(matches!(keyring.prepare(&path), Err(E::Unwritable { .. })));
    assert_eq!(fs::read(&path).unwrap(), before);
    fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
    assert!(matches!(keyring.prepare(&path), Err(E::TooOpen { .. })));
    fs::remove_file(&path).unwrap();
    assert!(matches!(keyring.prepare(&path), Err(E::Missing { .. })));
}

#[test]
fn a_ring_is_read_from_text_as_from_its_file() {
    let (_folder, path, keyring) = made();
    let text = fs::read_to_string(&path).unwrap();
    let place = Path::new("SCM_KEYRING");
    assert_eq!(Keyring::from_text(&text, place).unwrap().active_id(), keyring.active_id());
    let message = Keyring::from_text(&text[..60], place).unwrap_err().to_string();
    assert!(
        message.starts_with("the keyring at SCM_KEYRING is malformed: not the JSON"),
        "{message}"
    );
}
