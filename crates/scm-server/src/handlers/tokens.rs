//! Tokens: logging in.

use scm_model::{
    Call, Condition,
    api::CreateToken,
    identity::{
        Auth, IssuedToken, Named, Reference, Scope, Scoped, Token, TokenBody, UserCredentials,
    },
};
use scm_store::{
    Actor, DomainId, DomainRecord, NewToken, ProjectId, ProjectRecord, Role, StoreError, UserId,
    UserRecord,
};

use crate::{
    auth::{self, NewSecret},
    ctx::Ctx,
    error::ApiError,
    origin::Origin,
    view,
};

/// Gives a token for a name and password.
pub async fn create(
    ctx: Ctx,
    origin: Origin,
    call: Call<CreateToken>,
) -> Result<IssuedToken, ApiError> {
    let Auth { identity, scope, .. } = call.body.auth;
    if identity.methods != ["password"] {
        let detail = "auth.identity.methods: only [\"password\"] is supported.";
        return Err(ApiError::refused_because(Condition::BodyMalformed, detail));
    }
    let (user, domain) = log_in(&ctx, identity.password.user).await?;
    let (project, role) = scoped(&ctx, &user, scope.unwrap_or_default()).await?;
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
    let body = body(&user, &domain, &project, role, &token);
    ctx.store().keep_token(&actor, token).await?;
    Ok(IssuedToken { subject_token: secret.0, body })
}

/// The user whose password it is, in their domain.
async fn log_in(
    ctx: &Ctx,
    credentials: UserCredentials,
) -> Result<(UserRecord, DomainRecord), ApiError> {
    let user = known(find_user(ctx, &credentials).await)?;
    let kept = user.as_ref().map(|user| user.password.clone());
    let matches = ctx.passwords().matches(credentials.password, kept).await?;
    match user {
        Some(user) if matches => {
            let domain = ctx.store().domain_by_id(&user.domain).await?;
            Ok((user, domain))
        }
        _ => Err(ApiError::refused(Condition::WrongCredentials)),
    }
}

async fn find_user(ctx: &Ctx, sent: &UserCredentials) -> Result<UserRecord, StoreError> {
    if let Some(id) = &sent.id {
        return ctx.store().user_by_id(&UserId::new(id)).await;
    }
    let (Some(name), Some(domain)) = (&sent.name, &sent.domain) else {
        return Err(StoreError::Missing);
    };
    let domain = find_domain(ctx, domain).await?;
    ctx.store().user_by_name(&domain.id, name).await
}

async fn find_domain(ctx: &Ctx, domain: &Named) -> Result<DomainRecord, StoreError> {
    match (&domain.id, &domain.name) {
        (Some(id), _) => ctx.store().domain_by_id(&DomainId::new(id)).await,
        (None, Some(name)) => ctx.store().domain_by_name(name).await,
        (None, None) => Err(StoreError::Missing),
    }
}

/// The project that a token is asked for, and what the user is in it.
async fn scoped(
    ctx: &Ctx,
    user: &UserRecord,
    scope: Scope,
) -> Result<(ProjectRecord, Role), ApiError> {
    let project = match (scope.project, &user.grants[..]) {
        (Some(project), _) => known(find_project(ctx, user, &project).await)?,
        (None, [grant]) => known(ctx.store().project_by_id(&grant.project).await)?,
        (None, _) => {
            let detail = "auth.scope.project: missing, and the user has not just one project.";
            return Err(ApiError::refused_because(Condition::BodyMalformed, detail));
        }
    };
    let role = project.as_ref().and_then(|project| user.role_in(&project.id));
    project.zip(role).ok_or_else(|| {
        let detail = "The user has no role in the project asked for, or there is none.";
        ApiError::refused_because(Condition::WrongCredentials, detail)
    })
}

async fn find_project(
    ctx: &Ctx,
    user: &UserRecord,
    project: &Named,
) -> Result<ProjectRecord, StoreError> {
    match (&project.id, &project.name) {
        (Some(id), _) => ctx.store().project_by_id(&ProjectId::new(id)).await,
        (None, Some(name)) => ctx.store().project_by_name(&user.domain, name).await,
        (None, None) => Err(StoreError::Missing),
    }
}

/// What was found, if it was.
fn known<T>(found: Result<T, StoreError>) -> Result<Option<T>, StoreError> {
    match found {
        Err(StoreError::Missing) => Ok(None),
        found => found.map(Some),
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
    token: &NewToken,
) -> TokenBody {
    let domain = || Reference { id: domain.id.to_string(), name: domain.name.clone() };
    let role = auth::name_of(role).to_owned();
    TokenBody {
        token: Token {
            methods: vec!["password".to_owned()],
            issued_at: view::token_time(token.issued),
            expires_at: view::token_time(token.expires),
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
