//! Bundles as bodies of an import.

use std::sync::OnceLock;

use scm_pki::testing::{Algorithm, TestAuthority, TestBundle};
use serde_json::{Value, json};

use crate::NOW;

/// The authority of the tests whose kind of key does not matter, at [`NOW`].
pub fn authority() -> &'static TestAuthority {
    static AUTHORITY: OnceLock<TestAuthority> = OnceLock::new();
    AUTHORITY.get_or_init(|| TestAuthority::new(Algorithm::P256, NOW))
}

/// A sound bundle for a name, a new one each time.
pub fn sound(name: &str) -> TestBundle {
    authority().leaf(name).issue()
}

/// The body that imports a bundle, with the four fields that are mandatory.
pub fn import_body(bundle: &TestBundle) -> Value {
    json!({
        "name": "a name",
        "certificate": bundle.certificate,
        "certificate_chain": bundle.certificate_chain,
        "private_key": bundle.private_key,
    })
}
