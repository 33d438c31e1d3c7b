//! How times, ids, names and roles stand in a column.
//!
//! A text may hold any character, but a column of PostgreSQL takes no U+0000: that is written as
//! two others.

use std::borrow::Cow;

use time::OffsetDateTime;
use tokio_postgres::{Row, types::FromSql};

use super::failure::Failure;
use crate::{error::StoreError, ids::CertificateId, millis::moment};

/// What announces that the next character stands for another one. It is no character of any script.
const MARK: char = '\u{10fffe}';

/// A text as its column takes it.
pub(super) fn written(text: &str) -> Cow<'_, str> {
    if text.contains(['\0', MARK]) {
        let both = text.replace(MARK, "\u{10fffe}1").replace('\0', "\u{10fffe}0");
        return Cow::Owned(both);
    }
    Cow::Borrowed(text)
}

/// A text again, as it was before it was written.
pub(super) fn read(text: String) -> String {
    if text.contains(MARK) {
        return text.replace("\u{10fffe}0", "\0").replace("\u{10fffe}1", "\u{10fffe}");
    }
    text
}

/// A column of any kind.
pub(super) fn column<'a, T: FromSql<'a>>(row: &'a Row, at: usize) -> Result<T, Failure> {
    row.try_get(at).map_err(|error| Failure::corrupt(&error))
}

/// A column with a text, as whatever is made of one.
pub(super) fn text<T: From<Text>>(row: &Row, at: usize) -> Result<T, Failure> {
    Ok(Text(read(column(row, at)?)).into())
}

/// A column with a text or nothing.
pub(super) fn maybe_text<T: From<Text>>(row: &Row, at: usize) -> Result<Option<T>, Failure> {
    let text: Option<String> = column(row, at)?;
    Ok(text.map(|text| Text(read(text)).into()))
}

/// A column with a moment.
pub(super) fn time(row: &Row, at: usize) -> Result<OffsetDateTime, Failure> {
    let millis = column(row, at)?;
    moment(millis).ok_or_else(|| corrupt(format!("no moment has the number {millis}")))
}

/// A column with how many there are.
pub(super) fn count<T: TryFrom<i64>>(row: &Row, at: usize) -> Result<T, Failure> {
    let number: i64 = column(row, at)?;
    T::try_from(number).map_err(|_| corrupt(format!("{number} is not how many there are")))
}

/// A column with a truth.
pub(super) fn truth(row: &Row, at: usize) -> Result<bool, Failure> {
    Ok(column::<i64>(row, at)? == 1)
}

/// A column with the bytes of a hash.
pub(super) fn hash<const N: usize>(row: &Row, at: usize) -> Result<[u8; N], Failure> {
    let bytes: &[u8] = column(row, at)?;
    bytes.try_into().map_err(|_| corrupt(format!("a hash of {} bytes", bytes.len())))
}

/// The id of a certificate from its number.
pub(super) fn id_numbered(number: i64) -> Result<CertificateId, Failure> {
    let id = u64::try_from(number).ok().and_then(CertificateId::from_number);
    id.ok_or_else(|| corrupt(format!("no certificate has the number {number}")))
}

/// The number of an id.
pub(super) fn number(id: CertificateId) -> i64 {
    i64::try_from(id.number()).expect("13 digits fit")
}

/// A text that was read.
pub(super) struct Text(String);

impl From<Text> for String {
    fn from(text: Text) -> Self {
        text.0
    }
}

macro_rules! text_column {
    ($($name:ty),+) => {$(
        impl From<Text> for $name {
            fn from(text: Text) -> Self {
                Self::new(text.0)
            }
        }
    )+};
}

text_column!(
    crate::AccessKeyId,
    crate::DomainId,
    crate::EnterpriseProject,
    crate::PasswordHash,
    crate::ProjectId,
    crate::UserId
);

fn corrupt(what: String) -> Failure {
    StoreError::corrupt(what).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_comes_back() {
        for text in ["", "plain", "a\0b", "\0", "\u{10fffe}", "\u{10fffe}0", "\u{10fffe}1\0"] {
            let stored = written(text);
            assert!(!stored.contains('\0'), "{text:?}");
            assert_eq!(read(stored.into_owned()), text);
        }
    }
}
