//! Tokens: log in, show, check, revoke.

mod log_in;

use scm_model::{
    Call, Condition, Empty,
    api::{CheckToken, CreateToken, RevokeToken, ShowToken},
    identity::{
        Auth, IssuedToken, LOG_IN_METHODS, Reference, Scoped, SubjectToken, Token, TokenBody,
    },
};
use scm_store::{
    Actor, DomainRecord, NewToken, ProjectRecord, Role, StoreError, TokenHash, TokenRecord,
    UserRecord,
};
use time::OffsetDateTime;

use crate::{
    auth::{self, Caller, NewSecret},
    authorization,
    context::Context,
    error::ApiError,
    origin::Origin,
    view,
};

/// Issues a token for a name and password.
pub async fn create(
    ctx: Context,
    origin: Origin,
    call: Call<CreateToken>,
) -> Result<IssuedToken, ApiError> {
    let Auth { identity, scope, .. } = call.body.auth;
    if identity.methods != LOG_IN_METHODS {
        let detail = "auth.identity.methods: only [\"password\"] is supported.";
        return Err(ApiError::refused_because(Condition::BodyMalformed, detail));
    }
    let (user, domain) = log_in::log_in(&ctx, &origin, identity.password.user).await?;
    let (project, role) = log_in::scoped(&ctx, &user, scope.unwrap_or_default()).await?;
    let secret = NewSecret::token();
    let issued = ctx.now();
    let token = NewToken {
        hash: secret.token_hash(),
        user: user.id.clone(),
        project: project.id.clone(),
        issued,
        expires: issued + ctx.token_lifetime(),
    };
    let actor = actor(origin, &token);
    let body = body(&user, &domain, &project, role, (token.issued, token.expires));
    match ctx.store().add_token(&actor, token).await {
        // The user was disabled or lost the role while the password was compared.
        Err(StoreError::Missing { .. }) => {
            return Err(ApiError::refused(Condition::WrongCredentials));
        }
        stored => stored?,
    }
    Ok(IssuedToken { subject_token: secret.0, body })
}

/// The details of a token.
pub async fn show(
    ctx: Context,
    caller: Caller,
    call: Call<ShowToken>,
) -> Result<TokenBody, ApiError> {
    let (_, token) = subject(&ctx, &caller, &call.headers).await?;
    match described(&ctx, &token).await {
        // A token is deleted with its user.
        Err(StoreError::Missing { .. }) => Err(ApiError::refused(Condition::UnknownToken)),
        described => Ok(described?),
    }
}

async fn described(ctx: &Context, token: &TokenRecord) -> Result<TokenBody, StoreError> {
    let user = ctx.store().user_by_id(&token.user).await?;
    let domain = ctx.store().domain_by_id(&token.domain).await?;
    let project = ctx.store().project_by_id(&token.project).await?;
    Ok(body(&user, &domain, &project, token.role, (token.issued, token.expires)))
}

/// Checks whether a token is valid.
pub async fn check(
    ctx: Context,
    caller: Caller,
    call: Call<CheckToken>,
) -> Result<Empty, ApiError> {
    subject(&ctx, &caller, &call.headers).await.map(|_| Empty)
}

/// Revokes a token.
pub async fn revoke(
    ctx: Context,
    caller: Caller,
    call: Call<RevokeToken>,
) -> Result<Empty, ApiError> {
    let (hash, _) = subject(&ctx, &caller, &call.headers).await?;
    ctx.store().revoke_token(Some(&caller.actor), &hash, ctx.now()).await?;
    Ok(Empty)
}

/// The subject token, if it is valid and the caller may see it: the caller's own, or one for a
/// project that the caller administers.
async fn subject(
    ctx: &Context,
    caller: &Caller,
    headers: &SubjectToken,
) -> Result<(TokenHash, TokenRecord), ApiError> {
    let unknown = || ApiError::refused(Condition::UnknownToken);
    let text = headers.x_subject_token.secret_str();
    let hash = auth::token_hash_of(text.as_bytes()).ok_or_else(unknown)?;
    let token = match ctx.store().token(&hash).await {
        Err(StoreError::Missing { .. }) => return Err(unknown()),
        found => found?,
    };
    let own = token.user == caller.actor.user;
    let administers =
        caller.role == Some(Role::Administrator) && token.project == caller.actor.project;
    if token.expires > ctx.now() && (own || administers) {
        Ok((hash, token))
    } else {
        Err(unknown())
    }
}

fn actor(origin: Origin, token: &NewToken) -> Actor {
    let Origin { address, request_id } = origin;
    Actor { user: token.user.clone(), project: token.project.clone(), address, request_id }
}

fn body(
    user: &UserRecord,
    domain: &DomainRecord,
    project: &ProjectRecord,
    role: Role,
    (issued, expires): (OffsetDateTime, OffsetDateTime),
) -> TokenBody {
    let domain = || Reference { id: domain.id.to_string(), name: domain.name.clone() };
    let role = authorization::name_of(role).to_owned();
    TokenBody {
        token: Token {
            methods: vec!["password".to_owned()],
            issued_at: view::token_time(issued),
            expires_at: view::token_time(expires),
            user: Scoped { id: user.id.to_string(), name: user.name.clone(), domain: domain() },
            project: Scoped {
                id: project.id.to_string(),
                name: project.name.clone(),
                domain: domain(),
            },
            roles: vec![Reference { id: role.clone(), name: role }],
            catalog: Vec::new(),
        },
    }
}
