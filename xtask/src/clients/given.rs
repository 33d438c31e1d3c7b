//! What every program is given: where the server is, a token, a bundle that is sound, and one
//! whose key is another's.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};

use scm_pki::testing::{Algorithm, Flaw, TestAuthority, TestBundle};
use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::{root::binary, run::output};

/// The domain of the certificate that is imported.
pub const DOMAIN: &str = "www.example.com";

/// The code that refuses a key of another certificate.
pub const REFUSED_WITH: &str = "SCM.0014";

/// The name of the file.
const FILE: &str = "given.json";

/// What a program is given.
pub struct Given {
    credentials: PathBuf,
    input: Value,
}

impl Given {
    /// For a server and the user of its `credentials.json`.
    pub fn new(credentials: PathBuf) -> Result<Self, String> {
        let shown = credentials.display();
        let text = fs::read(&credentials).map_err(|error| format!("{shown}: {error}"))?;
        let known: Value =
            serde_json::from_slice(&text).map_err(|error| format!("{shown}: {error}"))?;
        let authority = TestAuthority::new(Algorithm::P256, OffsetDateTime::now_utc());
        let mismatched = authority.leaf(DOMAIN).flaw(Flaw::WrongKey).issue();
        let input = json!({
            "endpoint": known["base_url"],
            "token": known["token"],
            "sound": import(authority.leaf(DOMAIN).issue()),
            "mismatched": import(mismatched),
        });
        Ok(Self { credentials, input })
    }

    /// The private key that is imported.
    pub fn private_key(&self) -> &str {
        self.input["sound"]["private_key"].as_str().unwrap_or_default().trim()
    }

    /// Puts it into a folder, readable by the owner only.
    pub fn write(&self, folder: &Path) -> Result<(), String> {
        let file = folder.join(FILE);
        fs::write(&file, self.input.to_string())
            .and_then(|()| fs::set_permissions(&file, fs::Permissions::from_mode(0o600)))
            .map_err(|error| format!("{}: {error}", file.display()))
    }

    /// Whether a program has left nothing on the server, as the tool sees it.
    pub fn nothing_left(&self) -> Result<(), String> {
        let mut list = Command::new(binary("scm"));
        list.args(["list", "--json", "--credentials"]).arg(&self.credentials);
        let left: Value =
            serde_json::from_str(&output(&mut list)?).map_err(|error| error.to_string())?;
        if left["total_count"] == 0 { Ok(()) } else { Err(format!("the server still has {left}")) }
    }
}

/// The body of an import.
fn import(bundle: TestBundle) -> Value {
    json!({
        "name": "generated-client",
        "certificate": bundle.certificate,
        "certificate_chain": bundle.certificate_chain,
        "private_key": bundle.private_key,
    })
}
