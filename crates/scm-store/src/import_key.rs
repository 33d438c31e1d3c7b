//! Imports that are sent again: the key that a caller made up for one, and what it stands for.
//!
//! Nothing that was sent is kept for this, only hashes. What proves that an import is the same is
//! what was kept of it: the leaf stands for the private key, which was proved to belong to it.

use aws_lc_rs::digest::{Context, SHA256};
use time::{Duration, OffsetDateTime};

use crate::{actor::Actor, certificates::NewCertificate, error::StoreError, ids::CertificateId};

/// How long a key stands for its import, at least.
pub const IMPORT_KEY_LIFE: Duration = Duration::hours(24);

/// The key of an import, and what was to be imported, as hashes.
#[derive(Debug, Clone)]
pub(crate) struct ImportKey {
    /// Of the text, and of who chose it: two people never get into each other's way.
    pub(crate) key: [u8; 32],
    /// Of everything that an import decides.
    pub(crate) print: [u8; 32],
}

impl ImportKey {
    /// None if the import has none.
    pub(crate) fn of(actor: &Actor, new: &NewCertificate) -> Option<Self> {
        let text = new.key.as_deref()?;
        let content = &new.content;
        Some(Self {
            key: hash(&[actor.user.as_str().as_bytes(), text.as_bytes()]),
            print: hash(&[
                new.name.as_bytes(),
                new.enterprise_project.as_str().as_bytes(),
                &[u8::from(new.refuse_duplicate)],
                &content.leaf,
                content.chain.as_ref().map_or(&[], |chain| &chain.certificates),
            ]),
        })
    }

    /// What becomes of this import, given what its key stands for already.
    pub(crate) fn meets(
        &self,
        print: &[u8],
        existing: CertificateId,
    ) -> Result<CertificateId, StoreError> {
        if self.print == print { Ok(existing) } else { Err(StoreError::ReusedKey { existing }) }
    }
}

/// The keys of imports before that moment may be forgotten.
pub(crate) fn forgotten_before(now: OffsetDateTime) -> OffsetDateTime {
    now - IMPORT_KEY_LIFE
}

/// Each part behind its length, so that no two lists of parts look alike.
fn hash(parts: &[&[u8]]) -> [u8; 32] {
    let mut context = Context::new(&SHA256);
    for part in parts {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part);
    }
    context.finish().as_ref().try_into().expect("SHA-256 has 32 bytes")
}
