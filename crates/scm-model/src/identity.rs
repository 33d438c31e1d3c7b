//! Logging in as Keystone v3 has it: the password method, and its own shape of errors.

mod directory;

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::{
    Condition, Reply, ReplyParts, SecretText, Unreadable, field::wire, limits, problem::ErrorBody,
};

pub use directory::{Domain, DomainList, Links, Project, ProjectFilter, ProjectList, SubjectToken};

/// The reply header that holds the token.
pub const SUBJECT_TOKEN: HeaderName = HeaderName::from_static("x-subject-token");

wire! {
    /// What else a log-in may say.
    pub struct TokenQuery {
        /// Whether the reply may leave the catalog out. This server's catalog is always empty.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(example = "true")]
        nocatalog: Option<String>,
    }
}

wire! {
    /// A log-in.
    pub struct TokenRequest {
        /// Who logs in, and for what.
        auth: Auth,
    }
}

wire! {
    /// Who logs in, and for what.
    pub struct Auth {
        /// Who logs in.
        identity: Identity,
        /// For what: a project, or a domain. Without it, the user's only project.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        scope: Option<Scope>,
    }
}

/// The ways of logging in that a request may name, all of them.
pub const LOG_IN_METHODS: [&str; 1] = ["password"];

#[cfg(feature = "openapi")]
#[expect(deprecated, reason = "every field has an `example`, which 3.0 knows too")]
fn log_in_methods() -> utoipa::openapi::schema::Array {
    use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Type};
    let method = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(LOG_IN_METHODS));
    ArrayBuilder::new()
        .items(method)
        .description(Some("How: `password`."))
        .min_items(Some(LOG_IN_METHODS.len()))
        .max_items(Some(LOG_IN_METHODS.len()))
        .example(Some(serde_json::json!(LOG_IN_METHODS)))
        .build()
}

wire! {
    /// Who logs in.
    pub struct Identity {
        /// How: `password`.
        #[schema(schema_with = log_in_methods)]
        methods: Vec<String>,
        /// The name and password.
        password: PasswordMethod,
    }
}

wire! {
    /// The password method.
    pub struct PasswordMethod {
        /// The user.
        user: UserCredentials,
    }
}

wire! {
    /// A user and their password.
    pub struct UserCredentials {
        /// The user's id; or else name and domain.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(example = "5b1f3a0c8e7d4f6a9b2c1d0e3f4a5b6c")]
        id: Option<String>,
        /// The user's name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(example = "admin")]
        name: Option<String>,
        /// The domain that the user belongs to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        domain: Option<Named>,
        /// The password.
        #[schema(value_type = String, write_only, example = "correct horse battery staple")]
        password: SecretText,
    }
}

wire! {
    /// Something by its id or its name.
    pub struct Named {
        /// Its id.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(example = "5b1f3a0c8e7d4f6a9b2c1d0e3f4a5b6c")]
        id: Option<String>,
        /// Its name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(example = "default")]
        name: Option<String>,
    }
}

wire! {
    /// What a token is for. If both are given, the project counts.
    #[derive(Default)]
    pub struct Scope {
        /// A project.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        project: Option<Named>,
        /// A domain.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        domain: Option<Named>,
    }
}

wire! {
    /// What a token says.
    pub struct TokenBody {
        /// The token's content.
        token: Token,
    }
}

wire! {
    /// The content of a token.
    pub struct Token {
        /// How the user proved who they are.
        #[schema(example = json!(["password"]))]
        methods: Vec<String>,
        /// When it was issued, RFC 3339, UTC.
        #[schema(example = "2026-01-03T09:05:22.701000Z")]
        issued_at: String,
        /// Until when it is good, RFC 3339, UTC.
        #[schema(example = "2026-01-04T09:05:22.701000Z")]
        expires_at: String,
        /// Whose it is.
        user: Scoped,
        /// For which project.
        project: Scoped,
        /// What it allows.
        roles: Vec<Reference>,
        /// Where services are. Always empty.
        catalog: Vec<Reference>,
    }
}

wire! {
    /// A user or a project, in its domain.
    pub struct Scoped {
        /// Its id.
        #[schema(example = "5b1f3a0c8e7d4f6a9b2c1d0e3f4a5b6c")]
        id: String,
        /// Its name.
        #[schema(example = "default")]
        name: String,
        /// Its domain.
        domain: Reference,
    }
}

wire! {
    /// Something by its id and its name.
    pub struct Reference {
        /// Its id.
        #[schema(example = "5b1f3a0c8e7d4f6a9b2c1d0e3f4a5b6c")]
        id: String,
        /// Its name.
        #[schema(example = "default")]
        name: String,
    }
}

wire! {
    /// A refusal, as Keystone has it.
    pub struct IdentityErrorBody {
        /// The refusal.
        error: IdentityError,
    }
}

wire! {
    /// The content of a refusal, as Keystone has it.
    pub struct IdentityError {
        /// The HTTP status.
        #[schema(example = 401)]
        code: u32 [limits::STATUS_CODE],
        /// What was refused, in words.
        #[schema(example = "The username or password is wrong.")]
        message: String [limits::ERROR_MSG],
        /// The HTTP status, in words.
        #[schema(example = "Unauthorized")]
        title: String,
    }
}

impl IdentityErrorBody {
    /// The refusal of a condition, with its details.
    pub fn new<D: AsRef<str>>(condition: Condition, details: &[D]) -> Self {
        let status = condition.status();
        let title = status.canonical_reason().unwrap_or_default().to_owned();
        let (code, message) = (u32::from(status.as_u16()), condition.message(details));
        Self { error: IdentityError { code, message, title } }
    }

    /// The same in the terms of SCM: the status stands for the code.
    pub fn into_error_body(self) -> ErrorBody {
        let IdentityError { code, message, .. } = self.error;
        ErrorBody { error_code: code.to_string(), error_msg: message }
    }
}

/// A token, as it is given: the text in the header, what it says in the body.
#[derive(Debug)]
pub struct IssuedToken {
    /// The token.
    pub subject_token: SecretText,
    /// What it says.
    pub body: TokenBody,
}

impl Reply for IssuedToken {
    fn write(self) -> ReplyParts {
        let mut parts = ReplyParts::json(&self.body);
        let mut token = HeaderValue::from_str(self.subject_token.secret_str())
            .expect("a token is made of visible ASCII");
        token.set_sensitive(true);
        parts.headers.insert(SUBJECT_TOKEN, token);
        parts
    }

    fn read(headers: &HeaderMap, body: &[u8]) -> Result<Self, Unreadable> {
        let token = headers.get(SUBJECT_TOKEN).and_then(|token| token.to_str().ok());
        let token = token.ok_or(Unreadable("the header X-Subject-Token is missing"))?;
        let body = TokenBody::read(headers, body)?;
        Ok(Self { subject_token: token.to_owned().into(), body })
    }

    #[cfg(feature = "openapi")]
    fn describe(schemas: &mut crate::schema::Schemas) -> Option<String> {
        TokenBody::describe(schemas)
    }

    #[cfg(feature = "openapi")]
    fn headers() -> &'static [(&'static str, &'static str)] {
        &[("X-Subject-Token", "The token. Send it as `X-Auth-Token`.")]
    }
}
