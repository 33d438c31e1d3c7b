//! Whose password it is, and for which project they want a token.
//!
//! Whether a user exists must not show before the password is right. So wrong guesses are counted by
//! what was sent, which the client knows; and also by the user that this leads to, so that one who can
//! be named in several ways is not guessed at more often. That lock does not show: nothing that is sent
//! while it holds is right, and it is answered like any wrong password.

use aws_lc_rs::digest::{self, SHA256};
use base64_simd::URL_SAFE_NO_PAD;
use scm_model::{
    Condition,
    identity::{Named, Scope, UserCredentials},
};
use scm_store::{
    DomainId, DomainRecord, ProjectId, ProjectRecord, Resource, Role, StoreError, Subject, UserId,
    UserRecord, action,
};

use crate::{auth::Guess, context::Context, error::ApiError, origin::Origin};

/// Authenticates a user by password; returns the user and the domain. After too many wrong passwords, an
/// address is refused for five minutes.
pub async fn log_in(
    ctx: &Context,
    origin: &Origin,
    credentials: UserCredentials,
) -> Result<(UserRecord, DomainRecord), ApiError> {
    let local = ctx.authenticator().as_local()?;
    let (guesses, now, address) = (local.password_lockout(), ctx.now(), origin.address);
    let sent = digest_of_name(&credentials);
    // Counted before the comparison, or many concurrent guesses would all be compared.
    let Some(guess) = guesses.count(&sent, address, now) else {
        let detail = "Too many wrong passwords from this address; try again in five minutes.";
        return Err(ApiError::refused_because(Condition::WrongCredentials, detail));
    };
    let found = async {
        let turn = local.passwords().turn(address).await?;
        Ok::<_, ApiError>((turn, known(find_user(ctx, &credentials).await)?))
    };
    let (turn, user) = found.await.inspect_err(|_| guesses.take_back(&sent, address))?;
    let id = user.as_ref().map(|user| user.id.clone());
    let is_heard = |id: &UserId| guesses.count(id.as_str(), address, now).is_some();
    let is_heard = id.as_ref().is_some_and(is_heard);
    let user = user.filter(|user| user.enabled && is_heard);
    let stored = user.as_ref().map(|user| user.password.clone());
    let matches = local.passwords().matches(turn, credentials.password, stored).await?;
    match user {
        Some(user) if matches => {
            guesses.forgive(&sent, address);
            guesses.forgive(user.id.as_str(), address);
            let domain = ctx.store().domain_by_id(&user.domain).await?;
            Ok((user, domain))
        }
        _ => {
            if guess == Guess::Last {
                let subject = id.map(Subject::User);
                local.record_lockout(origin, action::PASSWORD_LOCK, subject).await;
            }
            Err(ApiError::refused(Condition::WrongCredentials))
        }
    }
}

/// Stands for what a client sent as the user's name. A digest, since names may be long, and so that no
/// one can send what is another user's id.
fn digest_of_name(credentials: &UserCredentials) -> String {
    let mut digest = digest::Context::new(&SHA256);
    let mut add = |part: Option<&str>| {
        let part = part.map(str::as_bytes);
        digest.update(&part.map_or(u64::MAX, |part| part.len() as u64).to_be_bytes());
        digest.update(part.unwrap_or_default());
    };
    add(credentials.id.as_deref());
    // With an id, nothing else is looked at.
    if credentials.id.is_none() {
        add(credentials.name.as_deref());
        let domain = credentials.domain.as_ref();
        let id = domain.and_then(|domain| domain.id.as_deref());
        add(id);
        add(domain.and_then(|domain| domain.name.as_deref()).filter(|_| id.is_none()));
    }
    URL_SAFE_NO_PAD.encode_to_string(digest.finish())
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

/// The project of the requested token, and the user's role in it.
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
        let detail = "The user has no role in this project, or the project does not exist.";
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
