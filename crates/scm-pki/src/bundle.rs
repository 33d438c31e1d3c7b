//! Reads the three texts of an import. Never fails: defects become findings.

use std::collections::{HashMap, hash_map::Entry};

use crate::{
    Certificate, CertificateError, Content, Field, Finding, KeyEncoding, KeyError, PasswordForm,
    Place, PrivateKey,
    content::{of_der, of_label, of_unmarked},
    issuers::IssuerCache,
    pem::{self, Block},
    text::shown,
};

/// A parsed certificate, its chain and its key, with the findings so far. Checked by
/// [`Verifier::verify`](crate::Verifier::verify).
#[derive(Debug, Default)]
pub struct Bundle {
    pub(crate) slots: Vec<Slot>,
    pub(crate) key: Option<PrivateKey>,
    pub(crate) findings: Vec<Finding>,
}

/// A certificate and its place; `None` if it does not parse.
#[derive(Debug)]
pub(crate) struct Slot {
    pub(crate) place: Place,
    pub(crate) certificate: Option<Certificate>,
}

impl Bundle {
    /// Reads the texts of the three fields, all PEM.
    ///
    /// The certificates of both fields are joined. A certificate that occurs twice is a finding,
    /// except the leaf at the head of `certificate_chain`: many files that are called a chain
    /// begin with the leaf.
    ///
    /// [`Verifier::read`](crate::Verifier::read) is faster where issuers repeat.
    pub fn read(certificate: &str, certificate_chain: &str, private_key: &str) -> Self {
        Self::read_cached(&IssuerCache::default(), certificate, certificate_chain, private_key)
    }

    /// Reads the texts, without parsing the certificates of cached issuers again.
    pub(crate) fn read_cached(
        issuers: &IssuerCache,
        certificate: &str,
        certificate_chain: &str,
        private_key: &str,
    ) -> Self {
        let mut bundle = Self::default();
        bundle.read_certificates(issuers, Field::Certificate, certificate);
        bundle.read_certificates(issuers, Field::CertificateChain, certificate_chain);
        bundle.drop_repeats();
        bundle.read_key(private_key);
        bundle.mark_swapped();
        bundle
    }

    fn read_certificates(&mut self, issuers: &IssuerCache, field: Field, text: &str) {
        let mut position = 0;
        let mut blocks = 0;
        for block in pem::scan(text) {
            blocks += 1;
            let place = Place::new(field, position + 1);
            let certificate = match block {
                Ok(block) if of_label(block.label()) != Content::Certificate => {
                    self.wrong_content(field, &block, of_label(block.label()));
                    continue;
                }
                Ok(block) => self.read_certificate(issuers, place, &block),
                Err(defect) => {
                    self.findings.push(Finding::Pem { field, defect });
                    None
                }
            };
            position += 1;
            self.slots.push(Slot { place, certificate });
        }
        if blocks == 0 {
            self.no_blocks(field, text);
        }
    }

    fn read_certificate(
        &mut self,
        issuers: &IssuerCache,
        place: Place,
        block: &Block<'_>,
    ) -> Option<Certificate> {
        let field = place.field();
        if block.is_empty() {
            self.nothing_between(field, block);
            return None;
        }
        let der = match block.decode() {
            Ok(der) => der,
            Err(defect) => {
                self.findings.push(Finding::Pem { field, defect });
                return None;
            }
        };
        if let Some(cached) = issuers.certificate(&der) {
            return Some(cached);
        }
        match Certificate::from_der(der) {
            Ok(certificate) => Some(certificate),
            Err(error) => {
                self.no_certificate(place, block, error);
                None
            }
        }
    }

    /// Reports what a block with the label of a certificate holds instead.
    fn no_certificate(&mut self, place: Place, block: &Block<'_>, error: CertificateError) {
        let inside = block.decode_secret().ok().and_then(|der| of_der(&der));
        match inside {
            Some(found) if error == CertificateError::Structure => {
                self.wrong_content(place.field(), block, found);
            }
            _ => self.findings.push(Finding::UnreadableCertificate { place, error }),
        }
    }

    fn read_key(&mut self, text: &str) {
        let field = Field::PrivateKey;
        let (mut blocks, mut keys, mut last) = (0, 0, None);
        for block in pem::scan(text) {
            blocks += 1;
            match block.map(|block| (of_label(block.label()), block)) {
                Ok((Content::Parameters, _)) => {}
                Ok((content, block)) if content.is_private_key() => {
                    keys += 1;
                    last = Some((content, block));
                }
                Ok((content, block)) => self.wrong_content(field, &block, content),
                Err(defect) => self.findings.push(Finding::Pem { field, defect }),
            }
        }
        match (blocks, keys, last) {
            (0, ..) => self.no_blocks(field, text),
            (_, 1, Some((content, block))) => self.read_one_key(content, &block),
            (_, 2.., _) => self.findings.push(Finding::SeveralKeys { count: keys }),
            _ => self.only_parameters(text),
        }
    }

    /// A field that holds the parameters of a key but not the key.
    fn only_parameters(&mut self, text: &str) {
        let reported = self.findings.iter().any(|finding| finding.field() == Field::PrivateKey);
        if let (false, Some(Ok(block))) = (reported, pem::scan(text).next()) {
            self.wrong_content(Field::PrivateKey, &block, Content::Parameters);
        }
    }

    fn read_one_key(&mut self, content: Content, block: &Block<'_>) {
        let form = match content {
            Content::OpenSshKey => return self.wrong_content(Field::PrivateKey, block, content),
            Content::EncryptedKey => Some(PasswordForm::Pkcs8),
            _ => block.is_encrypted().then_some(PasswordForm::ProcType),
        };
        if block.is_empty() {
            self.nothing_between(Field::PrivateKey, block);
        } else if let Some(form) = form {
            self.findings.push(Finding::EncryptedKey { form });
        } else {
            self.check_key(block);
        }
    }

    fn check_key(&mut self, block: &Block<'_>) {
        let Some(encoding) = KeyEncoding::from_label(block.label()) else {
            let kind = shown(block.label().trim_end_matches("PRIVATE KEY").trim_end());
            self.findings.push(Finding::BadKey { error: KeyError::Unsupported { kind } });
            return;
        };
        match block.decode_secret() {
            Ok(der) => match PrivateKey::from_der(encoding, der) {
                Ok(key) => self.key = Some(key),
                Err(error) => self.findings.push(Finding::BadKey { error }),
            },
            Err(defect) => self.findings.push(Finding::Pem { field: Field::PrivateKey, defect }),
        }
    }

    /// A field without blocks: empty, which a chain may be, or something else.
    fn no_blocks(&mut self, field: Field, text: &str) {
        if !text.trim().is_empty() {
            self.findings.push(Finding::NoMarks { field, looks_like: of_unmarked(text) });
        } else if field != Field::CertificateChain {
            self.findings.push(Finding::Empty { field });
        }
    }

    fn nothing_between(&mut self, field: Field, block: &Block<'_>) {
        let (block, line) = (block.number(), block.line());
        self.findings.push(Finding::NothingBetweenMarks { field, block, line });
    }

    fn wrong_content(&mut self, field: Field, block: &Block<'_>, found: Content) {
        let (block, line) = (block.number(), block.line());
        self.findings.push(Finding::WrongContent { field, block, line, found, swapped: false });
    }

    /// Removes certificates that occurred before, so that the rest is judged as a chain.
    fn drop_repeats(&mut self) {
        let mut first_places = HashMap::new();
        let Self { slots, findings, .. } = self;
        slots.retain(|Slot { place, certificate }| {
            let Some(certificate) = certificate else { return true };
            let first = match first_places.entry(certificate.sha256()) {
                Entry::Vacant(entry) => {
                    entry.insert(*place);
                    return true;
                }
                Entry::Occupied(entry) => *entry.get(),
            };
            if (first, *place) != (Place::LEAF, Place::CHAIN_HEAD) {
                let subject = certificate.subject();
                findings.push(Finding::Repeated { place: *place, first, subject });
            }
            false
        });
    }

    /// A key in `certificate` and a certificate in `private_key`, and neither where it belongs.
    fn mark_swapped(&mut self) {
        let holds = |wanted: Field, is: fn(&Content) -> bool| {
            self.findings.iter().any(|finding| {
                matches!(finding, Finding::WrongContent { field, found, .. }
                    if *field == wanted && is(found))
            })
        };
        let swapped = holds(Field::Certificate, Content::is_private_key)
            && holds(Field::PrivateKey, |found| *found == Content::Certificate)
            && self.key.is_none()
            && self.slots.iter().all(|slot| slot.place.field() != Field::Certificate);
        for finding in &mut self.findings {
            if let Finding::WrongContent { field, swapped: is_swapped, .. } = finding {
                *is_swapped = swapped && *field != Field::CertificateChain;
            }
        }
    }
}
