//! An answer of a server, before it is read.

use http::{HeaderMap, StatusCode};
use zeroize::Zeroizing;

/// Status, headers and body of an answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// Wiped, since it may hold a private key.
    pub(crate) body: Zeroizing<Vec<u8>>,
}
