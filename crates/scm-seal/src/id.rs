//! The public names of keyrings and of the master keys in them.
//!
//! They are random, 128 bits wide, and say nothing about any secret.

use std::{fmt, str::FromStr};

use crate::random::fill_random;

/// What was read is not 32 lower-case hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not 32 lower-case hexadecimal digits")]
pub struct NotAnId;

macro_rules! public_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash)]
        pub struct $name(u128);

        impl $name {
            /// Draws a new one.
            pub(crate) fn random() -> Self {
                let mut bytes = [0; 16];
                fill_random(&mut bytes);
                Self(u128::from_be_bytes(bytes))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:032x}", self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                parse(text).map(Self)
            }
        }
    };
}

public_id! {
    /// Names a keyring: 32 hexadecimal digits, not secret. A store records it, and refuses another keyring,
    /// which could open none of its keys and secrets.
    KeyringId
}

public_id! {
    /// Names one master key of a keyring: 32 hexadecimal digits, not secret.
    KeyId
}

impl KeyId {
    /// The 16 bytes by which sealed bytes name it, behind the one for their format.
    pub fn to_bytes(self) -> [u8; 16] {
        self.0.to_be_bytes()
    }

    pub(crate) fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(u128::from_be_bytes(bytes))
    }
}

/// Reads exactly 32 lower-case hexadecimal digits.
pub(crate) fn parse(text: &str) -> Result<u128, NotAnId> {
    let canonical =
        text.len() == 32 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if !canonical {
        return Err(NotAnId);
    }
    u128::from_str_radix(text, 16).map_err(|_| NotAnId)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_written_form_is_read() {
        let id = KeyringId::random();
        assert_eq!(id.to_string().parse(), Ok(id));
        let digits = "0123456789abcdef0123456789abcdef";
        assert!(digits.parse::<KeyId>().is_ok());
        for bad in ["", "0", &digits.to_uppercase(), &format!("+{}", &digits[1..]), "é"] {
            assert_eq!(bad.parse::<KeyId>(), Err(NotAnId), "{bad}");
        }
    }
}
