//! A chain as every backend stores it.

use aws_lc_rs::digest::{SHA256, digest};

/// A chain, as bytes that are stored once for each project.
#[derive(Debug)]
pub(crate) struct Chain {
    /// Of `certificates`.
    pub(crate) sha256: [u8; 32],
    /// Each certificate, DER, behind its length in 4 bytes, big endian.
    pub(crate) certificates: Vec<u8>,
}

impl Chain {
    /// Of the DER of each issuer, the leaf's own first; none if there is none.
    pub(crate) fn of<'a>(issuers: impl Iterator<Item = &'a [u8]> + Clone) -> Option<Self> {
        let mut certificates = Vec::with_capacity(issuers.clone().map(|der| 4 + der.len()).sum());
        for der in issuers {
            let length = u32::try_from(der.len()).expect("a certificate is far shorter than 4 GiB");
            certificates.extend_from_slice(&length.to_be_bytes());
            certificates.extend_from_slice(der);
        }
        if certificates.is_empty() {
            return None;
        }
        let sha256 = digest(&SHA256, &certificates);
        let sha256 = sha256.as_ref().try_into().expect("SHA-256 has 32 bytes");
        Some(Self { sha256, certificates })
    }
}

/// The certificates again, if that is what the bytes are.
pub(crate) fn read(mut bytes: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut chain = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk() {
        let (der, rest) = rest.split_at_checked(u32::from_be_bytes(*length) as usize)?;
        chain.push(der.to_vec());
        bytes = rest;
    }
    bytes.is_empty().then_some(chain)
}
