//! Whose password it is, and for which project they want a token.

use scm_model::{
    Condition,
    identity::{Named, Scope, UserCredentials},
};
use scm_store::{
    DomainId, DomainRecord, ProjectId, ProjectRecord, Resource, Role, StoreError, Subject, UserId,
    UserRecord, action,
};

use crate::{auth::Guess, context::Context, error::ApiError, origin::Origin};

/// How much of a name is remembered of who guesses at its password.
const LONGEST_NAME: usize = 64;

/// The user whose password it is, in their domain. Who guesses too often from one address is not
/// heard for a while.
pub async fn log_in(
    ctx: &Context,
    origin: &Origin,
    credentials: UserCredentials,
) -> Result<(UserRecord, DomainRecord), ApiError> {
    let user = known(find_user(ctx, &credentials).await)?;
    let name = user.as_ref().map_or_else(|| named(&credentials), |user| user.id.to_string());
    let local = ctx.authenticator().as_local()?;
    let (guesses, now) = (local.password_lockout(), ctx.now());
    // Counted before it is compared, or many at once would all be heard.
    let Some(guess) = guesses.count(&name, origin.address, now) else {
        let detail = "Too many wrong passwords from this address; try again in five minutes.";
        return Err(ApiError::refused_because(Condition::WrongCredentials, detail));
    };
    let known = user.as_ref().map(|user| user.id.clone());
    let user = user.filter(|user| user.enabled);
    let kept = user.as_ref().map(|user| user.password.clone());
    let matches = local.passwords().matches(origin, credentials.password, kept).await;
    let matches = matches.inspect_err(|_| guesses.take_back(&name, origin.address))?;
    match user {
        Some(user) if matches => {
            guesses.forgive(&name, origin.address);
            let domain = ctx.store().domain_by_id(&user.domain).await?;
            Ok((user, domain))
        }
        _ => {
            if guess == Guess::Last {
                let subject = known.map(Subject::User);
                local.record_lockout(origin, action::PASSWORD_LOCK, subject).await;
            }
            Err(ApiError::refused(Condition::WrongCredentials))
        }
    }
}

/// What a user that there is not was called, for counting wrong guesses.
fn named(credentials: &UserCredentials) -> String {
    let name = credentials.id.as_deref().or(credentials.name.as_deref()).unwrap_or_default();
    name.chars().take(LONGEST_NAME).collect()
}

async fn find_user(ctx: &Context, sent: &UserCredentials) -> Result<UserRecord, StoreError> {
    if let Some(id) = &sent.id {
        return ctx.store().user_by_id(&UserId::new(id)).await;
    }
    let (Some(name), Some(domain)) = (&sent.name, &sent.domain) else {
        return Err(StoreError::Missing { what: Resource::User });
    };
    let domain = find_domain(ctx, domain).await?;
    ctx.store().user_by_name(&domain.id, name).await
}

async fn find_domain(ctx: &Context, domain: &Named) -> Result<DomainRecord, StoreError> {
    match (&domain.id, &domain.name) {
        (Some(id), _) => ctx.store().domain_by_id(&DomainId::new(id)).await,
        (None, Some(name)) => ctx.store().domain_by_name(name).await,
        (None, None) => Err(StoreError::Missing { what: Resource::Domain }),
    }
}

/// The project that a token is asked for, and what the user is in it.
pub async fn scoped(
    ctx: &Context,
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
    ctx: &Context,
    user: &UserRecord,
    project: &Named,
) -> Result<ProjectRecord, StoreError> {
    match (&project.id, &project.name) {
        (Some(id), _) => ctx.store().project_by_id(&ProjectId::new(id)).await,
        (None, Some(name)) => ctx.store().project_by_name(&user.domain, name).await,
        (None, None) => Err(StoreError::Missing { what: Resource::Project }),
    }
}

/// What was found, if it was.
fn known<T>(found: Result<T, StoreError>) -> Result<Option<T>, StoreError> {
    match found {
        Err(StoreError::Missing { .. }) => Ok(None),
        found => found.map(Some),
    }
}
