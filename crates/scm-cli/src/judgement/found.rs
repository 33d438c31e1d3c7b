//! The PEM blocks of the files, each with file and line, and the parts that cannot be read.

use scm_pki::{
    Bundle, Certificate, Content, Finding, KeyEncoding, Policy, PrivateKey, Unmarked, Verifier,
    pem::{self, Block},
};
use time::OffsetDateTime;

use super::{Key, Problem};
use crate::sources::Source;

/// The place of a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Origin {
    /// The file.
    pub(crate) file: String,
    /// The line of its BEGIN line, counted from 1; 0 for the whole file.
    pub(crate) line: usize,
}

/// The blocks of all files.
#[derive(Default)]
pub(super) struct Found {
    pub(super) certificates: Vec<(Certificate, Origin)>,
    pub(super) keys: Vec<Key>,
    /// Other blocks, with their labels.
    pub(super) others: Vec<(String, Origin)>,
    /// What cannot be read, with file and line.
    pub(super) unreadable: Vec<Problem>,
}

impl Found {
    /// Reads the blocks of all files.
    pub(super) fn read(sources: &[Source]) -> Self {
        let mut found = Self::default();
        for source in sources {
            let mut blocks = pem::scan(&source.text).peekable();
            if blocks.peek().is_none() {
                found.no_blocks(source);
            }
            for block in blocks {
                match block {
                    Ok(block) => found.block(source, &block),
                    Err(defect) => found.cannot_read(source, defect.line, defect.problem),
                }
            }
        }
        found
    }

    fn block(&mut self, source: &Source, block: &Block<'_>) {
        let is_certificate = matches!(block.label(), "CERTIFICATE" | "X509 CERTIFICATE");
        let is_key = block.label().ends_with("PRIVATE KEY");
        if block.is_empty() && (is_certificate || is_key) {
            self.cannot_read(source, block.line(), "nothing is between the BEGIN and END lines");
        } else if is_certificate {
            self.certificate(source, block);
        } else if is_key {
            self.key(source, block);
        } else if !block.label().ends_with("PARAMETERS") {
            self.others.push((block.label().to_owned(), origin(source, block)));
        }
    }

    fn certificate(&mut self, source: &Source, block: &Block<'_>) {
        match block.decode().map(Certificate::from_der) {
            Ok(Ok(certificate)) => self.certificates.push((certificate, origin(source, block))),
            Ok(Err(error)) => self.cannot_read(source, block.line(), error),
            Err(defect) => self.cannot_read(source, defect.line, defect.problem),
        }
    }

    /// Only the base64 of a key is checked here. The bundle is verified later.
    fn key(&mut self, source: &Source, block: &Block<'_>) {
        let encoding = KeyEncoding::from_label(block.label()).filter(|_| !block.is_encrypted());
        let key = encoding.and_then(|encoding| match block.decode_secret() {
            Ok(der) => PrivateKey::from_der(encoding, der).ok(),
            Err(defect) => {
                self.cannot_read(source, defect.line, defect.problem);
                None
            }
        });
        let kind = key.as_ref().map(|key| (key.algorithm(), key.encoding()));
        let public = key.map(|key| key.public_key().to_vec());
        self.keys.push(Key { kind, public, origin: origin(source, block) });
    }

    fn no_blocks(&mut self, source: &Source) {
        if source.text.trim().is_empty() {
            self.cannot_read(source, 0, "the file is empty");
        } else {
            let file = quoted(&source.name);
            self.cannot_read(source, 0, what_it_is(&source.text, &file));
        }
    }

    fn cannot_read(&mut self, source: &Source, line: usize, what: impl ToString) {
        let origin = Origin { file: source.name.clone(), line };
        let sentence = what.to_string();
        self.unreadable.push(Problem { place: None, origin: Some(origin), sentence });
    }
}

fn origin(source: &Source, block: &Block<'_>) -> Origin {
    Origin { file: source.name.clone(), line: block.line() }
}

/// A description of a file without PEM blocks, with the command that converts it.
fn what_it_is(text: &str, file: &str) -> String {
    match unmarked(text) {
        _ if text.starts_with("\u{ff}\u{fe}") || text.starts_with("\u{fe}\u{ff}") => {
            "the file is UTF-16 text; save it as UTF-8 or ASCII".to_owned()
        }
        Some(Unmarked::Binary(content)) => binary(content, file),
        Some(Unmarked::Base64(Some(content))) => {
            format!("{content} in base64 without BEGIN and END lines; add them to make it PEM")
        }
        _ => "not PEM: no line such as -----BEGIN CERTIFICATE-----".to_owned(),
    }
}

/// The content of a text without BEGIN and END lines, as recognized by scm-pki.
fn unmarked(text: &str) -> Option<Unmarked> {
    let bundle = Bundle::read(text, "", "");
    let verdict = Verifier::new(Policy::default()).verify(bundle, OffsetDateTime::UNIX_EPOCH);
    verdict.err()?.iter().find_map(|finding| match finding {
        Finding::NoMarks { looks_like, .. } => Some(looks_like.clone()),
        _ => None,
    })
}

fn binary(content: Option<Content>, file: &str) -> String {
    let Some(content) = content else {
        return "binary data of an unknown type; expected PEM, which is text with lines such as \
                -----BEGIN CERTIFICATE-----"
            .to_owned();
    };
    let command = match content {
        Content::Certificate => format!("openssl x509 -inform DER -in {file} -out certificate.pem"),
        Content::Pkcs12 => format!("openssl pkcs12 -in {file} -nodes -out bundle.pem"),
        Content::Pkcs7 => {
            format!("openssl pkcs7 -inform DER -in {file} -print_certs -out chain.pem")
        }
        Content::PrivateKey | Content::EncryptedKey => {
            format!("openssl pkey -inform DER -in {file} -out key.pem")
        }
        other => return format!("{other} in binary form (DER), which cannot be imported"),
    };
    format!("{content} in binary form; convert it to PEM: {command}")
}

/// The name of a file, quoted for a shell.
fn quoted(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+".contains(c);
    match name {
        "standard input" => "FILE".to_owned(),
        _ if name.chars().all(plain) => name.to_owned(),
        _ => format!("'{}'", name.replace('\'', r"'\''")),
    }
}
