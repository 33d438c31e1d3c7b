//! Random bytes.

use aws_lc_rs::rand;

/// Fills `bytes` from the random source of the crypto library, which is seeded by the operating
/// system.
pub(crate) fn fill_random(bytes: &mut [u8]) {
    rand::fill(bytes).expect("aws-lc ends the process rather than give no random bytes");
}
