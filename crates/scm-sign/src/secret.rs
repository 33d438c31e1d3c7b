//! The secret half of an access key.

use std::fmt;

use thiserror::Error;
use zeroize::Zeroizing;

/// The secret half of an access key (the "SK"): never printed, never copied, wiped when dropped.
pub struct SigningSecret(Zeroizing<String>);

/// A signing secret must not be empty: anyone could sign with it.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("the signing secret is empty")]
pub struct EmptySecret;

impl SigningSecret {
    /// Takes a secret, as text, over. Any text does, except the empty one.
    pub fn new(secret: impl Into<Zeroizing<String>>) -> Result<Self, EmptySecret> {
        let secret = secret.into();
        if secret.is_empty() { Err(EmptySecret) } else { Ok(Self(secret)) }
    }

    /// The secret itself. The name is the warning: do not log, print or copy what it gives.
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
    fn is_never_printed_and_never_empty() {
        let secret = SigningSecret::new("hunter2".to_owned()).unwrap();
        assert_eq!(format!("{secret:?}"), "SigningSecret(…)");
        assert_eq!(secret.secret_str(), "hunter2");
        assert_eq!(SigningSecret::new(String::new()).unwrap_err(), EmptySecret);
    }
}
