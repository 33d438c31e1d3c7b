//! Loose files sorted into the three texts of an import, by content.

use zeroize::Zeroizing;

use crate::{Certificate, Content};

/// The three texts of an import.
#[derive(Debug)]
pub struct Arranged {
    /// The leaf, as PEM.
    pub certificate: String,
    /// Its issuers, from the leaf's towards the root, as PEM; empty if none were given.
    pub certificate_chain: String,
    /// The private key, as PEM.
    pub private_key: Zeroizing<String>,
    /// What was given and has no place in the import.
    pub left_over: Vec<LeftOver>,
}
/// left over
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOver {
    /// text
    pub text: usize,
    /// what
    pub content: Content,
}
/// why
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArrangeError {
    /// none
    #[error("no certificate was given")]
    NoCertificate,
}

/// arrange
pub fn arrange(texts: &[&str]) -> Result<Arranged, ArrangeError> {
    let _ = (texts, None::<Certificate>);
    Err(ArrangeError::NoCertificate)
}
