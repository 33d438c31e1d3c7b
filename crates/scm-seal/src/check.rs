//! Check values of master keys: a damaged or exchanged key is recognized before it seals anything.
//!
//! The check value of a master key is 16 bytes of HKDF-SHA256 (RFC 5869) with the master key as input,
//! no salt, and `F("scm-seal key check value", 1, master key id)` as info, where `F(a, b, …)` is each
//! field behind its length in 8 bytes, big endian. It is not secret: neither the master key nor the key
//! of a record can be computed from it. It stands beside the key in the keyring file, and a store
//! records it, so that the two can be compared before the key is used.

use std::{fmt, str::FromStr};

use crate::{
    derive::check_value,
    id::{KeyId, NotAnId, parse},
};

/// A check value: 32 hexadecimal digits, not secret.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyCheckValue(u128);

impl KeyCheckValue {
    pub(crate) fn of(master: &[u8], key_id: KeyId) -> Self {
        Self(u128::from_be_bytes(check_value(master, key_id)))
    }
}

impl fmt::Display for KeyCheckValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Debug for KeyCheckValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyCheckValue({self})")
    }
}

impl FromStr for KeyCheckValue {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        parse(text).map(Self)
    }
}

/// A master key's id with its check value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyCheck {
    /// The master key.
    pub key_id: KeyId,
    /// Its check value.
    pub value: KeyCheckValue,
}
