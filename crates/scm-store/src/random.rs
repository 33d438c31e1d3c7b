//! Random numbers, from the random source of the operating system.

/// Any number.
pub(crate) fn random() -> u64 {
    let mut bytes = [0; 8];
    aws_lc_rs::rand::fill(&mut bytes)
        .expect("aws-lc ends the process rather than give no random bytes");
    u64::from_be_bytes(bytes)
}
