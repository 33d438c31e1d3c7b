//! Certificate ids: how they are written, and the blocks that a server leases so that none is given
//! twice.

use std::{fmt, str::FromStr};

use crate::random::random;

const PREFIX: &str = "scs";
const DIGITS: usize = 13;
const LIMIT: u64 = 10_u64.pow(DIGITS as u32);

/// The id of a certificate: a number of 13 digits, written `scs` and the digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CertificateId(u64);

impl CertificateId {
    /// The id with this number, if it has at most 13 digits.
    pub const fn from_number(number: u64) -> Option<Self> {
        if number < LIMIT { Some(Self(number)) } else { None }
    }

    /// The number.
    pub const fn number(self) -> u64 {
        self.0
    }
}

impl fmt::Display for CertificateId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{:0width$}", self.0, width = DIGITS)
    }
}

impl fmt::Debug for CertificateId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CertificateId({self})")
    }
}

/// What was read is not `scs` and 13 digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not `scs` and 13 digits")]
pub struct NotACertificateId;

impl FromStr for CertificateId {
    type Err = NotACertificateId;

    fn from_str(text: &str) -> Result<Self, NotACertificateId> {
        let digits = text.strip_prefix(PREFIX).ok_or(NotACertificateId)?;
        if digits.len() != DIGITS || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(NotACertificateId);
        }
        digits.parse().map(Self).map_err(|_| NotACertificateId)
    }
}

/// 4096 ids in a row that were leased from the store.
///
/// The numbers from 10^12 (so that none begins with a zero) to 10^13 fall into 2,197,265,625
/// blocks. A lease draws the number of a block at random and is committed before the first id is
/// given, so that neither a restart nor a second server on the same store can give an id again;
/// what is left of a block at a restart is forfeited.
///
/// A store restored from a backup has forgotten the blocks that were leased after the backup.
/// Because blocks are random, it draws one of them again only with probability *blocks lost* ×
/// *blocks leased since* ÷ 2.2 × 10^9: at 10,000 imports a second, a minute lost and a minute
/// since, that is 1 in 100,000. Numbers in sequence would be given again with certainty.
#[derive(Debug)]
pub struct IdBlock {
    next: u64,
    end: u64,
}

impl IdBlock {
    /// How many ids a block has.
    pub const LEN: u64 = 4096;
    /// How many blocks there are.
    pub const COUNT: u64 = (LIMIT - Self::FIRST) / Self::LEN;

    const FIRST: u64 = LIMIT / 10;

    /// The block with this number, if it is below [`IdBlock::COUNT`].
    pub(crate) fn numbered(number: u64) -> Option<Self> {
        (number < Self::COUNT).then(|| {
            let next = Self::FIRST + number * Self::LEN;
            Self { next, end: next + Self::LEN }
        })
    }

    /// The number of a block, drawn from the random source of the operating system.
    pub(crate) fn draw() -> u64 {
        random() % Self::COUNT
    }

    /// A block with no ids left.
    pub(crate) fn none() -> Self {
        Self { next: 0, end: 0 }
    }
}

impl Iterator for IdBlock {
    type Item = CertificateId;

    fn next(&mut self) -> Option<CertificateId> {
        let number = (self.next < self.end).then_some(self.next)?;
        self.next += 1;
        Some(CertificateId(number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_as_it_is_written() {
        let id = CertificateId::from_number(1_600_313_391_074).unwrap();
        assert_eq!(id.to_string(), "scs1600313391074");
        assert_eq!("scs1600313391074".parse(), Ok(id));
        assert_eq!(CertificateId::from_number(7).unwrap().to_string(), "scs0000000000007");
        assert_eq!(CertificateId::from_number(LIMIT), None);
    }

    #[test]
    fn nothing_else_reads_as_an_id() {
        for bad in [
            "",
            "scs",
            "scs160031339107",
            "scs16003133910740",
            "SCS1600313391074",
            "scs+600313391074",
            "scs160031339107x",
            " scs1600313391074",
            "scs١٦٠٠٣١٣٣٩١٠٧٤",
        ] {
            assert_eq!(bad.parse::<CertificateId>(), Err(NotACertificateId), "{bad}");
        }
    }

    #[test]
    fn blocks_fill_the_space_from_end_to_end() {
        let mut first = IdBlock::numbered(0).unwrap();
        assert_eq!(first.next().unwrap().to_string(), "scs1000000000000");
        assert_eq!(first.count(), 4095);
        let last = IdBlock::numbered(IdBlock::COUNT - 1).unwrap();
        assert_eq!(last.last().unwrap().to_string(), "scs9999999999999");
        assert!(IdBlock::numbered(IdBlock::COUNT).is_none());
        assert!(IdBlock::numbered(u64::MAX).is_none());
    }
}
