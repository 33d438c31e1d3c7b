//! Certificates and keys with one bit changed: those that are accepted, other libraries load.

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

/// The variants of a certificate with one bit changed that are accepted in its bundle.
fn accepted(certificate: &str, bundle: impl Fn(String) -> TestBundle) -> Vec<Flipped> {
    assert!(verify(&bundle(certificate.to_owned())).is_ok());
    let is_accepted =
        |flipped: &Flipped| verify(&bundle(pem::encode("CERTIFICATE", &flipped.der))).is_ok();
    flips(&der(certificate)).filter(is_accepted).collect()
}

/// The accepted variants of a self-signed leaf: its signature is not checked where the change makes
/// its issuer another one than its subject.
pub(super) fn accepted_leaves() -> Vec<Flipped> {
    let bundle = alone();
    accepted(&bundle.certificate, |certificate| TestBundle { certificate, ..bundle.clone() })
}

/// The accepted variants of an issuer at the end of a chain, whose signature cannot be checked.
pub(super) fn accepted_issuers() -> Vec<Flipped> {
    let bundle = authority().leaf("www.example.com").issue();
    let with = |certificate_chain| TestBundle { certificate_chain, ..bundle.clone() };
    accepted(&bundle.certificate_chain, with)
}

/// The variants of a key that are accepted with an unchanged public key, with their encoding.
pub(super) fn accepted_keys() -> Vec<(KeyEncoding, Flipped)> {
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
        let accepted: Vec<_> = flips(&der).filter(is_own).collect();
        accepted.into_iter().map(move |flipped| (encoding, flipped))
    };
    small.into_iter().flat_map(of).collect()
}

/// A self-signed leaf.
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
fn no_bit_of_a_leaf_with_its_chain_may_change() {
    for algorithm in [Algorithm::P256, Algorithm::Ed25519, Algorithm::Rsa2048] {
        let bundle = TestAuthority::new(algorithm, NOW).leaf("www.example.com").issue();
        let with = |certificate| TestBundle { certificate, ..bundle.clone() };
        let accepted = accepted(&bundle.certificate, with);
        let places: Vec<_> = accepted.iter().map(|flipped| &flipped.place).collect();
        assert!(places.is_empty(), "{algorithm:?}: {places:?}");
    }
}

#[test]
fn every_accepted_certificate_is_loaded_by_rustls() {
    for accepted in [accepted_leaves(), accepted_issuers()] {
        assert!(!accepted.is_empty(), "some names can be others");
        for Flipped { place, der } in accepted {
            let der = CertificateDer::from(der);
            let error = ParsedCertificate::try_from(&der).err().map(|error| format!("{error:?}"));
            // An unknown critical extension is a warning; the DER is sound.
            let refused = error.filter(|error| !error.contains("UnsupportedCriticalExtension"));
            assert_eq!(refused, None, "{place}");
        }
    }
}

#[test]
fn every_accepted_key_is_loaded_by_rustls() {
    for (encoding, Flipped { place, der }) in accepted_keys() {
        let key = match encoding {
            KeyEncoding::Pkcs8 => PrivateKeyDer::Pkcs8(der.into()),
            KeyEncoding::Sec1 => PrivateKeyDer::Sec1(der.into()),
            KeyEncoding::Pkcs1 => PrivateKeyDer::Pkcs1(der.into()),
        };
        let loaded = aws_lc_rs::default_provider().key_provider.load_private_key(key);
        assert!(loaded.is_ok(), "{place} of {encoding}: {:?}", loaded.err());
    }
}
