//! Certificates with one part changed, refused or just accepted.

use super::*;
use crate::{Certificate, pem, testing};

// Where the parts of TBSCertificate stand.
const VERSION_AT: usize = 0;
const SERIAL_AT: usize = 1;
const ISSUER_AT: usize = 3;
const VALIDITY_AT: usize = 4;
const PUBLIC_KEY_AT: usize = 6;
const EXTENSIONS_AT: usize = 7;

const V1: &[u8] = b"\xa0\x03\x02\x01\x00";
const V2: &[u8] = b"\xa0\x03\x02\x01\x01";
const NAMES: &[u8] = b"\x30\x0c\x06\x03\x55\x1d\x11\x04\x05\x30\x03\x82\x01a";

type Outcome = Result<(), CertificateError>;

fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = u16::try_from(content.len()).expect("short").to_be_bytes();
    let header = match length {
        [0, low @ 0..=0x7f] => vec![tag, low],
        [0, low] => vec![tag, 0x81, low],
        [high, low] => vec![tag, 0x82, high, low],
    };
    [header, content].concat()
}

fn parts(whole: &[u8]) -> Vec<Vec<u8>> {
    let mut rest = Elements(whole).any().expect("an element").parts();
    std::iter::from_fn(|| rest.any().ok()).map(|part| part.whole.to_vec()).collect()
}

fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    element(SEQUENCE, &parts.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

fn sound() -> Vec<u8> {
    let now = ::time::OffsetDateTime::UNIX_EPOCH + ::time::Duration::days(20_000);
    let bundle = testing::TestAuthority::new(testing::Algorithm::P256, now).leaf("a").issue();
    let block = pem::scan(&bundle.certificate).next().expect("one").expect("sound");
    block.decode().expect("sound")
}

/// What becomes of a sound certificate whose signed part is changed.
fn changed(change: impl FnOnce(&mut Vec<Vec<u8>>)) -> Outcome {
    let mut outer = parts(&sound());
    let mut signed = parts(&outer[0]);
    change(&mut signed);
    outer[0] = sequence(&signed);
    Certificate::from_der(sequence(&outer)).map(|_| ())
}

fn with(at: usize, part: &[u8]) -> Outcome {
    changed(|signed| signed[at] = part.to_vec())
}

fn with_extensions(extensions: &[&[u8]]) -> Outcome {
    with(EXTENSIONS_AT, &element(EXTENSIONS, &[&element(SEQUENCE, extensions)]))
}

#[test]
fn versions_have_their_parts() {
    assert_eq!(changed(|_| {}), Ok(()));
    assert_eq!(with(VERSION_AT, V1), Err(CertificateError::BeyondVersion));
    assert_eq!(with(VERSION_AT, V2), Err(CertificateError::BeyondVersion));
    for other in [&b"\xa0\x03\x02\x01\x03"[..], b"\xa0\x03\x02\x01\xff", b"\xa0\x04\x02\x02\x01\0"]
    {
        assert_eq!(with(VERSION_AT, other), Err(CertificateError::Version), "{other:x?}");
    }
    let without_extensions = |version: &[u8], ids: &[&[u8]]| {
        changed(|signed| {
            signed[VERSION_AT] = version.to_vec();
            signed.truncate(EXTENSIONS_AT);
            signed.extend(ids.iter().map(|id| id.to_vec()));
        })
    };
    let (issuer, subject) = (&b"\x81\x02\x00i"[..], &b"\x82\x02\x07\x80"[..]);
    assert_eq!(without_extensions(b"", &[]), Ok(()));
    assert_eq!(without_extensions(V1, &[]), Ok(()));
    assert_eq!(without_extensions(V1, &[subject]), Err(CertificateError::BeyondVersion));
    assert_eq!(without_extensions(V2, &[issuer, subject]), Ok(()));
    for ids in [&[subject, issuer][..], &[b"\x81\x01\x01"], &[b"\xa1\x02\x00i"]] {
        assert_eq!(without_extensions(V2, ids), Err(CertificateError::Structure), "{ids:x?}");
    }
}

#[test]
fn serial_numbers_are_whole_but_may_be_odd() {
    let long = element(2, &[&[0x7f; 1000]]);
    for odd in [&b"\x02\x01\x00"[..], b"\x02\x01\x80", b"\x02\x02\x00\x80", &long] {
        assert_eq!(with(SERIAL_AT, odd), Ok(()), "{odd:x?}");
    }
    for bad in [&b"\x02\x00"[..], b"\x02\x03\x00\x00\x01", b"\x02\x02\xff\xff", b"\x04\x01\x01"] {
        assert_eq!(with(SERIAL_AT, bad), Err(CertificateError::Structure), "{bad:x?}");
    }
}

#[test]
fn names_are_sets_of_attributes() {
    let name = |attribute: &[u8]| element(SEQUENCE, &[&element(0x31, &[attribute])]);
    let of = |attribute: &[u8]| with(ISSUER_AT, &name(attribute));
    assert_eq!(with(ISSUER_AT, b"\x30\x00"), Ok(()));
    assert_eq!(of(b"\x30\x08\x06\x03\x55\x04\x03\x0c\x01a"), Ok(()));
    assert_eq!(of(b"\x30\x08\x06\x03\x55\x04\x03\x0c\x01\xff"), Err(CertificateError::Text));
    for bad in [
        &b"\x30\x05\x06\x03\x55\x04\x03"[..],
        b"\x30\x08\x06\x03\x55\x04\x83\x0c\x01a",
        b"\x30\x0a\x06\x03\x55\x04\x03\x0c\x01a\x05\x00",
        b"\x31\x08\x06\x03\x55\x04\x03\x0c\x01a",
    ] {
        assert_eq!(of(bad), Err(CertificateError::Structure), "{bad:x?}");
    }
}

#[test]
fn validity_ends_after_it_begins() {
    let date = |year: &str| element(0x17, &[format!("{year}0101000000Z").as_bytes()]);
    let validity = |from, to| with(VALIDITY_AT, &element(SEQUENCE, &[&date(from), &date(to)]));
    assert_eq!(validity("30", "30"), Ok(()));
    assert_eq!(validity("31", "30"), Err(CertificateError::Validity));
    let three = element(SEQUENCE, &[&date("30"), &date("31"), &date("32")]);
    assert_eq!(with(VALIDITY_AT, &three), Err(CertificateError::Structure));
}

#[test]
fn public_keys_have_the_parameters_of_their_kind() {
    let ed25519 = |parameters: &[u8]| {
        let algorithm = element(SEQUENCE, &[b"\x06\x03\x2b\x65\x70", parameters]);
        let bits = element(3, &[&[0; 33]]);
        with(PUBLIC_KEY_AT, &element(SEQUENCE, &[&algorithm, &bits]))
    };
    assert_eq!(ed25519(b""), Ok(()));
    assert_eq!(ed25519(b"\x05\x00"), Err(CertificateError::PublicKey));
    assert_eq!(ed25519(b"\x05\x00\x05\x00"), Err(CertificateError::Structure));
    let curve = |identifier: &[u8]| {
        let algorithm = element(SEQUENCE, &[b"\x06\x07\x2a\x86\x48\xce\x3d\x02\x01", identifier]);
        let bits = element(3, &[b"\x00\x02"]);
        with(PUBLIC_KEY_AT, &element(SEQUENCE, &[&algorithm, &bits]))
    };
    assert_eq!(curve(b"\x06\x05\x2b\x81\x04\x00\x0a"), Ok(()), "not supported, but a curve");
    assert_eq!(curve(b"\x06\x05\x2b\x80\x04\x00\x0a"), Err(CertificateError::Structure));
    assert_eq!(curve(b"\x04\x00"), Err(CertificateError::PublicKey));
    let rsa = |parameters: &[u8]| {
        let oid = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01";
        let algorithm = element(SEQUENCE, &[oid, parameters]);
        let bits = element(3, &[b"\x00\x30\x06\x02\x01\x0f\x02\x01\x03"]);
        with(PUBLIC_KEY_AT, &element(SEQUENCE, &[&algorithm, &bits]))
    };
    assert_eq!(rsa(b"\x05\x00"), Ok(()));
    assert_eq!(rsa(b""), Err(CertificateError::PublicKey));
    assert_eq!(rsa(b"\x04\x00"), Err(CertificateError::PublicKey));
    assert_eq!(rsa(b"\x05\x01\x00"), Err(CertificateError::Structure));
}

#[test]
fn extensions_are_whole_and_no_poison_is_among_them() {
    assert_eq!(with_extensions(&[]), Ok(()), "some exist, and all load them");
    assert_eq!(with_extensions(&[NAMES]), Ok(()));
    let extension = "subjectAltName";
    assert_eq!(with_extensions(&[NAMES, NAMES]), Err(CertificateError::Extension { extension }));
    let poison =
        b"\x30\x13\x06\x0a\x2b\x06\x01\x04\x01\xd6\x79\x02\x04\x03\x01\x01\xff\x04\x02\x05\x00";
    assert_eq!(with_extensions(&[NAMES, poison]), Err(CertificateError::Precertificate));
    for bad in [
        &b"\x30\x04\x06\x00\x04\x00"[..],
        b"\x30\x06\x06\x02\x2a\xff\x04\x00",
        b"\x30\x08\x06\x01\x2a\x01\x01\x01\x04\x00",
        b"\x30\x07\x06\x01\x2a\x04\x00\x05\x00",
        b"\x30\x05\x06\x01\x2a\x05\x00",
    ] {
        assert_eq!(with_extensions(&[bad]), Err(CertificateError::Structure), "{bad:x?}");
    }
}

#[test]
fn what_stands_outside_the_signature_is_read_strictly() {
    let [signed, algorithm, signature] =
        <[Vec<u8>; 3]>::try_from(parts(&sound())).expect("three parts");
    let of = |tag: u8, parts: &[&[u8]]| Certificate::from_der(element(tag, parts)).map(|_| ());
    assert_eq!(of(SEQUENCE, &[&signed, &algorithm, &signature]), Ok(()));
    let cut = Err(CertificateError::Structure);
    assert_eq!(of(0x31, &[&signed, &algorithm, &signature]), cut);
    assert_eq!(of(SEQUENCE, &[&signed, &algorithm, &signature, &signature]), cut);
    let odd_bits = element(3, &[&[1], &signature[3..]]);
    assert_eq!(of(SEQUENCE, &[&signed, &algorithm, &odd_bits]), cut);
    let other = b"\x30\x05\x06\x03\x2b\x65\x70";
    let two = Err(CertificateError::TwoAlgorithms);
    assert_eq!(of(SEQUENCE, &[&signed, other, &signature]), two);
}
