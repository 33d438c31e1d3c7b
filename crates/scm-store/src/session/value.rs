//! Values for the parameters of a statement.

use time::OffsetDateTime;

use crate::{
    ids::CertificateId,
    millis::millis,
    names::{AccessKeyId, DomainId, ProjectId, UserId},
};

/// A value for a parameter.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Value<'a> {
    Null,
    Number(i64),
    Text(&'a str),
    Bytes(&'a [u8]),
}

impl From<i64> for Value<'_> {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<u32> for Value<'_> {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

/// 0 or 1.
impl From<bool> for Value<'_> {
    fn from(truth: bool) -> Self {
        Self::Number(truth.into())
    }
}

/// Milliseconds since 1970-01-01 UTC.
impl From<OffsetDateTime> for Value<'_> {
    fn from(time: OffsetDateTime) -> Self {
        Self::Number(millis(time))
    }
}

impl From<CertificateId> for Value<'_> {
    fn from(id: CertificateId) -> Self {
        Self::Number(i64::try_from(id.number()).expect("13 digits fit"))
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a [u8]> for Value<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self::Bytes(bytes)
    }
}

impl<'a, T: Into<Value<'a>>> From<Option<T>> for Value<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

macro_rules! id_value {
    ($($name:ty),+) => {$(
        impl<'a> From<&'a $name> for Value<'a> {
            fn from(id: &'a $name) -> Self {
                Self::Text(id.as_str())
            }
        }
    )+};
}

id_value!(AccessKeyId, DomainId, ProjectId, UserId);
