//! Lists of certificates: queries and pages.

use std::{fmt, str::FromStr};

use time::OffsetDateTime;

use crate::{
    certificates::CertificateRecord, error::StoreError, millis::millis, names::EnterpriseProject,
};

/// Which certificates of a project to list, in which order, from where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateQuery {
    /// The moment for which it is decided what has expired.
    pub now: OffsetDateTime,
    /// Only those in this state.
    pub state: State,
    /// Only those of one enterprise project; without it those of all.
    pub enterprise_project: Option<EnterpriseProject>,
    /// Only those that end at this moment or later.
    pub ended_since: Option<OffsetDateTime>,
    /// Only those whose name, domain or one of whose further names contains this text. Case does
    /// not count: both are compared in lower case, as Unicode has it. No character is special.
    pub content: Option<String>,
    /// The order.
    pub sort: Sort,
    /// The order backwards, ids included.
    pub descending: bool,
    /// How many at most.
    pub limit: u32,
    /// Where to begin.
    pub start: Start,
}

impl CertificateQuery {
    /// All certificates, the most recently changed first, from the first one on.
    pub fn new(now: OffsetDateTime, limit: u32) -> Self {
        Self {
            now,
            state: State::Any,
            enterprise_project: None,
            ended_since: None,
            content: None,
            sort: Sort::Updated,
            descending: true,
            limit,
            start: Start::Offset(0),
        }
    }

    /// A marker is good for its own order only.
    pub(crate) fn require_order(&self) -> Result<(), StoreError> {
        match self.start {
            Start::After(marker)
                if (marker.sort, marker.descending) != (self.sort, self.descending) =>
            {
                Err(StoreError::OtherOrder)
            }
            _ => Ok(()),
        }
    }

    /// The number of certificates to pass over.
    pub(crate) fn offset(&self) -> u64 {
        match self.start {
            Start::Offset(offset) => offset,
            Start::After(_) => 0,
        }
    }
}

/// Whether a certificate has expired. It is valid up to and including its last moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// Either.
    Any,
    /// Its end is not past.
    Valid,
    /// Its end is past.
    Expired,
}

/// What a list is ordered by. Ids break ties, so that every order is total.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sort {
    /// By the time of the last change.
    Updated,
    /// By the end of the validity.
    Expiry,
    /// Those that have expired before those that have not, and within either by the end of the
    /// validity: which is the same order as [`Sort::Expiry`], at any time.
    Status,
}

/// Where in its order a list begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// After so many. What this costs grows with the number.
    Offset(u64),
    /// After the last one of another page. This costs the same everywhere.
    After(Marker),
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateListing {
    /// The certificates, in order.
    pub records: Vec<CertificateRecord>,
    /// How many there are in the whole list. With `content` or `ended_since` counting stops at
    /// [`CertificateListing::COUNT_LIMIT`].
    pub total: u64,
    /// Where the next page begins; none if this is the last one.
    pub next: Option<Marker>,
}

impl CertificateListing {
    /// Up to where what is searched for is counted.
    pub const COUNT_LIMIT: u64 = 10_000;

    /// The page without the extra record, which is read to find out whether more follow.
    pub(crate) fn cut(
        mut records: Vec<CertificateRecord>,
        query: &CertificateQuery,
        total: u64,
    ) -> Self {
        let more = records.len() > query.limit as usize;
        records.truncate(query.limit as usize);
        let next = records.last().filter(|_| more).map(|record| Marker::at(record, query));
        Self { records, total, next }
    }
}

/// A place in an order: right after one certificate, whether or not that is still there.
///
/// It stays good while certificates come and go: walking from marker to marker shows each that is
/// there all the time and is not changed exactly once. It is good for any filter, but for no other
/// order. Its text is a few dozen characters that need no escaping in a URL; their meaning may change
/// with any release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marker {
    pub(crate) sort: Sort,
    pub(crate) descending: bool,
    /// What the order goes by: milliseconds since 1970.
    pub(crate) key: i64,
    /// The number of the certificate.
    pub(crate) id: i64,
}

impl Marker {
    /// Right after a certificate.
    fn at(record: &CertificateRecord, query: &CertificateQuery) -> Self {
        let time = match query.sort {
            Sort::Updated => record.updated,
            Sort::Expiry | Sort::Status => record.not_after,
        };
        let CertificateQuery { sort, descending, .. } = *query;
        Self { sort, descending, key: millis(time), id: record.id.number().cast_signed() }
    }
}

/// What was read was never written as a marker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a marker")]
pub struct NotAMarker;

const ORDERS: [(char, Sort, bool); 6] = [
    ('u', Sort::Updated, false),
    ('U', Sort::Updated, true),
    ('e', Sort::Expiry, false),
    ('E', Sort::Expiry, true),
    ('s', Sort::Status, false),
    ('S', Sort::Status, true),
];

impl fmt::Display for Marker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let order =
            ORDERS.iter().find(|(_, sort, desc)| (*sort, *desc) == (self.sort, self.descending));
        let (letter, ..) = order.expect("every order has a letter");
        write!(f, "{letter}{:x}-{:x}", self.key, self.id)
    }
}

impl FromStr for Marker {
    type Err = NotAMarker;

    fn from_str(text: &str) -> Result<Self, NotAMarker> {
        let marker = parse(text).ok_or(NotAMarker)?;
        // Numbers can be spelled in several ways, markers in one.
        if marker.to_string() == text { Ok(marker) } else { Err(NotAMarker) }
    }
}

fn parse(text: &str) -> Option<Marker> {
    let letter = text.chars().next()?;
    let (_, sort, descending) = *ORDERS.iter().find(|order| order.0 == letter)?;
    let (key, id) = text[1..].split_once('-')?;
    let number = |digits| u64::from_str_radix(digits, 16).ok().map(u64::cast_signed);
    Some(Marker { sort, descending, key: number(key)?, id: number(id)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marker_reads_as_it_is_written() {
        for (_, sort, descending) in ORDERS {
            for key in [i64::MIN, -1, 0, 1_780_315_200_250, i64::MAX] {
                let marker = Marker { sort, descending, key, id: 1_600_313_391_074 };
                let text = marker.to_string();
                assert!(text.len() <= 34, "{text}");
                assert!(text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'), "{text}");
                assert_eq!(text.parse(), Ok(marker));
            }
        }
    }

    #[test]
    fn nothing_else_reads_as_a_marker() {
        for bad in ["", "u", "u-", "u1-", "u-1", "x1-2", "u01-2", "u1-2 ", "u+1-2", "uA-2", "é1-2"]
        {
            assert_eq!(bad.parse::<Marker>(), Err(NotAMarker), "{bad}");
        }
        assert!("u1-2".parse::<Marker>().is_ok());
    }
}
