//! How secrets are recognised, whole or in pieces, in each form in which a program may show bytes.

use std::collections::HashSet;

use scm_pki::{pem, testing::TestBundle};

/// How long a piece of text is that gives a secret away.
const TEXT: usize = 24;

/// How many bytes in a row give a secret away.
const BYTES: usize = 12;

/// How many bytes at the start of a key are the same in every key of its kind.
const HEAD: usize = 40;

/// What is hunted for.
#[derive(Default)]
pub(super) struct Prey {
    texts: HashSet<Vec<u8>>,
    bytes: HashSet<Vec<u8>>,
    /// Decimal and hexadecimal lists, as `Debug` shows bytes.
    lists: Vec<String>,
}

impl Prey {
    /// Adds a text that must not be seen, nor any 24 characters of it.
    pub(super) fn text(&mut self, secret: &str) {
        assert!(secret.len() >= TEXT, "too short to be distinguished from chance");
        self.texts.extend(secret.as_bytes().windows(TEXT).map(<[u8]>::to_vec));
    }

    /// Adds a bundle's key: its base64, its bytes, its bytes as a list. What the certificates show
    /// too is no secret, and the first bytes only say what kind of key follows.
    pub(super) fn key(&mut self, bundle: &TestBundle) {
        let shown = [&bundle.certificate, &bundle.certificate_chain].map(|text| ders_of(text));
        let public: HashSet<_> =
            shown.iter().flatten().flat_map(|der| der.windows(BYTES)).collect();
        let der = der_of(&bundle.private_key);
        let secret = |at: usize| {
            let window = der.get(at..at + BYTES)?;
            (at >= HEAD && !public.contains(window)).then_some(window)
        };
        self.bytes.extend((0..der.len()).filter_map(secret).map(<[u8]>::to_vec));
        for bytes in (0..der.len()).step_by(BYTES).filter_map(secret) {
            self.lists.push(inner(&format!("{bytes:?}")));
            self.lists.push(inner(&format!("{bytes:02x?}")));
            self.lists.push(bytes.iter().map(|byte| format!("{byte:02x}")).collect());
        }
        let base64 = base64_of(&bundle.private_key);
        // Four characters are three bytes.
        let texts = base64.as_bytes().windows(TEXT).enumerate();
        let texts = texts.filter(|(at, _)| secret((at * 3).div_ceil(4)).is_some());
        self.texts.extend(texts.map(|(_, text)| text.to_vec()));
    }

    /// The first piece of a secret that is in a text or a file, with what surrounds it.
    pub(super) fn found_in(&self, haystack: &[u8]) -> Option<String> {
        let show = |at: usize| {
            let (start, end) = (at.saturating_sub(80), haystack.len().min(at + 80));
            String::from_utf8_lossy(&haystack[start..end]).into_owned()
        };
        let text = haystack.windows(TEXT).position(|window| self.texts.contains(window));
        let bytes = || haystack.windows(BYTES).position(|window| self.bytes.contains(window));
        if let Some(at) = text.or_else(bytes) {
            return Some(show(at));
        }
        let readable = String::from_utf8_lossy(haystack);
        self.lists.iter().find(|list| readable.contains(list.as_str())).cloned()
    }
}

fn inner(list: &str) -> String {
    list.trim_matches(['[', ']']).to_owned()
}

/// The base64 of a PEM text in one piece.
fn base64_of(text: &str) -> String {
    text.lines().filter(|line| !line.starts_with('-')).collect()
}

/// The bytes of the first block of a PEM text.
pub(super) fn der_of(text: &str) -> Vec<u8> {
    ders_of(text).into_iter().next().unwrap_or_default()
}

/// The bytes of every block that has any.
fn ders_of(text: &str) -> Vec<Vec<u8>> {
    let blocks = pem::scan(text).filter_map(Result::ok);
    blocks.filter_map(|block| block.decode().ok()).collect()
}
