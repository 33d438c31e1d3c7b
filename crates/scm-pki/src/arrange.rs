//! Loose files sorted into the three texts of an import, by what is in them.
//!
//! Sorting checks nothing: a block that does not parse, or is encrypted, is placed by its label and
//! reported by [`Bundle::read`](crate::Bundle::read) like any other finding.

use std::collections::{HashMap, HashSet, hash_map::Entry};

use zeroize::Zeroizing;

use crate::{
    Certificate, Content, KeyEncoding, PrivateKey,
    content::of_label,
    order,
    pem::{self, Block, Defect},
};

/// The three texts of an import, and what is not part of them.
#[derive(Debug)]
pub struct Arranged {
    /// The leaf, as PEM.
    pub certificate: String,
    /// Its issuers, from the leaf's towards the root, as PEM; empty if none were given.
    pub certificate_chain: String,
    /// The private key, as PEM.
    pub private_key: Zeroizing<String>,
    /// What is not part of the import.
    pub left_over: Vec<LeftOver>,
    /// Certificates that were left out because they were given before.
    pub repeats: Vec<Repeat>,
}

/// Something that was given and is not part of the import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOver {
    /// The text in which it stands, counted from 0 like the texts.
    pub text: usize,
    /// The line of its BEGIN mark, counted from 1.
    pub line: usize,
    /// What it is.
    pub content: Content,
    /// Its subject, if it is a certificate.
    pub subject: Option<String>,
}

/// A certificate that was given before, byte for byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repeat {
    /// The text in which it stands again, counted from 0 like the texts.
    pub text: usize,
    /// The line of its BEGIN mark there, counted from 1.
    pub line: usize,
    /// The text in which it stands first.
    pub first_text: usize,
    /// The line of its BEGIN mark there.
    pub first_line: usize,
    /// Its subject.
    pub subject: String,
}

/// Why texts cannot be arranged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ArrangeError {
    /// Damaged BEGIN or END lines, which leave the content unclear.
    #[error("block {} of file {} (line {}) is damaged: {}", defect.block, text + 1, defect.line, defect.problem)]
    Damaged {
        /// The text, counted from 0 like the texts.
        text: usize,
        /// What is wrong, and where.
        defect: Defect,
    },
    /// No certificate in any text.
    #[error("no certificate was given: none of the files has a CERTIFICATE block")]
    NoCertificate,
    /// No private key in any text.
    #[error("no private key was given: none of the files has a PRIVATE KEY block")]
    NoKey,
    /// More than one private key.
    #[error("{count} different private keys were given: give only the one of the certificate")]
    SeveralKeys {
        /// How many.
        count: usize,
    },
}

/// Sorts leaf, chain and key, in any order and any number of texts.
///
/// The leaf is the certificate that the key belongs to, else the one that issues none of the
/// others. Its chain is what leads from it towards a root.
///
/// # Errors
/// A certificate or the key is missing, there are several keys, or BEGIN or END lines are damaged.
pub fn arrange(texts: &[&str]) -> Result<Arranged, ArrangeError> {
    let mut sorted = Sorted::default();
    for (text, content) in texts.iter().enumerate() {
        for block in pem::scan(content) {
            let block = block.map_err(|defect| ArrangeError::Damaged { text, defect })?;
            sorted.take(text, &block);
        }
    }
    sorted.finish()
}

/// The blocks of all texts by kind.
#[derive(Default)]
struct Sorted {
    certificates: Vec<Found>,
    /// Certificates that do not parse, as PEM.
    unreadable: Vec<String>,
    keys: Vec<Key>,
    left_over: Vec<LeftOver>,
}

/// A certificate, and where it stands.
struct Found {
    text: usize,
    line: usize,
    certificate: Certificate,
}

/// A key as PEM, and read if it can be.
struct Key {
    pem: Zeroizing<String>,
    read: Option<PrivateKey>,
}

impl Sorted {
    fn take(&mut self, text: usize, block: &Block<'_>) {
        match of_label(block.label()) {
            Content::Certificate => self.take_certificate(text, block),
            Content::Parameters => {}
            content if content.is_private_key() => self.take_key(block),
            content => {
                let line = block.line();
                self.left_over.push(LeftOver { text, line, content, subject: None });
            }
        }
    }

    fn take_certificate(&mut self, text: usize, block: &Block<'_>) {
        let read = block.decode().ok().and_then(|der| Certificate::from_der(der).ok());
        match read {
            Some(certificate) => {
                self.certificates.push(Found { text, line: block.line(), certificate });
            }
            None => self.unreadable.push(block.to_text()),
        }
    }

    fn take_key(&mut self, block: &Block<'_>) {
        let read = KeyEncoding::from_label(block.label())
            .filter(|_| !block.is_encrypted())
            .and_then(|encoding| PrivateKey::from_der(encoding, block.decode_secret().ok()?).ok());
        let pem = Zeroizing::new(block.to_text());
        if self.keys.iter().all(|key| *key.pem != *pem) {
            self.keys.push(Key { pem, read });
        }
    }

    fn finish(mut self) -> Result<Arranged, ArrangeError> {
        let key = self.one_key()?;
        let repeats = self.take_repeats();
        let mut chain = self.take_chain(key.read.as_ref());
        let at = if self.has_leaf_of(key.read.as_ref()) { chain.len() } else { 0 };
        chain.splice(at..at, self.unreadable.drain(..));
        if chain.is_empty() {
            return Err(ArrangeError::NoCertificate);
        }
        let certificate = chain.remove(0);
        Ok(Arranged {
            certificate,
            certificate_chain: chain.concat(),
            private_key: key.pem,
            left_over: self.left_over,
            repeats,
        })
    }

    /// Removes each certificate that was given before.
    fn take_repeats(&mut self) -> Vec<Repeat> {
        let mut first_places = HashMap::new();
        let mut repeats = Vec::new();
        self.certificates.retain(|&Found { text, line, ref certificate }| {
            match first_places.entry(certificate.sha256()) {
                Entry::Vacant(entry) => {
                    entry.insert((text, line));
                    true
                }
                Entry::Occupied(entry) => {
                    let (first_text, first_line) = *entry.get();
                    let subject = certificate.subject();
                    repeats.push(Repeat { text, line, first_text, first_line, subject });
                    false
                }
            }
        });
        repeats
    }

    /// Whether the certificate of the key is among those that parse. If not, it is probably the one
    /// that does not.
    fn has_leaf_of(&self, key: Option<&PrivateKey>) -> bool {
        key.is_none_or(|key| {
            let has_key = |found: &Found| found.certificate.has_key_of(key);
            self.certificates.iter().any(has_key)
        })
    }

    fn one_key(&mut self) -> Result<Key, ArrangeError> {
        match self.keys.len() {
            0 => Err(ArrangeError::NoKey),
            1 => Ok(self.keys.remove(0)),
            count => Err(ArrangeError::SeveralKeys { count }),
        }
    }

    /// The certificates from the leaf upwards, as PEM; the others are left over.
    fn take_chain(&mut self, key: Option<&PrivateKey>) -> Vec<String> {
        let certificates: Vec<_> = self.certificates.iter().map(|f| &f.certificate).collect();
        let leaf = order::leaf(&certificates, key).or((!certificates.is_empty()).then_some(0));
        let path = leaf.map_or_else(Vec::new, |leaf| order::path(&certificates, leaf));
        let chain = path.iter().map(|&index| certificates[index].to_pem()).collect();
        let on_path: HashSet<usize> = path.into_iter().collect();
        let others = self.certificates.iter().enumerate().filter(|(i, _)| !on_path.contains(i));
        self.left_over.extend(others.map(|(_, found)| LeftOver {
            text: found.text,
            line: found.line,
            content: Content::Certificate,
            subject: Some(found.certificate.subject()),
        }));
        chain
    }
}
