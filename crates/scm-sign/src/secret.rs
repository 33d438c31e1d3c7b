//! The secret of an access key.

use std::fmt;

use thiserror::Error;
use zeroize::Zeroizing;

/// The secret of an access key (the "SK"). It is never printed or copied, and wiped when dropped.
pub struct SigningSecret(Zeroizing<String>);

/// The signing secret is empty. Anyone could sign with it.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("the signing secret is empty")]
pub struct EmptySecret;

impl SigningSecret {
    /// A secret from its text, which must not be empty.
    pub fn new(secret: impl Into<Zeroizing<String>>) -> Result<Self, EmptySecret> {
        let secret = secret.into();
        if secret.is_empty() { Err(EmptySecret) } else { Ok(Self(secret)) }
    }

    /// The secret. Do not log, print or copy it.
    pub fn secret_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningSecret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_not_printed_and_not_empty() {
        let secret = SigningSecret::new("hunter2".to_owned()).unwrap();
        assert_eq!(format!("{secret:?}"), "SigningSecret(…)");
        assert_eq!(secret.secret_str(), "hunter2");
        assert_eq!(SigningSecret::new(String::new()).unwrap_err(), EmptySecret);
    }
}
