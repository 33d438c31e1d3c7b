//! Reading the columns of a row.

use scm_seal::SealedSecret;
use time::OffsetDateTime;

use crate::{
    error::StoreError,
    ids::CertificateId,
    millis::moment,
    names::{AccessKeyId, DomainId, ProjectId, UserId},
};

/// A row of either backend.
pub(crate) type Row<'a> = dyn Columns + 'a;

/// The columns of a row, counted from 0; none where a column is null.
pub(crate) trait Columns {
    fn number(&self, at: usize) -> Result<Option<i64>, StoreError>;
    fn text(&self, at: usize) -> Result<Option<String>, StoreError>;
    fn bytes(&self, at: usize) -> Result<Option<Vec<u8>>, StoreError>;
}

impl<'a> dyn Columns + 'a {
    /// A column that is never null.
    pub(crate) fn get<T: Column>(&self, at: usize) -> Result<T, StoreError> {
        T::read(self, at)?.ok_or_else(|| StoreError::corrupt(format!("column {at} is null")))
    }

    /// A column that may be null.
    pub(crate) fn maybe<T: Column>(&self, at: usize) -> Result<Option<T>, StoreError> {
        T::read(self, at)
    }
}

/// What can be read from a column.
pub(crate) trait Column: Sized {
    fn read(row: &Row<'_>, at: usize) -> Result<Option<Self>, StoreError>;
}

impl Column for i64 {
    fn read(row: &Row<'_>, at: usize) -> Result<Option<Self>, StoreError> {
        row.number(at)
    }
}

impl Column for bool {
    fn read(row: &Row<'_>, at: usize) -> Result<Option<Self>, StoreError> {
        Ok(row.number(at)?.map(|number| number == 1))
    }
}

impl Column for OffsetDateTime {
    fn read(row: &Row<'_>, at: usize) -> Result<Option<Self>, StoreError> {
        let time = |millis| moment(millis).ok_or_else(|| wrong(millis, "time"));
        row.number(at)?.map(time).transpose()
    }
}

impl Column for CertificateId {
    fn read(row: &Row<'_>, at: usize) -> Result<Option<Self>, StoreError> {
        let id = |number: i64| {
            let id = u64::try_from(number).ok().and_then(Self::from_number);
            id.ok_or_else(|| wrong(number, "certificate id"))
        };
        row.number(at)?.map(id).transpose()
    }
}

impl Column for String {
    fn read(row: &Row<'_>, at: usize) -> Result<Option<Self>, StoreError> {
        row.text(at)
    }
}

impl Column for SealedSecret {
    fn read(row: &Row<'_>, at: usize) -> Result<Option<Self>, StoreError> {
        Ok(row.bytes(at)?.map(Self::from_kept))
    }
}

macro_rules! text_column {
    ($($name:ty),+) => {$(
        impl Column for $name {
            fn read(row: &Row<'_>, at: usize) -> Result<Option<Self>, StoreError> {
                Ok(row.text(at)?.map(Self::new))
            }
        }
    )+};
}

text_column!(AccessKeyId, DomainId, ProjectId, UserId);

fn wrong(value: impl std::fmt::Display, kind: &str) -> StoreError {
    StoreError::corrupt(format!("{value} is no {kind}"))
}
