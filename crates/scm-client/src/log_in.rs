//! Log-ins with the password method of Keystone v3.

use scm_model::{
    Call, Credentials, SecretText, Violations,
    api::CreateToken,
    identity::{
        Auth, Identity, Named, PasswordMethod, Scope, TokenQuery, TokenRequest, UserCredentials,
    },
};

/// The name and password of a user, and the scope of the token.
#[derive(Debug)]
pub struct LogIn {
    /// The user's name.
    pub user: String,
    /// The user's password.
    pub password: SecretText,
    /// The name of the user's domain.
    pub domain: String,
    /// The name of the token's project. By default the user's only project.
    pub project: Option<String>,
}

impl LogIn {
    /// The call that logs in.
    pub(crate) fn call(&self) -> Result<Call<CreateToken>, Violations> {
        let user = UserCredentials {
            id: None,
            name: Some(self.user.clone()),
            domain: Some(named(&self.domain)),
            password: self.password.secret_str().to_owned().into(),
        };
        let identity =
            Identity { methods: vec!["password".to_owned()], password: PasswordMethod { user } };
        let scope = self
            .project
            .as_ref()
            .map(|project| Scope { project: Some(named(project)), domain: None });
        let query = TokenQuery { nocatalog: Some("true".to_owned()) };
        let request = TokenRequest { auth: Auth { identity, scope } };
        Call::new(scm_model::Empty, query, scm_model::Empty, request)
    }
}

impl From<&Credentials> for LogIn {
    fn from(credentials: &Credentials) -> Self {
        Self {
            user: credentials.user.clone(),
            password: credentials.password.secret_str().to_owned().into(),
            domain: credentials.domain_name.clone(),
            project: Some(credentials.project_name.clone()),
        }
    }
}

fn named(name: &str) -> Named {
    Named { id: None, name: Some(name.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_in_is_a_request_of_keystone() {
        let log_in = LogIn {
            user: "admin".to_owned(),
            password: SecretText::from("s3cret".to_owned()),
            domain: "default".to_owned(),
            project: Some("main".to_owned()),
        };
        let request = log_in.call().unwrap().write("http://127.0.0.1").unwrap();
        assert_eq!(request.uri().path_and_query().unwrap(), "/v3/auth/tokens?nocatalog=true");
        assert_eq!(
            String::from_utf8(request.into_body()).unwrap(),
            r#"{"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"admin","#
                .to_owned()
                + r#""domain":{"name":"default"},"password":"s3cret"}}},"#
                + r#""scope":{"project":{"name":"main"}}}}"#,
        );
        assert!(!format!("{log_in:?}").contains("s3cret"));
    }
}
