//! Builds a leaf and its bundle, sound or with one flaw.

use std::net::IpAddr;

use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, KeyPair, KeyUsagePurpose, NameConstraints,
    PublicKeyData, SanType,
};
use time::Duration;

use super::{
    Algorithm, Flaw, Member, TestAuthority, TestBundle, Validity, certificates,
    chain::subject,
    keys::{self, Slot},
    weak,
};
use crate::{KeyEncoding, pem};

/// A leaf to be issued; see [`TestAuthority::leaf`].
pub struct TestLeaf<'a> {
    authority: &'a TestAuthority,
    names: Vec<String>,
    common_name: Option<String>,
    valid: Validity,
    encoding: KeyEncoding,
    root: bool,
    flaw: Option<Flaw>,
}

impl<'a> TestLeaf<'a> {
    pub(super) fn new(authority: &'a TestAuthority, name: &str) -> Self {
        Self {
            authority,
            names: vec![name.to_owned()],
            common_name: Some(name.to_owned()),
            valid: Validity::around(authority.now, Duration::days(90)),
            encoding: KeyEncoding::Pkcs8,
            root: false,
            flaw: None,
        }
    }

    /// A further name.
    pub fn also(mut self, name: &str) -> Self {
        self.names.push(name.to_owned());
        self
    }

    /// Another common name than the first name; `None` for a subject without one.
    pub fn common_name(mut self, name: Option<&str>) -> Self {
        self.common_name = name.map(str::to_owned);
        self
    }

    /// Valid for `length` from now (by default 90 days).
    pub fn valid_for(mut self, length: Duration) -> Self {
        self.valid = Validity::around(self.authority.now, length);
        self
    }

    /// Valid from tomorrow on. That is not a flaw.
    pub fn not_yet_valid(mut self) -> Self {
        self.valid.not_before = self.authority.now + Duration::days(1);
        self
    }

    /// The key in another encoding than PKCS#8: PKCS#1 for RSA, SEC1 for curves.
    pub fn key_encoding(mut self, encoding: KeyEncoding) -> Self {
        self.encoding = encoding;
        self
    }

    /// The root too, at the end of the chain.
    pub fn with_root(mut self) -> Self {
        self.root = true;
        self
    }

    /// With exactly one defect.
    pub fn flaw(mut self, flaw: Flaw) -> Self {
        self.flaw = Some(flaw);
        self
    }

    /// Issues the leaf.
    ///
    /// # Panics
    /// A name is not ASCII, or the kind of key has no such encoding.
    pub fn issue(self) -> TestBundle {
        let algorithm = self.authority.algorithm;
        let key = keys::pair(algorithm, Slot::Leaf);
        let mut bundle = match self.flaw {
            Some(Flaw::WeakKey) => self.with_weak_key(),
            Some(Flaw::WeakSignature) => self.with_weak_signature(&key),
            _ => self.with_key(&key),
        };
        match self.flaw {
            Some(Flaw::WrongKey) => {
                let other = keys::pair(algorithm, Slot::Other);
                bundle.private_key = keys::pem(algorithm, &other, self.encoding);
            }
            Some(Flaw::IssuersKey) => {
                let issuers = &self.authority.intermediate.key;
                bundle.private_key = keys::pem(algorithm, issuers, self.encoding);
            }
            Some(flaw) => spoil_text(&mut bundle, flaw, &key),
            None => {}
        }
        bundle
    }

    fn with_key(&self, key: &KeyPair) -> TestBundle {
        let others = self.other_intermediates();
        let issuer = others.first().unwrap_or(&self.authority.intermediate);
        let mut leaf = issuer.sign(&self.params(), key);
        if self.flaw == Some(Flaw::BadSignature) {
            leaf = last_changed(leaf);
        }
        let private_key = keys::pem(self.authority.algorithm, key, self.encoding);
        bundle(&leaf, &self.chain(&others), private_key)
    }

    fn chain(&self, others: &[Member]) -> Vec<Vec<u8>> {
        let intermediate = self.authority.intermediate.der.clone();
        let root = self.authority.root.der.clone();
        match self.flaw {
            Some(Flaw::WrongOrder) => vec![root, intermediate],
            Some(Flaw::Repeated) => vec![intermediate.clone(), intermediate],
            Some(Flaw::MissingLink) => vec![root],
            Some(Flaw::BadRootSignature) => vec![intermediate, last_changed(root)],
            Some(Flaw::AfterRoot) => vec![intermediate, root, self.unrelated_root()],
            Some(Flaw::NoChain) => Vec::new(),
            Some(Flaw::Loop) => {
                vec![intermediate, self.authority.intermediate.certify(&self.authority.root)]
            }
            _ => {
                let own = if others.is_empty() { Some(intermediate) } else { None };
                let others = others.iter().map(|member| member.der.clone());
                own.into_iter().chain(others).chain(self.root.then_some(root)).collect()
            }
        }
    }

    /// A root that issued none of the others.
    fn unrelated_root(&self) -> Vec<u8> {
        Member::root("Unrelated Root", keys::pair(Algorithm::P256, Slot::Other), self.valid).der
    }

    /// Other intermediates than the authority's own, from the leaf's issuer upwards, if the flaw
    /// is theirs.
    fn other_intermediates(&self) -> Vec<Member> {
        let TestAuthority { algorithm, now, root, .. } = self.authority;
        let sound = Validity::around(*now, Duration::days(1000));
        let key = || keys::pair(*algorithm, Slot::Intermediate);
        let one = |valid, change: fn(&mut CertificateParams)| {
            vec![root.issue_authority("Test Intermediate", key(), valid, change)]
        };
        match self.flaw {
            Some(Flaw::NotCa) => one(sound, |params| {
                params.is_ca = IsCa::ExplicitNoCa;
            }),
            Some(Flaw::NoCertSign) => one(sound, |params| {
                params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
            }),
            Some(Flaw::NameNotPermitted) => one(sound, |params| {
                let excluded = vec![GeneralSubtree::DnsName("example.com".to_owned())];
                params.name_constraints = Some(NameConstraints {
                    permitted_subtrees: Vec::new(),
                    excluded_subtrees: excluded,
                });
            }),
            Some(Flaw::ExpiredIntermediate) => one(Validity::over(*now), |_| {}),
            Some(Flaw::PathTooLong) => {
                let upper = root.issue_authority("Test Upper", key(), sound, |params| {
                    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
                });
                let lower = keys::pair(*algorithm, Slot::Other);
                vec![upper.issue_authority("Test Lower", lower, sound, |_| {}), upper]
            }
            _ => Vec::new(),
        }
    }

    fn with_weak_key(&self) -> TestBundle {
        let key = weak::key();
        let intermediate = &self.authority.intermediate;
        let leaf = intermediate.sign(&self.params(), key);
        bundle(&leaf, std::slice::from_ref(&intermediate.der), key.pem())
    }

    fn with_weak_signature(&self, key: &KeyPair) -> TestBundle {
        let rsa = keys::pair(Algorithm::Rsa2048, Slot::Intermediate);
        let TestAuthority { algorithm, root, .. } = self.authority;
        let issuer = root.issue_authority("Test Weak", rsa, self.valid, |_| {});
        let leaf = weak::sign_again(issuer.sign(&self.params(), key), &issuer.key);
        bundle(&leaf, &[issuer.der], keys::pem(*algorithm, key, self.encoding))
    }

    fn params(&self) -> CertificateParams {
        let mut params = CertificateParams::default();
        params.distinguished_name = match &self.common_name {
            Some(name) => subject(name),
            None => DistinguishedName::new(),
        };
        params.distinguished_name.push(DnType::OrganizationName, "Example");
        params.subject_alt_names = self.names.iter().map(|name| alternative(name)).collect();
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let valid = match self.flaw {
            Some(Flaw::Expired) => Validity::over(self.authority.now),
            _ => self.valid,
        };
        (params.not_before, params.not_after) = (valid.not_before, valid.not_after);
        self.spoil_names(&mut params);
        self.spoil_extensions(&mut params);
        params
    }

    fn spoil_extensions(&self, params: &mut CertificateParams) {
        match self.flaw {
            Some(Flaw::NotForServers) => {
                params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
            }
            Some(Flaw::CriticalExtension) => {
                let mut extension =
                    CustomExtension::from_oid_content(&[1, 2, 3, 4], b"\x05\x00".to_vec());
                extension.set_criticality(true);
                params.custom_extensions = vec![extension];
            }
            _ => {}
        }
    }

    fn spoil_names(&self, params: &mut CertificateParams) {
        match self.flaw {
            Some(Flaw::NoName) => {
                params.subject_alt_names.clear();
                params.distinguished_name.remove(DnType::CommonName);
            }
            Some(Flaw::MalformedName) => {
                params.subject_alt_names = vec![alternative("-bad-.example.com")];
            }
            _ => {}
        }
    }
}

fn alternative(name: &str) -> SanType {
    match name.parse::<IpAddr>() {
        Ok(address) => SanType::IpAddress(address),
        Err(_) => SanType::DnsName(name.try_into().expect("names are ASCII")),
    }
}

fn bundle(leaf: &[u8], chain: &[Vec<u8>], private_key: String) -> TestBundle {
    TestBundle {
        certificate: certificates(&[leaf]),
        certificate_chain: certificates(chain),
        private_key,
    }
}

/// Changes the last bit, which is one of the signature.
fn last_changed(mut der: Vec<u8>) -> Vec<u8> {
    if let Some(last) = der.last_mut() {
        *last ^= 1;
    }
    der
}

/// Applies the flaws of the texts.
fn spoil_text(bundle: &mut TestBundle, flaw: Flaw, key: &KeyPair) {
    let TestBundle { certificate, certificate_chain, private_key } = bundle;
    let public = || pem::encode("PUBLIC KEY", &key.subject_public_key_info());
    match flaw {
        Flaw::CertificateEmpty => certificate.clear(),
        Flaw::CertificateHollow => *certificate = pem::encode("CERTIFICATE", &[]),
        Flaw::CertificateUnmarked => *certificate = without_lines(certificate),
        Flaw::CertificateIsPublicKey => *certificate = public(),
        Flaw::CertificateBase64 => spoil_base64(certificate),
        Flaw::CertificateCut => *certificate = cut(certificate),
        Flaw::ChainUnmarked => *certificate_chain = without_lines(certificate_chain),
        Flaw::ChainBase64 => spoil_base64(certificate_chain),
        Flaw::KeyEmpty => private_key.clear(),
        Flaw::KeyUnmarked => *private_key = without_lines(private_key),
        Flaw::KeyIsPublicKey => *private_key = public(),
        Flaw::KeyEncrypted => *private_key = private_key.replace("PRIVATE", "ENCRYPTED PRIVATE"),
        Flaw::KeyCut => *private_key = cut(private_key),
        _ => {}
    }
}

fn without_lines(text: &str) -> String {
    text.lines().filter(|line| !line.starts_with('-')).map(|line| format!("{line}\n")).collect()
}

fn spoil_base64(text: &mut String) {
    let middle = text.len() / 2;
    text.insert(middle, '!');
}

/// Removes the second line of the text.
fn cut(text: &str) -> String {
    let lines = text.lines().enumerate().filter(|(number, _)| *number != 1);
    lines.map(|(_, line)| format!("{line}\n")).collect()
}
