//! `credentials.json`: a server writes it on its first start, and clients read it.

use serde::{Deserialize, Serialize};

use crate::SecretText;

/// The URL of a server, and the credentials of its first administrator.
#[derive(Debug, Serialize, Deserialize)]
pub struct Credentials {
    /// The URL of the server, such as `http://127.0.0.1:8443`.
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
    /// A token that is valid for 24 hours after the first start.
    pub token: SecretText,
    /// The administrator's access key for the project, which signs requests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_key: Option<String>,
    /// The secret of the access key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_key: Option<SecretText>,
}
