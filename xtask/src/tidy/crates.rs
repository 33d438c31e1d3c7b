//! Which crate of the workspace may depend on which.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::run::{cargo, output};

/// The crates of the workspace that each crate may depend on. Arrows point down only.
const MAY_USE: &[(&str, &[&str])] = &[
    ("scm-model", &[]),
    ("scm-pki", &[]),
    ("scm-sign", &[]),
    ("scm-client", &["scm-model", "scm-sign"]),
    ("scm-seal", &["scm-pki"]),
    ("scm-store", &["scm-seal", "scm-pki", "scm-store-testing"]),
    ("scm-store-testing", &["scm-store", "scm-seal", "scm-pki"]),
    ("scm-cli", &["scm-client", "scm-model", "scm-pki"]),
    ("scm-server", &["scm-store", "scm-seal", "scm-pki", "scm-model", "scm-sign"]),
    ("xtask", &["scm-model", "scm-pki"]),
    (
        "scm-bench",
        &["scm-model", "scm-pki", "scm-seal", "scm-sign", "scm-store", "scm-store-testing"],
    ),
    (
        "scm-tests",
        &[
            "scm-client",
            "scm-model",
            "scm-pki",
            "scm-seal",
            "scm-server",
            "scm-sign",
            "scm-store",
            "scm-store-testing",
        ],
    ),
];

/// The dependencies that are not in the table.
pub fn faults() -> Result<Vec<String>, String> {
    let metadata = output(&mut cargo(&["metadata", "--format-version=1", "--no-deps"]))?;
    let metadata: Value = serde_json::from_str(&metadata).map_err(|error| error.to_string())?;
    let may_use: BTreeMap<_, _> = MAY_USE.iter().copied().collect();
    let mut faults = Vec::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let name = package["name"].as_str().unwrap_or_default();
        let Some(allowed) = may_use.get(name) else {
            faults.push(format!("{name}: list what it may use in xtask/src/tidy/crates.rs"));
            continue;
        };
        let dependencies = package["dependencies"].as_array().into_iter().flatten();
        let ours = dependencies
            .filter(|dependency| dependency["path"].is_string())
            .filter_map(|dependency| dependency["name"].as_str());
        let wrong = ours.filter(|other| *other != name && !allowed.contains(other));
        faults.extend(wrong.map(|other| format!("{name} must not depend on {other}")));
    }
    Ok(faults)
}
