//! Log-ins and tokens of Keystone v3: the password method, and the shape of its errors.

mod directory;

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::{
    Condition, Reply, ReplyParts, SecretText, Unreadable, field::wire, limits, problem::ErrorBody,
};

pub use directory::{Domain, DomainList, Links, Project, ProjectFilter, ProjectList, SubjectToken};

/// The reply header with the token.
pub const SUBJECT_TOKEN: HeaderName = HeaderName::from_static("x-subject-token");

wire! {
    /// The query of a log-in.
    pub struct TokenQuery {
        /// Whether to omit the catalog. The catalog of this server is always empty.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(example = "true")]
        nocatalog: Option<String>,
    }
}

wire! {
    /// The body of a log-in.
    pub struct TokenRequest {
        /// The credentials and the scope.
        auth: Auth,
    }
}

wire! {
    /// The credentials and the scope of a log-in.
    pub struct Auth {
        /// The credentials.
        identity: Identity,
        /// The scope of the token: a project or a domain. By default the user's only project.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        scope: Option<Scope>,
    }
}

/// The methods that a log-in can use.
pub const LOG_IN_METHODS: [&str; 1] = ["password"];

#[cfg(feature = "openapi")]
#[expect(deprecated, reason = "every field has an `example`, which 3.0 knows too")]
fn log_in_methods() -> utoipa::openapi::schema::Array {
    use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Type};
    let method = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(LOG_IN_METHODS));
    ArrayBuilder::new()
        .items(method)
        .description(Some("The method: `password`."))
        .min_items(Some(LOG_IN_METHODS.len()))
        .max_items(Some(LOG_IN_METHODS.len()))
        .example(Some(serde_json::json!(LOG_IN_METHODS)))
        .build()
}

wire! {
    /// The credentials of a log-in.
    pub struct Identity {
        /// The method: `password`.
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
        /// The id of the user. Otherwise send name and domain.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(example = "5b1f3a0c8e7d4f6a9b2c1d0e3f4a5b6c")]
        id: Option<String>,
        /// The name of the user.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(example = "admin")]
        name: Option<String>,
        /// The domain of the user.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        domain: Option<Named>,
        /// The password.
        #[schema(value_type = String, write_only, example = "correct horse battery staple")]
        password: SecretText,
    }
}

wire! {
    /// A project or a domain, by its id or its name.
    pub struct Named {
        /// The id.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(example = "5b1f3a0c8e7d4f6a9b2c1d0e3f4a5b6c")]
        id: Option<String>,
        /// The name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(example = "default")]
        name: Option<String>,
    }
}

wire! {
    /// The scope of a token. If both are present, the project applies.
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
    /// The reply to a log-in, and to a request that shows a token.
    pub struct TokenBody {
        /// The content of the token.
        token: Token,
    }
}

wire! {
    /// The content of a token.
    pub struct Token {
        /// The methods that authenticated the user.
        #[schema(example = json!(["password"]))]
        methods: Vec<String>,
        /// The time of issue, RFC 3339, UTC.
        #[schema(example = "2026-01-03T09:05:22.701000Z")]
        issued_at: String,
        /// The end of validity, RFC 3339, UTC.
        #[schema(example = "2026-01-04T09:05:22.701000Z")]
        expires_at: String,
        /// The user.
        user: Scoped,
        /// The project.
        project: Scoped,
        /// The roles of the user in the project.
        roles: Vec<Reference>,
        /// The service catalog: always empty.
        catalog: Vec<Reference>,
    }
}

wire! {
    /// A user or a project with its domain.
    pub struct Scoped {
        /// The id.
        #[schema(example = "5b1f3a0c8e7d4f6a9b2c1d0e3f4a5b6c")]
        id: String,
        /// The name.
        #[schema(example = "default")]
        name: String,
        /// The domain.
        domain: Reference,
    }
}

wire! {
    /// An object with its id and its name.
    pub struct Reference {
        /// The id.
        #[schema(example = "5b1f3a0c8e7d4f6a9b2c1d0e3f4a5b6c")]
        id: String,
        /// The name.
        #[schema(example = "default")]
        name: String,
    }
}

wire! {
    /// An error answer in the shape of Keystone.
    pub struct IdentityErrorBody {
        /// The error.
        error: IdentityError,
    }
}

wire! {
    /// The content of an error answer in the shape of Keystone.
    pub struct IdentityError {
        /// The HTTP status.
        #[schema(example = 401)]
        code: u32 [limits::STATUS_CODE],
        /// The text of the error, then every finding with its remedy.
        #[schema(example = "The username or password is wrong.")]
        message: String [limits::ERROR_MSG],
        /// The reason phrase of the HTTP status.
        #[schema(example = "Unauthorized")]
        title: String,
    }
}

impl IdentityErrorBody {
    /// The error answer of a condition with its details.
    pub fn new<D: AsRef<str>>(condition: Condition, details: &[D]) -> Self {
        let status = condition.status();
        let title = status.canonical_reason().unwrap_or_default().to_owned();
        let (code, message) = (u32::from(status.as_u16()), condition.message(details));
        Self { error: IdentityError { code, message, title } }
    }

    /// The error answer in the shape of SCM. The status becomes the code.
    pub fn into_error_body(self) -> ErrorBody {
        let IdentityError { code, message, .. } = self.error;
        ErrorBody { error_code: code.to_string(), error_msg: message }
    }
}

/// A token that was issued: the token in the header, its content in the body.
#[derive(Debug)]
pub struct IssuedToken {
    /// The token.
    pub subject_token: SecretText,
    /// The content of the token.
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
