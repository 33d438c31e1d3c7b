//! What both sealed forms share: a byte for the format, the rest of the header, ciphertext and tag.

use crate::{derive::TAG_LEN, error::UnsealError};

/// Header (the format included), and ciphertext with tag, of sealed bytes of one format.
///
/// # Errors
/// [`UnsealError::UnknownFormat`] for another format, [`UnsealError::Malformed`] for too few bytes.
pub(crate) fn split(
    bytes: &[u8],
    format: u8,
    header_len: usize,
) -> Result<(&[u8], &[u8]), UnsealError> {
    match bytes.first() {
        Some(&found) if found == format => {}
        Some(&found) => return Err(UnsealError::UnknownFormat { found }),
        None => return Err(UnsealError::Malformed),
    }
    let (header, body) = bytes.split_at_checked(header_len).ok_or(UnsealError::Malformed)?;
    if body.len() < TAG_LEN { Err(UnsealError::Malformed) } else { Ok((header, body)) }
}
