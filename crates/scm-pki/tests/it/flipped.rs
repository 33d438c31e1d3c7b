//! Whatever bit of a certificate or key is changed: what is still taken, others load.

use rcgen::{CertificateParams, KeyPair};
use scm_pki::{KeyEncoding, PrivateKey, pem};
use tokio_rustls::rustls::{
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivateKeyDer},
    server::ParsedCertificate,
};
use zeroize::Zeroizing;

use super::*;

/// A DER with one bit changed.
#[derive(Clone)]
pub(super) struct Flipped {
    place: String,
    pub(super) der: Vec<u8>,
}

fn flips(der: &[u8]) -> impl Iterator<Item = Flipped> {
    (0..8 * der.len()).map(|at| {
        let (byte, bit) = (at / 8, at % 8);
        let mut der = der.to_vec();
        der[byte] ^= 1 << bit;
        Flipped { place: format!("bit {bit} of byte {byte}"), der }
    })
}

fn der(pem: &str) -> Vec<u8> {
    let block = pem::scan(pem).next().expect("one block").expect("sound");
    block.decode().expect("sound")
}

/// What is taken of a certificate with one bit changed, in a bundle that is sound with it.
fn taken(certificate: &str, bundle: impl Fn(String) -> TestBundle) -> Vec<Flipped> {
    assert!(verify(&bundle(certificate.to_owned())).is_ok());
    let is_taken =
        |flipped: &Flipped| verify(&bundle(pem::encode("CERTIFICATE", &flipped.der))).is_ok();
    flips(&der(certificate)).filter(is_taken).collect()
}

/// What is taken of a leaf that is signed by itself: its own signature is not checked any more where
/// the change makes another issuer of its subject.
pub(super) fn taken_of_a_leaf_alone() -> Vec<Flipped> {
    let bundle = alone();
    taken(&bundle.certificate, |certificate| TestBundle { certificate, ..bundle.clone() })
}

/// What is taken of an issuer that is the last of a chain: nobody says who signed it.
pub(super) fn taken_of_an_issuer() -> Vec<Flipped> {
    let bundle = authority().leaf("www.example.com").issue();
    let with = |certificate_chain| TestBundle { certificate_chain, ..bundle.clone() };
    taken(&bundle.certificate_chain, with)
}

/// What is taken of a key as the same one, with its form.
pub(super) fn taken_of_keys() -> Vec<(KeyEncoding, Flipped)> {
    use KeyEncoding::{Pkcs8, Sec1};
    let small = [
        (Algorithm::P256, Pkcs8),
        (Algorithm::P256, Sec1),
        (Algorithm::P384, Pkcs8),
        (Algorithm::P384, Sec1),
        (Algorithm::P521, Pkcs8),
        (Algorithm::P521, Sec1),
        (Algorithm::Ed25519, Pkcs8),
    ];
    let of = |(algorithm, encoding)| {
        let authority = TestAuthority::new(algorithm, NOW);
        let bundle = authority.leaf("a.example").key_encoding(encoding).issue();
        let read = |der: Vec<u8>| PrivateKey::from_der(encoding, Zeroizing::new(der));
        let der = der(&bundle.private_key);
        let own = read(der.clone()).expect("sound");
        let is_own = move |flipped: &Flipped| {
            read(flipped.der.clone()).is_ok_and(|key| key.public_key() == own.public_key())
        };
        let taken: Vec<_> = flips(&der).filter(is_own).collect();
        taken.into_iter().map(move |flipped| (encoding, flipped))
    };
    small.into_iter().flat_map(of).collect()
}

/// A leaf that is signed by itself.
fn alone() -> TestBundle {
    let key = KeyPair::generate().expect("P-256");
    let mut params = CertificateParams::new(["www.example.com".to_owned()]).expect("a name");
    (params.not_before, params.not_after) = (NOW, NOW + time::Duration::days(90));
    TestBundle {
        certificate: params.self_signed(&key).expect("sound").pem(),
        certificate_chain: String::new(),
        private_key: key.serialize_pem(),
    }
}

#[test]
fn of_a_leaf_with_its_chain_no_bit_may_change() {
    for algorithm in [Algorithm::P256, Algorithm::Ed25519, Algorithm::Rsa2048] {
        let bundle = TestAuthority::new(algorithm, NOW).leaf("www.example.com").issue();
        let with = |certificate| TestBundle { certificate, ..bundle.clone() };
        let taken = taken(&bundle.certificate, with);
        let places: Vec<_> = taken.iter().map(|flipped| &flipped.place).collect();
        assert!(places.is_empty(), "{algorithm:?}: {places:?}");
    }
}

#[test]
fn what_is_taken_of_a_certificate_is_loaded_by_rustls() {
    for taken in [taken_of_a_leaf_alone(), taken_of_an_issuer()] {
        assert!(!taken.is_empty(), "some names can be others");
        for Flipped { place, der } in taken {
            let der = CertificateDer::from(der);
            let error = ParsedCertificate::try_from(&der).err().map(|error| format!("{error:?}"));
            // That it is critical and unknown is for whoever connects; the bytes are sound.
            let minds = error.filter(|error| !error.contains("UnsupportedCriticalExtension"));
            assert_eq!(minds, None, "{place}");
        }
    }
}

#[test]
fn what_is_taken_of_a_key_is_loaded_by_rustls() {
    for (encoding, Flipped { place, der }) in taken_of_keys() {
        let key = match encoding {
            KeyEncoding::Pkcs8 => PrivateKeyDer::Pkcs8(der.into()),
            KeyEncoding::Sec1 => PrivateKeyDer::Sec1(der.into()),
            KeyEncoding::Pkcs1 => PrivateKeyDer::Pkcs1(der.into()),
        };
        let loaded = aws_lc_rs::default_provider().key_provider.load_private_key(key);
        assert!(loaded.is_ok(), "{place} of {encoding}: {:?}", loaded.err());
    }
}
