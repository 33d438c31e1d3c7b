//! Random ids.

use aws_lc_rs::rand;

/// 128 random bits as 32 hexadecimal digits, like the ids of the cloud.
pub fn random_id() -> String {
    let mut random = [0; 16];
    rand::fill(&mut random).expect("the operating system has random bytes");
    let digits = random.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(b"0123456789abcdef"[usize::from(digit)])).collect()
}
