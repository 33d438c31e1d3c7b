//! Authorities: a certificate with the key that issues others.

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, PublicKeyData,
};

use super::{Validity, certificates};

/// A root or an intermediate.
pub(super) struct Member {
    params: CertificateParams,
    pub(super) key: KeyPair,
    pub(super) der: Vec<u8>,
}

impl Member {
    /// A root, signed by itself.
    pub(super) fn root(name: &str, key: KeyPair, valid: Validity) -> Self {
        let params = authority(name, valid);
        let der = params.self_signed(&key).expect("sound parameters").der().to_vec();
        Self { params, key, der }
    }

    /// An intermediate, changed before it is signed as `change` wants.
    pub(super) fn issue_authority(
        &self,
        name: &str,
        key: KeyPair,
        valid: Validity,
        change: impl FnOnce(&mut CertificateParams),
    ) -> Self {
        let mut params = authority(name, valid);
        change(&mut params);
        let der = self.sign(&params, &key);
        Self { params, key, der }
    }

    /// Signs a certificate over a key.
    pub(super) fn sign(&self, params: &CertificateParams, key: &impl PublicKeyData) -> Vec<u8> {
        let issuer = Issuer::from_params(&self.params, &self.key);
        params.signed_by(key, &issuer).expect("sound parameters").der().to_vec()
    }

    /// A certificate over the key of another authority, under its name.
    pub(super) fn certify(&self, other: &Self) -> Vec<u8> {
        self.sign(&other.params, &other.key)
    }

    pub(super) fn pem(&self) -> String {
        certificates(&[&self.der])
    }
}

fn authority(name: &str, valid: Validity) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = subject(name);
    params.distinguished_name.push(DnType::OrganizationName, "Example");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.not_before = valid.not_before;
    params.not_after = valid.not_after;
    params
}

/// A subject with a common name.
pub(super) fn subject(name: &str) -> DistinguishedName {
    let mut subject = DistinguishedName::new();
    subject.push(DnType::CommonName, name);
    subject
}
