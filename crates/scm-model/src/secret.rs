//! Secret text: it is sent, but never printed.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

/// A secret text. It is serialized, but `Debug` does not show it, and it has no `Display` and no
/// `Clone`. It is wiped when dropped.
#[derive(Default)]
pub struct SecretText(Zeroizing<String>);

impl SecretText {
    /// The secret. Do not log, print or copy it.
    pub fn secret_str(&self) -> &str {
        &self.0
    }
}

/// Cleared first, so that the text is wiped as spare capacity: at once and not byte by byte, which takes
/// half a microsecond for a private key.
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
    fn a_secret_is_serialized_but_not_printed() {
        let secret = SecretText::from("hunter2".to_owned());
        assert_eq!(serde_json::to_string(&secret).unwrap(), r#""hunter2""#);
        assert_eq!(format!("{secret:?}"), "SecretText(…)");
    }
}
