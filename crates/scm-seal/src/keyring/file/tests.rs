//! What a keyring's file must be, and what is refused.

use std::process::Command;

use tempfile::TempDir;

use super::*;
use crate::KeyringError as E;

const KEYRING: &str = r#"{"version":1,"ring_id":"00000000000000000000000000000001",
    "active":"00000000000000000000000000000003","keys":[
    {"id":"00000000000000000000000000000002","secret":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="},
    {"id":"00000000000000000000000000000003","secret":"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="}]}"#;

#[test]
fn what_was_made_is_opened_again() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("keyring.json");
    let made = Keyring::create(&path).unwrap();
    let opened = Keyring::open(&path).unwrap();
    assert_eq!(opened.keyring_id(), made.keyring_id());
    assert_eq!(opened.active().id, made.active().id);
    assert_eq!(*opened.active().secret, *made.active().secret);
    assert_ne!(*made.active().secret, [0; MASTER_KEY_LEN]);
    let mode = fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o7777, 0o600);
    assert_eq!(names_in(&folder), ["keyring.json"]);
}

#[test]
fn two_rings_are_never_alike() {
    let folder = TempDir::new().unwrap();
    let [a, b] = ["a", "b"].map(|name| Keyring::create(&folder.path().join(name)).unwrap());
    assert_ne!(a.keyring_id(), b.keyring_id());
    assert_ne!(a.active().id, b.active().id);
    assert_ne!(*a.active().secret, *b.active().secret);
}

#[test]
fn nothing_is_overwritten() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("keyring.json");
    fs::write(&path, "precious").unwrap();
    assert!(matches!(Keyring::create(&path), Err(E::Exists { .. })));
    assert_eq!(fs::read(&path).unwrap(), b"precious");
    assert_eq!(names_in(&folder), ["keyring.json"]);
}

#[test]
fn a_folder_that_is_not_there_is_unwritable() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("none/keyring.json");
    assert!(matches!(Keyring::create(&path), Err(E::Unwritable { .. })));
    assert!(matches!(Keyring::create(Path::new("/")), Err(E::Unwritable { .. })));
    assert!(matches!(Keyring::open(&path), Err(E::Missing { .. })));
    assert!(matches!(Keyring::open(folder.path()), Err(E::Malformed { .. })));
    let pipe = folder.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    assert!(matches!(Keyring::open(&pipe), Err(E::Malformed { .. })));
}

#[test]
fn the_active_key_need_not_be_the_first() {
    let keyring = opened(KEYRING, 0o600).unwrap();
    assert_eq!(keyring.keys.len(), 2);
    assert_eq!(*keyring.active().secret, [1; 32]);
    assert!(opened(KEYRING, 0o400).is_ok());
}

#[test]
fn a_file_that_others_may_touch_is_refused() {
    for mode in [0o640, 0o604, 0o620, 0o660, 0o700, 0o644] {
        let refused = opened(KEYRING, mode);
        assert!(matches!(refused, Err(E::TooOpen { mode: m, .. }) if m == mode), "{refused:?}");
    }
    let message = opened(KEYRING, 0o644).unwrap_err().to_string();
    assert!(message.contains("0644") && message.contains("chmod 600"), "{message}");
}

#[test]
fn another_version_is_named() {
    let refused = opened(r#"{"version":3,"vault":"elsewhere"}"#, 0o600);
    assert!(matches!(refused, Err(E::UnknownVersion { found: 3, .. })), "{refused:?}");
}

#[test]
fn what_is_malformed_is_refused_without_a_word_of_it() {
    let secret = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
    for (from, to) in [
        ("{\"version\"", "version"),
        ("\"version\":1,", ""),
        ("\"version\":1", "\"version\":\"AQEBAQEB\""),
        ("\"ring_id\":\"0", "\"ring_id\":\"x"),
        ("\"active\":\"00000000000000000000000000000003\"", "\"active\":\"\""),
        (
            "\"active\":\"0000000000000000000000000000000",
            "\"active\":\"1000000000000000000000000000000",
        ),
        (
            "{\"id\":\"00000000000000000000000000000002",
            "{\"id\":\"00000000000000000000000000000003",
        ),
        (secret, "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE"),
        (secret, "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB"),
        (secret, ""),
        ("\"secret\":\"AQ", "\"secret\":123,\"more\":\"AQ"),
        ("}]}", "}]"),
    ] {
        assert!(KEYRING.contains(from), "{from}");
        let refused = opened(&KEYRING.replacen(from, to, 1), 0o600);
        let Err(E::Malformed { what, .. }) = refused else { panic!("{to}: {refused:?}") };
        assert!(!what.contains("AQEB"), "{what}");
    }
    let empty = KEYRING.split_once("\"keys\":[").unwrap().0.to_owned() + "\"keys\":[]}";
    assert!(matches!(opened(&empty, 0o600), Err(E::Malformed { .. })));
    let long = KEYRING.to_owned() + &" ".repeat(LENGTH_LIMIT as usize);
    assert!(matches!(opened(&long, 0o600), Err(E::Malformed { .. })));
}

#[test]
fn a_changed_digit_of_a_key_its_id_or_its_check_value_is_refused() {
    let text = String::from_utf8(to_text(&opened(KEYRING, 0o600).unwrap()).to_vec()).unwrap();
    assert!(opened(&text, 0o600).is_ok());
    for field in ["\"id\": \"", "\"secret\": \"", "\"check\": \""] {
        let start = text.find(field).unwrap() + field.len();
        let length = text[start..].find('"').unwrap();
        // The last digit of 32 bytes in base64 has bits that stand for nothing; "=" is none.
        for at in start..start + length - 2 {
            let other = if text.as_bytes()[at] == b'1' { "2" } else { "1" };
            let mut changed = text.clone();
            changed.replace_range(at..=at, other);
            let refused = opened(&changed, 0o600);
            assert!(matches!(refused, Err(E::Damaged { .. })), "{field}{at}: {refused:?}");
        }
    }
    let without = text.replace("\"check\"", "\"chock\"");
    assert!(matches!(opened(&without, 0o600), Err(E::Malformed { .. })));
    let without = KEYRING.replace("\"version\":1", "\"version\":2");
    assert!(matches!(opened(&without, 0o600), Err(E::Malformed { .. })));
}

#[test]
fn a_file_without_check_values_gets_them_once() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("keyring.json");
    fs::write(&path, KEYRING).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    let before = Keyring::open(&path).unwrap();
    before.add_check_values(&path).unwrap();
    let after = Keyring::open(&path).unwrap();
    assert_eq!(after.checks(), before.checks());
    let written = fs::read(&path).unwrap();
    assert!(!lacks_checks(&path).unwrap());
    before.add_check_values(&path).unwrap();
    assert_eq!(fs::read(&path).unwrap(), written);
    // What was damaged since it was read is not confirmed.
    fs::write(&path, KEYRING.replace("AQEBAQEB", "AQEBAQEC")).unwrap();
    assert!(matches!(before.add_check_values(&path), Err(E::Changed { .. })));
}

/// Computed from the text of `check.rs` with another library. It never changes: stores have recorded it.
#[test]
fn check_values_are_as_they_always_were() {
    let checks = opened(KEYRING, 0o600).unwrap().checks();
    let written: Vec<_> = checks.iter().map(|check| check.value.to_string()).collect();
    assert_eq!(written, ["c4b5b93a8253b829d07afc2d11749693", "8b284b5e3db525c6fb409c65d1958122"]);
}

#[test]
fn writing_never_moves_the_text() {
    let keyring = opened(KEYRING, 0o600).unwrap();
    let text = to_text(&keyring);
    assert_eq!(text.capacity(), LENGTH_PER_KEY * 3);
}

fn opened(text: &str, mode: u32) -> Result<Keyring, KeyringError> {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("keyring.json");
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    Keyring::open(&path)
}

fn names_in(folder: &TempDir) -> Vec<OsString> {
    fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name()).collect()
}
