//! Text that travels but never prints.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

/// A secret text: it is written on the wire, never shown by `Debug`, has no `Display` and no
/// `Clone`, and is wiped when dropped.
#[derive(Default)]
pub struct SecretText(Zeroizing<String>);

impl SecretText {
    /// The text itself. The name is the warning: do not log, print or copy what it gives.
    pub fn secret_str(&self) -> &str {
        &self.0
    }
}

/// As spare capacity the text is wiped all at once, and not byte by byte, which takes half a microsecond
/// for a private key.
impl Drop for SecretText {
    fn drop(&mut self) {
        self.0.clear();
    }
}

impl From<String> for SecretText {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

impl From<Zeroizing<String>> for SecretText {
    fn from(text: Zeroizing<String>) -> Self {
        Self(text)
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretText(…)")
    }
}

impl Serialize for SecretText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for SecretText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn travels_but_never_prints() {
        let secret = SecretText::from("hunter2".to_owned());
        assert_eq!(serde_json::to_string(&secret).unwrap(), r#""hunter2""#);
        assert_eq!(format!("{secret:?}"), "SecretText(…)");
    }
}
