//! What can be set about the keyring: a file, or its text, which only a variable should hold.

use std::{convert::Infallible, fmt, path::Path, str::FromStr, sync::Arc};

use serde::Deserialize;
use zeroize::Zeroizing;

use crate::{data_dir::KEYRING, keyring::KeyringSource};

/// What stands for the file in the data folder.
const IN_DATA_DIR: &str = "DATA_DIR/keyring.json";

/// Where the keyring is, or the keyring itself, as it was written.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub struct KeyringSetting(Arc<Zeroizing<String>>);

impl KeyringSetting {
    /// The keyring that is meant, by a server with this data folder.
    pub fn source(&self, data_dir: &Path) -> KeyringSource {
        match self.0.as_str() {
            IN_DATA_DIR => KeyringSource::File(data_dir.join(KEYRING)),
            text if text.trim_start().starts_with('{') => KeyringSource::Text(Arc::clone(&self.0)),
            path => KeyringSource::File(path.into()),
        }
    }
}

impl From<String> for KeyringSetting {
    fn from(text: String) -> Self {
        Self(Arc::new(Zeroizing::new(text)))
    }
}

impl FromStr for KeyringSetting {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(text.to_owned().into())
    }
}

impl fmt::Debug for KeyringSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.source(Path::new("DATA_DIR")).fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_a_file_or_a_ring_and_no_ring_shows() {
        let source = |text: &str| text.parse::<KeyringSetting>().unwrap().source(Path::new("/d"));
        assert_eq!(source(IN_DATA_DIR).file(), Some(Path::new("/d/keyring.json")));
        assert_eq!(source("/etc/scm/keyring").file(), Some(Path::new("/etc/scm/keyring")));
        assert_eq!(source("\n{\"version\": 1}").file(), None);
        let setting: KeyringSetting = "{\"secret\": \"hunter2\"}".parse().unwrap();
        assert!(!format!("{setting:?} {:?}", setting.source(Path::new("/d"))).contains("hunter2"));
    }
}
