//! Idempotency keys of imports.
//!
//! Only hashes are stored, of the key and of the request. The leaf stands for the private key, which was
//! verified to match it.

use aws_lc_rs::digest::{Context, SHA256};
use time::{Duration, OffsetDateTime};

use crate::{actor::Actor, certificates::NewCertificate, error::StoreError, ids::CertificateId};

/// The shortest time that an idempotency key is remembered.
pub const IMPORT_KEY_LIFE: Duration = Duration::hours(24);

/// The idempotency key of an import and the request, as hashes.
#[derive(Debug, Clone)]
pub(crate) struct ImportKey {
    /// The hash of the key and of its user: users never share keys.
    pub(crate) key: [u8; 32],
    /// The hash of the request.
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

    /// The result of an import whose key is stored already, with this print and certificate.
    pub(crate) fn meets(
        &self,
        print: &[u8],
        existing: CertificateId,
    ) -> Result<CertificateId, StoreError> {
        if self.print == print { Ok(existing) } else { Err(StoreError::ReusedKey { existing }) }
    }
}

/// The keys of imports before that moment may be deleted.
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
