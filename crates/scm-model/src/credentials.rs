//! `credentials.json`: what a server writes on its first start, and its clients find.

use serde::{Deserialize, Serialize};

use crate::SecretText;

/// Where a server is, and how its first administrator logs in.
#[derive(Debug, Serialize, Deserialize)]
pub struct Credentials {
    /// Where it answers, such as `http://127.0.0.1:8443`.
    pub base_url: String,
    /// The domain's id, 32 hexadecimal digits.
    pub domain_id: String,
    /// The domain's name.
    pub domain_name: String,
    /// The project's id, 32 hexadecimal digits.
    pub project_id: String,
    /// The project's name.
    pub project_name: String,
    /// The administrator's name.
    pub user: String,
    /// The administrator's password.
    pub password: SecretText,
    /// A token, good for 24 hours from the first start.
    pub token: SecretText,
    /// An access key of the administrator for the project, to sign requests with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_key: Option<String>,
    /// What it signs with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_key: Option<SecretText>,
}
