//! Comparing two stores: for each part the number of rows and the sum of their hashes.
//!
//! A sum, because backends return rows in different orders.

use aws_lc_rs::digest::{SHA256, digest};

use super::value::Value;

/// The digest of one part.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Digest {
    /// How many rows there are.
    pub(super) rows: u64,
    sum: [u64; 4],
}

impl Digest {
    /// One more row.
    pub(super) fn add(&mut self, values: &[Value]) {
        let mut bytes = Vec::new();
        values.iter().for_each(|value| value.write_to(&mut bytes));
        let hash = digest(&SHA256, &bytes);
        for (sum, part) in self.sum.iter_mut().zip(hash.as_ref().chunks_exact(8)) {
            let part = part.try_into().expect("chunks of eight");
            *sum = sum.wrapping_add(u64::from_be_bytes(part));
        }
        self.rows += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(numbers: &[i64]) -> Digest {
        let mut digest = Digest::default();
        numbers.iter().for_each(|number| digest.add(&[Value::Number(*number)]));
        digest
    }

    #[test]
    fn the_order_does_not_matter_and_everything_else_does() {
        assert_eq!(of(&[1, 2, 3]), of(&[3, 1, 2]));
        assert_ne!(of(&[1, 2, 3]), of(&[1, 2, 4]));
        assert_ne!(of(&[1, 2, 2]), of(&[1, 2, 1]));
        assert_ne!(of(&[1]), of(&[1, 1]));
    }
}
